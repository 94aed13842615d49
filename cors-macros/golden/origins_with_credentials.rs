/// One user.
/**
# CORS policy

| setting | value |
|---|---|
| origins | `https://app.example.com` |
| credentials | yes |
| request headers | from the enclosing policy |
| exposed headers | none |
| cache | from the enclosing policy |
*/
#[allow(non_camel_case_types)]
pub struct user;
impl ::cors_actix::__private::HttpServiceFactory for user {
    fn register(self, __config: &mut ::cors_actix::__private::AppService) {
        /// One user.
        #[get("/users/{id}", wrap = "::cors_actix::__private::Mark::at(0)")]
        async fn user(id: web::Path<u64>) -> impl Responder {
            id.to_string()
        }
        use ::cors_actix::__private as __cors;
        __cors::enter(
            &__cors::Handler {
                policy: __cors::Policy {
                    form: __cors::PolicyForm::Static(
                        &__cors::Keys {
                            origins: __cors::Some(__cors::Value {
                                op: __cors::Op::Set,
                                items: &[__cors::Item::Text("https://app.example.com")],
                            }),
                            credentials: true,
                            ..__cors::Keys::NONE
                        },
                    ),
                    site: __cors::Site::Code {
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                },
                name: "user",
                routes: &[
                    __cors::Route {
                        path: "/users/{id}",
                        methods: &["GET"],
                        name: "user",
                        guarded: false,
                    },
                ],
            },
            __config,
        );
        __cors::HttpServiceFactory::register(user, __config);
        __cors::leave();
    }
}
impl ::cors_actix::__private::Annotated for user {}

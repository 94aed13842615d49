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
        ::cors_actix::__private::enter(
            const {
                &::cors_actix::__private::Handler {
                    policy: ::cors_actix::__private::Policy::from_static(
                        &::cors_actix::__private::Keys {
                            origins: ::core::option::Option::Some(::cors_actix::__private::Value {
                                op: ::cors_actix::__private::Op::Set,
                                items: &[
                                    ::cors_actix::__private::Item::Text(
                                        "https://app.example.com",
                                    ),
                                ],
                            }),
                            credentials: true,
                            ..::cors_actix::__private::Keys::NONE
                        },
                        ::cors_actix::__private::Site::code(
                            ::core::file!(),
                            ::core::line!(),
                        ),
                    ),
                    name: "user",
                    routes: &[
                        ::cors_actix::__private::Route {
                            path: "/users/{id}",
                            methods: &["GET"],
                            name: "user",
                            guarded: false,
                        },
                    ],
                }
            },
            __config,
        );
        ::cors_actix::__private::HttpServiceFactory::register(user, __config);
        ::cors_actix::__private::leave();
    }
}
impl ::cors_actix::__private::Annotated for user {}

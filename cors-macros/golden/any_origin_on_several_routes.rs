#[allow(non_camel_case_types)]
pub struct list;
impl ::cors_actix::__private::HttpServiceFactory for list {
    fn register(self, __config: &mut ::cors_actix::__private::AppService) {
        #[routes]
        #[get("/prices", name = "prices", wrap = "::cors_actix::__private::Mark::at(0)")]
        #[post(
            "/prices/search",
            guard = "is_small",
            wrap = "::cors_actix::__private::Mark::at(1)"
        )]
        pub(crate) async fn list() -> HttpResponse {
            HttpResponse::Ok().finish()
        }
        use ::cors_actix::__private as __cors;
        __cors::enter(
            &__cors::Handler {
                policy: __cors::Policy {
                    form: __cors::PolicyForm::Static(
                        &__cors::Keys {
                            origins: __cors::Some(__cors::Value {
                                op: __cors::Op::Set,
                                items: &[__cors::Item::Any],
                            }),
                            max_age: __cors::Some(3600u64),
                            ..__cors::Keys::NONE
                        },
                    ),
                    site: __cors::Site::Code {
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                },
                name: "list",
                routes: &[
                    __cors::Route {
                        path: "/prices",
                        methods: &["GET"],
                        name: "prices",
                        guarded: false,
                    },
                    __cors::Route {
                        path: "/prices/search",
                        methods: &["POST"],
                        name: "list",
                        guarded: true,
                    },
                ],
            },
            __config,
        );
        __cors::HttpServiceFactory::register(list, __config);
        __cors::leave();
    }
}
impl ::cors_actix::__private::Annotated for list {}

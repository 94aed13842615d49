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
        ::cors_actix::__private::enter(
            const {
                &::cors_actix::__private::Handler {
                    policy: ::cors_actix::__private::Policy::from_static(
                        &::cors_actix::__private::Keys {
                            origins: ::core::option::Option::Some(::cors_actix::__private::Value {
                                op: ::cors_actix::__private::Op::Set,
                                items: &[::cors_actix::__private::Item::Any],
                            }),
                            max_age: ::core::option::Option::Some(3600u64),
                            ..::cors_actix::__private::Keys::NONE
                        },
                        ::cors_actix::__private::Site::code(
                            ::core::file!(),
                            ::core::line!(),
                        ),
                    ),
                    name: "list",
                    routes: &[
                        ::cors_actix::__private::Route {
                            path: "/prices",
                            methods: &["GET"],
                            name: "prices",
                            guarded: false,
                        },
                        ::cors_actix::__private::Route {
                            path: "/prices/search",
                            methods: &["POST"],
                            name: "list",
                            guarded: true,
                        },
                    ],
                }
            },
            __config,
        );
        ::cors_actix::__private::HttpServiceFactory::register(list, __config);
        ::cors_actix::__private::leave();
    }
}
impl ::cors_actix::__private::Annotated for list {}

::core::compile_error! {
    "any origin with credentials\n  = note: every site could act with the cookies of its visitors\n  = help: name the origins, or remove `credentials`"
}
#[allow(non_camel_case_types)]
pub struct prices;
impl ::cors_actix::__private::HttpServiceFactory for prices {
    fn register(self, __config: &mut ::cors_actix::__private::AppService) {
        #[get("/prices", wrap = "::cors_actix::__private::Mark::at(0)")]
        async fn prices() -> impl Responder {
            "1.20"
        }
        const _: &::cors_actix::__private::Keys<'static> = &::cors_actix::__private::Keys {
            origins: ::core::option::Option::Some(::cors_actix::__private::Value {
                op: ::cors_actix::__private::Op::Set,
                items: &[::cors_actix::__private::Item::Any],
            }),
            credentials: true,
            ..::cors_actix::__private::Keys::NONE
        };
        ::cors_actix::__private::enter(
            const {
                &::cors_actix::__private::Handler {
                    policy: ::cors_actix::__private::Policy::from_static(
                        &::cors_actix::__private::Keys {
                            off: true,
                            ..::cors_actix::__private::Keys::NONE
                        },
                        ::cors_actix::__private::Site::code(
                            ::core::file!(),
                            ::core::line!(),
                        ),
                    ),
                    name: "prices",
                    routes: &[
                        ::cors_actix::__private::Route {
                            path: "/prices",
                            methods: &["GET"],
                            name: "prices",
                            guarded: false,
                        },
                    ],
                }
            },
            __config,
        );
        ::cors_actix::__private::HttpServiceFactory::register(prices, __config);
        ::cors_actix::__private::leave();
    }
}
impl ::cors_actix::__private::Annotated for prices {}

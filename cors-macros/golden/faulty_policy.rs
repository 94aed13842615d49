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
        use ::cors_actix::__private as __cors;
        const _: &__cors::Keys<'static> = &__cors::Keys {
            origins: __cors::Some(__cors::Value {
                op: __cors::Op::Set,
                items: &[__cors::Item::Any],
            }),
            credentials: true,
            ..__cors::Keys::NONE
        };
        __cors::enter(
            &__cors::Handler {
                policy: __cors::Policy {
                    form: __cors::PolicyForm::Static(
                        &__cors::Keys {
                            off: true,
                            ..__cors::Keys::NONE
                        },
                    ),
                    site: __cors::Site::Code {
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                },
                name: "prices",
                routes: &[
                    __cors::Route {
                        path: "/prices",
                        methods: &["GET"],
                        name: "prices",
                        guarded: false,
                    },
                ],
            },
            __config,
        );
        __cors::HttpServiceFactory::register(prices, __config);
        __cors::leave();
    }
}
impl ::cors_actix::__private::Annotated for prices {}

/**<!-- -->

# CORS policy

| setting | value |
|---|---|
| origins | from the enclosing policy, and `https://partner.example` |
| credentials | from the enclosing policy; for the added origins: no |
| request headers | from the enclosing policy, and `x-trace` |
| exposed headers | from the enclosing policy; for the added origins: none |
| cache | from the enclosing policy |
*/
#[allow(non_camel_case_types)]
pub struct audit;
impl cors::__private::HttpServiceFactory for audit {
    fn register(self, __config: &mut cors::__private::AppService) {
        #[route(
            "/audit",
            method = "GET",
            method = "PURGE",
            wrap = "cors::__private::Mark::at(0)"
        )]
        async fn audit() -> impl Responder {
            ""
        }
        use cors::__private as __cors;
        __cors::enter(
            &__cors::Handler {
                policy: __cors::Policy {
                    form: __cors::PolicyForm::Static(
                        &__cors::Keys {
                            inherit: true,
                            origins: __cors::Some(__cors::Value {
                                op: __cors::Op::Extend,
                                items: &[__cors::Item::Text("https://partner.example")],
                            }),
                            allow_headers: __cors::Some(__cors::Value {
                                op: __cors::Op::Extend,
                                items: &[__cors::Item::Text("x-trace")],
                            }),
                            ..__cors::Keys::NONE
                        },
                    ),
                    site: __cors::Site::Code {
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                },
                name: "audit",
                routes: &[
                    __cors::Route {
                        path: "/audit",
                        methods: &["GET", "PURGE"],
                        name: "audit",
                        guarded: false,
                    },
                ],
            },
            __config,
        );
        __cors::HttpServiceFactory::register(audit, __config);
        __cors::leave();
    }
}
impl cors::__private::Annotated for audit {}

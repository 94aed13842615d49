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
        cors::__private::enter(
            const {
                &cors::__private::Handler {
                    policy: cors::__private::Policy::from_static(
                        &cors::__private::Keys {
                            inherit: true,
                            origins: ::core::option::Option::Some(cors::__private::Value {
                                op: cors::__private::Op::Extend,
                                items: &[
                                    cors::__private::Item::Text("https://partner.example"),
                                ],
                            }),
                            allow_headers: ::core::option::Option::Some(cors::__private::Value {
                                op: cors::__private::Op::Extend,
                                items: &[cors::__private::Item::Text("x-trace")],
                            }),
                            ..cors::__private::Keys::NONE
                        },
                        cors::__private::Site::code(::core::file!(), ::core::line!()),
                    ),
                    name: "audit",
                    routes: &[
                        cors::__private::Route {
                            path: "/audit",
                            methods: &["GET", "PURGE"],
                            name: "audit",
                            guarded: false,
                        },
                    ],
                }
            },
            __config,
        );
        cors::__private::HttpServiceFactory::register(audit, __config);
        cors::__private::leave();
    }
}
impl cors::__private::Annotated for audit {}

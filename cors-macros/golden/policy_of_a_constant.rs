/**<!-- -->

# CORS policy

| setting | value |
|---|---|
| origins | from `crate::policies::SPA` |
| credentials | from `crate::policies::SPA` |
| request headers | from `crate::policies::SPA`, or from the enclosing policy |
| exposed headers | from `crate::policies::SPA` |
| cache | from `crate::policies::SPA`, or from the enclosing policy |
*/
#[allow(non_camel_case_types)]
pub struct save;
impl ::cors_actix::__private::HttpServiceFactory for save {
    fn register(self, __config: &mut ::cors_actix::__private::AppService) {
        #[put("/me", wrap = "::cors_actix::__private::Mark::at(0)")]
        async fn save(me: Session) -> impl Responder {
            me
        }
        use ::cors_actix::__private as __cors;
        const __BASE: &__cors::Policy = &crate::policies::SPA;
        __cors::enter(
            &__cors::Handler {
                policy: __cors::Policy {
                    form: __cors::PolicyForm::Static(
                        &__cors::Keys {
                            policy: __cors::Some(__cors::Base::Known(__BASE)),
                            ..__cors::Keys::NONE
                        },
                    ),
                    site: __cors::Site::Code {
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                },
                name: "save",
                routes: &[
                    __cors::Route {
                        path: "/me",
                        methods: &["PUT"],
                        name: "save",
                        guarded: false,
                    },
                ],
            },
            __config,
        );
        __cors::HttpServiceFactory::register(save, __config);
        __cors::leave();
    }
}
impl ::cors_actix::__private::Annotated for save {}

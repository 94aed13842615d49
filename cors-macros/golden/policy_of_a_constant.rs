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
        const __BASE: &::cors_actix::__private::Policy = &crate::policies::SPA;
        ::cors_actix::__private::enter(
            const {
                &::cors_actix::__private::Handler {
                    policy: ::cors_actix::__private::Policy::from_static(
                        &::cors_actix::__private::Keys {
                            policy: ::core::option::Option::Some(
                                ::cors_actix::__private::Base::Known(__BASE),
                            ),
                            ..::cors_actix::__private::Keys::NONE
                        },
                        ::cors_actix::__private::Site::code(
                            ::core::file!(),
                            ::core::line!(),
                        ),
                    ),
                    name: "save",
                    routes: &[
                        ::cors_actix::__private::Route {
                            path: "/me",
                            methods: &["PUT"],
                            name: "save",
                            guarded: false,
                        },
                    ],
                }
            },
            __config,
        );
        ::cors_actix::__private::HttpServiceFactory::register(save, __config);
        ::cors_actix::__private::leave();
    }
}
impl ::cors_actix::__private::Annotated for save {}

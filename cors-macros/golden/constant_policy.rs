const SPA: Policy = {
    const __KEYS: &::cors_actix::__private::Keys<'static> = &::cors_actix::__private::Keys {
        origins: ::core::option::Option::Some(::cors_actix::__private::Value {
            op: ::cors_actix::__private::Op::Set,
            items: &[::cors_actix::__private::Item::Set("spa")],
        }),
        credentials: true,
        allow_headers: ::core::option::Option::Some(::cors_actix::__private::Value {
            op: ::cors_actix::__private::Op::Set,
            items: &[::cors_actix::__private::Item::Text("content-type")],
        }),
        max_age: ::core::option::Option::Some(600u64),
        ..::cors_actix::__private::Keys::NONE
    };
    ::cors_actix::__private::Policy::from_static(
        __KEYS,
        ::cors_actix::__private::Site::code(::core::file!(), ::core::line!()),
    )
};

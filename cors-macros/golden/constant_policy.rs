const SPA: Policy = {
    use ::cors_actix::__private as __cors;
    __cors::Policy {
        form: __cors::PolicyForm::Static(
            &__cors::Keys {
                origins: __cors::Some(__cors::Value {
                    op: __cors::Op::Set,
                    items: &[__cors::Item::Set("spa")],
                }),
                credentials: true,
                allow_headers: __cors::Some(__cors::Value {
                    op: __cors::Op::Set,
                    items: &[__cors::Item::Text("content-type")],
                }),
                max_age: __cors::Some(600u64),
                ..__cors::Keys::NONE
            },
        ),
        site: __cors::Site::Code {
            file: ::core::file!(),
            line: ::core::line!(),
        },
    }
};

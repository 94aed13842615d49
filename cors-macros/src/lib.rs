//! The `#[cors]` attribute and the `policy!` macro of `cors-actix`.

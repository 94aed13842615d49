//! The demo shop: an API with a policy on each route, and a web page of another origin that tries every one of them.

pub mod address;
mod api;
mod journal;
mod page;

pub use api::Api;
pub use page::Page;

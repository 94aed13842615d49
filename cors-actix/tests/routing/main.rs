//! How a request finds its policy, in the Apps that people write.

#[path = "../common/mod.rs"]
mod common;

mod alike;
mod answers;
mod apps;
mod errors;
mod fragments;
mod guards;
mod handlers;
mod inside;
mod odd;
mod overlap;
mod scopes;
mod tasks;

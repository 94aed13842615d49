//! The documents of an App with one route of every kind.

mod forms;
mod golden;
mod schema;
mod shop;

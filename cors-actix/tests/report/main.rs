//! The documents of an App with one route of every kind.

mod forms;
mod golden;
mod hostile;
mod live;
mod mutation;
mod openapi;
mod schema;
mod shop;

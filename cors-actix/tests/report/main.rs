//! The documents of an App with one route of every kind.

mod explain;
mod forms;
mod golden;
mod hostile;
mod live;
mod mutation;
mod openapi;
mod risks;
mod schema;
mod shop;
mod widenings;

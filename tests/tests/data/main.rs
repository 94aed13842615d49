//! Runs data files against the library: attack origins, and vectors of policies and requests.
//!
//! `CORS_ATTACKS=path cargo test --workspace attack` and `CORS_VECTORS=path cargo test --workspace
//! vectors` run other files of the same forms; paths are absolute or relative to the workspace.

mod attack;
mod engine;
mod file;
mod report;
mod vectors;
mod wire;

#[test]
fn attack_origins() {
    let cases =
        file::read::<Vec<attack::Attack>>("CORS_ATTACKS", "tests/tests/data/attack-origins.json");
    report::run([
        ("engine", attack::engine(&cases).collect()),
        ("wire", attack::wire(&cases).collect()),
    ]);
}

#[test]
fn vectors() {
    let file = file::read::<vectors::Vectors>("CORS_VECTORS", "tests/tests/data/vectors.json");
    report::run([
        ("engine", vectors::engine(&file).collect()),
        ("wire", vectors::wire(&file).collect()),
    ]);
}

//! What compiles, what doesn't, and what the compiler says then: `ui/pass` is the contract of the
//! grammar, `ui/fail` has one fault a file. `TRYBUILD=overwrite` writes the expected texts anew.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*.rs");
}

use cors_actix::{Policy, policy};

const POLICY: Policy = policy! {
    origins = [
        "a0.example",
        "a1.example",
        "a2.example",
        "a3.example",
        "a4.example",
        "a5.example",
        "a6.example",
        "a7.example",
        "a8.example",
        "a9.example",
        "a10.example",
        "a11.example",
        "a12.example",
        "a13.example",
        "a14.example",
        "a15.example",
        "a16.example",
        "a17.example",
        "a18.example",
        "a19.example",
        "a20.example",
        "a21.example",
        "a22.example",
        "a23.example",
        "a24.example",
        "a25.example",
        "a26.example",
        "a27.example",
        "a28.example",
        "a29.example",
    ]
};

fn main() {
    let _ = POLICY;
}

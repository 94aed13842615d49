use actix_web::{App, Responder, get, put};
use cors_actix::{Policy, cors, policy};

const SPA: Policy = policy! {
    origins = ["https://App.example.com", "app.example.com", "https://a.example/", any],
    allow_header = ["content type", "cookie", 5],
    expose_headers = any,
    credentials = yes,
    max_age = 604800
    methods = [put, "TRACE"],
};

#[cors(policy = SPA, origins = ["http://localhost:80"], max_age = "60")]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

#[cors(max_age = 90000, methods = ["put"], dangerously_allow_null_origin)]
#[put("/me")]
async fn save() -> impl Responder {
    "saved"
}

fn main() {
    App::new().service(prices).service(save);
}

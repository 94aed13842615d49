use cors_actix::cors;

#[cors(origins = any)]
struct Prices;

fn main() {
    let _ = Prices;
}

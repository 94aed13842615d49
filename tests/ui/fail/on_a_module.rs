use cors_actix::cors;

#[cors(origins = any)]
mod prices {
    pub fn list() {}
}

fn main() {
    prices::list();
}

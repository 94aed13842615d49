//! `cargo run`: checks the shop's policies, prints them, and serves the shop until Ctrl-C.

use std::error::Error;
use std::process::ExitCode;

use actix_web::HttpServer;
use examples::address::{Address, origin};
use examples::{Api, Page};
use futures_util::future::try_join;

#[actix_web::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let (api_address, page_address) = (Address::of_api()?, Address::of_page()?);
    api_address.same_site(page_address)?;
    let api = Api::new(page_address.socket);
    let page = Page::new(page_address.socket, api_address.socket);
    let api_app = move || api.app();
    let report = cors_actix::check(&api_app).await?;

    let (api_listener, page_listener) = (api_address.bind()?, page_address.bind()?);
    println!("{report}");
    println!("page  {}  <- open this one", origin(page_address.socket));
    println!("api   {}", origin(api_address.socket));

    let api_server =
        HttpServer::new(api_app).workers(2).shutdown_timeout(0).listen(api_listener)?.run();
    let page_server = HttpServer::new(move || page.app())
        .workers(1)
        .shutdown_timeout(0)
        .listen(page_listener)?
        .run();
    try_join(api_server, page_server).await?;
    Ok(())
}

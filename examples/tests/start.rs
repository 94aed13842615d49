//! How the shop starts, and how it does not.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};

fn shop(api: &str, page: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
    command.env("API_ADDR", api).env("PAGE_ADDR", page);
    command
}

#[test]
fn what_cannot_be_served_is_one_line_that_names_the_variable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = listener.local_addr().expect("its address").to_string();
    let free = free();
    for (name, api, page, want) in [
        ("a taken API", &*taken, &*free, format!("API_ADDR: `{taken}` is taken")),
        ("a taken page", &*free, &*taken, format!("PAGE_ADDR: `{taken}` is taken")),
        ("no address", "shop", &*free, "API_ADDR is \"shop\"".to_owned()),
        ("every interface", "0.0.0.0:9080", &*free, "API_ADDR is \"0.0.0.0:9080\"".to_owned()),
        ("two sites", "[::1]:9080", &*free, "API_ADDR is `[::1]:9080` and PAGE_ADDR is".to_owned()),
        ("no port", &*free, "127.0.0.1", "PAGE_ADDR is \"127.0.0.1\"".to_owned()),
    ] {
        let output = shop(api, page).output().expect("the shop starts");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{name}: {message}");
        assert!(message.starts_with(&want), "{name}: {message}");
        assert_eq!(message.lines().count(), 1, "{name}: {message}");
        assert!(output.stdout.is_empty(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn the_shop_prints_its_policies_and_both_addresses() {
    let (api, page) = (free(), free());
    let mut running = shop(&api, &page).stdout(Stdio::piped()).spawn().expect("the shop starts");
    let stdout = BufReader::new(running.stdout.take().expect("it is piped"));
    let mut lines = Vec::new();
    for line in stdout.lines() {
        let line = line.expect("UTF-8");
        let is_last = line.starts_with("api ");
        lines.push(line);
        if is_last {
            break;
        }
    }
    running.kill().and_then(|()| running.wait()).expect("the shop runs");
    for want in [
        "/prices",
        "/api/{tenant}/orders/{id}",
        &format!("http://{page}"),
        &format!("http://{api}"),
    ] {
        assert!(lines.iter().any(|line| line.contains(want)), "{want} in {lines:#?}");
    }
}

/// An address that nobody serves.
fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0");
    let address = listener.and_then(|listener| listener.local_addr());
    address.map(|address: SocketAddr| address.to_string()).expect("a free port")
}

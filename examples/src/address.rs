//! The two addresses of the shop: where they come from, and the origins that browsers see behind them.

use std::env;
use std::io;
use std::net::{SocketAddr, TcpListener};

/// An address to serve, with the environment variable that sets it.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// The environment variable, for messages.
    pub variable: &'static str,
    /// Where to listen.
    pub socket: SocketAddr,
}

impl Address {
    /// The API's address: `API_ADDR`, or `127.0.0.1:8080`.
    ///
    /// # Errors
    /// The variable holds no loopback address with a port.
    pub fn of_api() -> Result<Self, String> {
        Self::from_env("API_ADDR", SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    /// The web page's address: `PAGE_ADDR`, or `127.0.0.1:8081`.
    ///
    /// # Errors
    /// The variable holds no loopback address with a port.
    pub fn of_page() -> Result<Self, String> {
        Self::from_env("PAGE_ADDR", SocketAddr::from(([127, 0, 0, 1], 8081)))
    }

    fn from_env(variable: &'static str, default: SocketAddr) -> Result<Self, String> {
        let socket = match env::var_os(variable) {
            None => default,
            Some(text) => (text.to_str().and_then(parse)).ok_or_else(|| {
                format!("{variable} is {text:?}, but must be a loopback address and a port, such as `{default}`")
            })?,
        };
        Ok(Self { variable, socket })
    }

    /// Checks that browsers take pages at one address and cookies of the other for one site's.
    ///
    /// # Errors
    /// The IP addresses differ, so every row with cookies would fail.
    pub fn same_site(self, other: Self) -> Result<(), String> {
        if self.socket.ip() == other.socket.ip() {
            return Ok(());
        }
        Err(format!(
            "{} is `{}` and {} is `{}`, but both must have one IP address: browsers keep cookies between sites back",
            self.variable, self.socket, other.variable, other.socket
        ))
    }

    /// Takes the port.
    ///
    /// # Errors
    /// The port is taken, or the address is not of this machine.
    pub fn bind(self) -> Result<TcpListener, String> {
        let Self { variable, socket } = self;
        TcpListener::bind(socket).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("{variable}: `{socket}` is taken; set {variable} to another address")
            }
            _ => format!("{variable}: cannot listen on `{socket}`: {error}"),
        })
    }
}

/// A browser has to be told the port, so 0, which lets the system choose one, is none.
///
/// The page speaks plain HTTP and its cookies come along: only on the loopback interface can nobody change it on the way.
fn parse(text: &str) -> Option<SocketAddr> {
    text.parse().ok().filter(|socket: &SocketAddr| socket.ip().is_loopback() && socket.port() != 0)
}

/// Returns the origin that a browser sends for pages served at `socket`.
///
/// An origin leaves the scheme's default port out.
#[must_use]
pub fn origin(socket: SocketAddr) -> String {
    let text = socket.to_string();
    format!("http://{}", text.strip_suffix(":80").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_send_them() {
        for (socket, want) in [
            ("127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("127.0.0.1:80", "http://127.0.0.1"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("[::1]:8081", "http://[::1]:8081"),
            ("[::1]:80", "http://[::1]"),
        ] {
            let socket = socket.parse().expect("a socket address of the table above");
            assert_eq!(origin(socket), want, "{socket}");
        }
    }

    #[test]
    fn addresses_are_loopback_numbers_with_a_port() {
        for (text, accepted) in [
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("127.0.0.2:8080", true),
            ("0.0.0.0:8080", false),
            ("[::]:8080", false),
            ("192.0.2.7:8080", false),
            ("[::ffff:127.0.0.1]:8080", false),
            ("127.0.0.1:0", false),
            ("127.0.0.1", false),
            ("localhost:8080", false),
            ("http://127.0.0.1:8080", false),
            ("", false),
        ] {
            assert_eq!(parse(text).is_some(), accepted, "{text:?}");
        }
    }

    #[test]
    fn a_taken_port_is_named_by_its_variable() {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = Address { variable: "PAGE_ADDR", socket: free }.bind().expect("a free port");
        let taken = first.local_addr().expect("a bound listener has an address");
        let error =
            Address { variable: "PAGE_ADDR", socket: taken }.bind().expect_err("the port is taken");
        assert_eq!(
            error,
            format!("PAGE_ADDR: `{taken}` is taken; set PAGE_ADDR to another address")
        );
    }
}

//! Servers in a thread of their own, asked by raw bytes.

use std::{
    fmt::Debug,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread::JoinHandle,
    time::Duration,
};

use actix_web::{
    Error, HttpServer,
    body::MessageBody,
    dev::{AppConfig, Response, ServerHandle, Service, ServiceFactory},
    rt::System,
};

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts what `make` binds, on a thread of its own.
    ///
    /// # Panics
    /// If it can't be bound or started.
    pub fn start<F, I, S, B>(
        make: impl FnOnce() -> io::Result<HttpServer<F, I, S, B>> + Send + 'static,
    ) -> Self
    where
        F: Fn() -> I + Send + Clone + 'static,
        I: actix_service::IntoServiceFactory<S, actix_http::Request> + 'static,
        S: ServiceFactory<actix_http::Request, Config = AppConfig> + 'static,
        S::Error: Into<Error>,
        S::InitError: Debug,
        S::Response: Into<Response<B>>,
        <S::Service as Service<actix_http::Request>>::Future: 'static,
        S::Service: 'static,
        B: MessageBody + 'static,
    {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async {
                let server = make().expect("the server binds");
                let address = server.addrs()[0];
                let server = server.disable_signals().shutdown_timeout(0).run();
                sender.send((address, server.handle())).expect("somebody waits");
                server.await.expect("the server runs");
            });
        });
        let (address, handle) = receiver.recv().expect("the server starts");
        Server { address, handle, thread: Some(thread) }
    }

    /// Sends bytes on a connection of their own, and returns all bytes that come back.
    ///
    /// # Panics
    /// If there is no connection, or no answer in ten seconds.
    #[must_use]
    pub fn exchange(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // the server may close before it has read all
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
            Err(error) => panic!("no answer: {error}"),
        }
        answer
    }

    /// A connection.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("it is not zero");
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // the future does the work when it is made, and tells when it is done
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The head of an answer, and what follows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The bytes behind the head, as they came.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer of HTTP/1; `None` where it is none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Some(Answer { status, headers, body: bytes[end + 4..].to_vec() })
    }

    /// All lines of a name, joined as a browser does.
    #[must_use]
    pub fn joined(&self, name: &str) -> Option<String> {
        let lines = self.headers.iter().filter(|(own, _)| own == name);
        let lines: Vec<_> = lines.map(|(_, value)| value.as_str()).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// `Vary` and all CORS headers, sorted.
    #[must_use]
    pub fn cors(&self) -> Vec<String> {
        let relevant = |name: &str| name == "vary" || name.starts_with("access-control-");
        let lines = self.headers.iter().filter(|(name, _)| relevant(name));
        let mut lines: Vec<_> = lines.map(|(name, value)| format!("{name}: {value}")).collect();
        lines.sort();
        lines
    }
}

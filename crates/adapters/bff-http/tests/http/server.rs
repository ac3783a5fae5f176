//! A BFF on loopback whose replies a test chooses.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use digital_key_bff_http::{BearerToken, Deadlines, HttpBff, StaticToken, TokenProvider};
use digital_key_domain::Vin;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub(crate) const VIN: &str = "WBA00000000DEMO03";
pub(crate) const TOKEN: &str = "sesame-4711";

/// A short deadline that is long enough for an answer on loopback.
pub(crate) const SOON: Duration = Duration::from_millis(300);
/// A deadline that does not pass in a test that succeeds.
pub(crate) const NEVER: Duration = Duration::from_secs(60);

/// Deadlines that do not pass.
pub(crate) const PATIENT: Deadlines =
    Deadlines::new().with_connect(NEVER).with_read(NEVER).with_total(NEVER);

pub(crate) fn vin() -> Vin {
    VIN.parse().unwrap()
}

/// A client with the usual token and deadlines that do not pass.
pub(crate) fn client(base_url: &str) -> HttpBff {
    client_with(base_url, static_token(), PATIENT)
}

pub(crate) fn client_with(
    base_url: &str,
    provider: Arc<dyn TokenProvider>,
    deadlines: Deadlines,
) -> HttpBff {
    HttpBff::builder(base_url).token_provider(provider).deadlines(deadlines).build().unwrap()
}

pub(crate) fn static_token() -> Arc<dyn TokenProvider> {
    Arc::new(StaticToken::new(BearerToken::new(TOKEN).unwrap()))
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// Method and path, such as `GET /vehicles`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
}

impl Request {
    fn parse(head: &str) -> Self {
        let mut lines = head.lines();
        let line = lines.next().unwrap();
        Self {
            line: line.trim_end_matches(" HTTP/1.1").to_owned(),
            headers: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(found, _)| found == name);
        named.next().map(|(_, value)| value.as_str())
    }

    /// Returns the names of all headers.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_str())
    }
}

/// The reaction of the server to a request.
pub(crate) enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes and keeps the connection open.
    Stall(Vec<u8>),
    /// Sends these bytes, then repeats this one, each time before [`SOON`] passes.
    Drip(Vec<u8>, u8),
    /// Resets the connection.
    Reset,
}

impl Reply {
    /// Makes a 200 with this JSON.
    pub(crate) fn json(body: &str) -> Self {
        Self::whole("200 OK", "Content-Type: application/json\r\n", body.as_bytes())
    }

    /// Makes a complete answer of a status, further header lines and a body.
    pub(crate) fn whole(status: &str, headers: &str, body: &[u8]) -> Self {
        Self::Bytes([&head(status, headers, body.len()), body].concat())
    }
}

/// Makes the part of an answer before its body.
pub(crate) fn head(status: &str, headers: &str, length: usize) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n")
        .into_bytes()
}

/// A server on loopback, for as long as this value lives.
pub(crate) struct Server {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server that calls `answer` for the reply to each request.
    pub(crate) async fn start<F, Fut>(answer: F) -> Self
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Reply> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, answer.clone(), log.clone()));
            }
        });
        Self { address, requests, task }
    }

    /// Starts a server that gives the same reply to every request.
    pub(crate) async fn always(reply: fn() -> Reply) -> Self {
        Self::start(move |_| async move { reply() }).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Returns all requests so far, in the order of arrival.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<F, Fut>(mut stream: TcpStream, answer: Arc<F>, log: Arc<Mutex<Vec<Request>>>)
where
    F: Fn(Request) -> Fut,
    Fut: Future<Output = Reply>,
{
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let request = Request::parse(std::str::from_utf8(&head).unwrap());
    log.lock().unwrap().push(request.clone());
    // The client may hang up at any time, so that errors of a write are ignored.
    match answer(request).await {
        Reply::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Reply::Stall(bytes) => {
            drop(stream.write_all(&bytes).await);
            std::future::pending().await
        }
        Reply::Drip(bytes, byte) => {
            drop(stream.write_all(&bytes).await);
            let mut pace = tokio::time::interval(SOON / 20);
            while stream.write_all(&[byte]).await.is_ok() {
                pace.tick().await;
            }
        }
        Reply::Reset => stream.set_zero_linger().unwrap(),
    }
}

//! The maker's service on loopback: it answers every request in the same way and keeps it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http;
use axum::response::Response;
use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How the service answers.
#[derive(Clone)]
pub(super) enum Answer {
    /// With this response.
    Whole(http::Response<Bytes>),
    /// With the start of this response, and then the connection breaks.
    Broken(http::Response<Bytes>),
    /// Not at all.
    Never,
}

/// The running service. Dropping it ends it.
pub(super) struct Service {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<http::Request<Bytes>>>>,
    _task: JoinSet<()>,
}

impl Service {
    /// Starts the service.
    pub(super) async fn start(answer: Answer) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| e.to_string())?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut task = JoinSet::new();
        if let Answer::Broken(response) = answer {
            task.spawn(break_off(listener, response));
        } else {
            let seen = Arc::clone(&requests);
            let app = Router::new().fallback(move |request: Request| {
                let (answer, seen) = (answer.clone(), Arc::clone(&seen));
                async move { reply(answer, &seen, request).await }
            });
            task.spawn(async move {
                // It ends with the task.
                let _ = axum::serve(listener, app).await;
            });
        }
        Ok(Self { address, requests, _task: task })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the only request that has arrived.
    pub(super) fn request(&self) -> Result<http::Request<Bytes>, String> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        match &requests[..] {
            [request] => Ok(request.clone()),
            more => Err(format!("{} requests arrived instead of one", more.len())),
        }
    }
}

async fn reply(
    answer: Answer,
    seen: &Mutex<Vec<http::Request<Bytes>>>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 64 * 1024).await.unwrap_or_default();
    let request = http::Request::from_parts(head, body);
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    match answer {
        Answer::Whole(response) | Answer::Broken(response) => response.map(Body::from),
        Answer::Never => std::future::pending().await,
    }
}

/// Answers each connection with half a body.
async fn break_off(listener: TcpListener, response: http::Response<Bytes>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let body = response.body();
        let half = &body[..body.len() / 2];
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        // The client may be gone already.
        let _ = stream.write_all(&[head.as_bytes(), half].concat()).await;
        let _ = stream.shutdown().await;
    }
}

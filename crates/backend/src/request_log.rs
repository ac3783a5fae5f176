//! The outermost layer of every service: it reports each request when it ends.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use digital_key_domain::Vin;

use crate::backend::Service;

/// A function that is called with each request when it ends.
pub type RequestListener = Arc<dyn Fn(&FinishedRequest) + Send + Sync>;

/// A request that has ended. Its text is one line without secrets and whole VINs (GEN-6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedRequest {
    /// The service that the request came to.
    pub service: Service,
    /// The method.
    pub method: Method,
    /// The path without its query, with a short VIN. A part that is no word of this program's own
    /// paths is `…`.
    pub path: String,
    /// The status of the answer; `None` = no answer was sent: the client hung up, or the
    /// connection was reset.
    pub status: Option<StatusCode>,
    /// The time until the answer was made.
    pub duration: Duration,
}

impl fmt::Display for FinishedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, method, path, status, duration } = self;
        write!(f, "{service}: {method} {path} ")?;
        match status {
            Some(status) => write!(f, "{}", status.as_u16())?,
            None => f.write_str("no answer")?,
        }
        write!(f, " {} ms", duration.as_millis())
    }
}

/// Calls the listener when the request ends.
pub(crate) async fn report(
    State((service, listener)): State<(Service, RequestListener)>,
    request: Request,
    next: Next,
) -> Response {
    let mut running = RunningRequest {
        listener,
        service,
        method: request.method().clone(),
        path: printable(request.uri().path()),
        started: Instant::now(),
        status: None,
    };
    let response = next.run(request).await;
    running.status = Some(response.status());
    response
}

/// A request that runs. Dropping it reports it, also without an answer.
struct RunningRequest {
    listener: RequestListener,
    service: Service,
    method: Method,
    path: String,
    started: Instant,
    status: Option<StatusCode>,
}

impl Drop for RunningRequest {
    fn drop(&mut self) {
        (self.listener)(&FinishedRequest {
            service: self.service,
            method: self.method.clone(),
            path: std::mem::take(&mut self.path),
            status: self.status,
            duration: self.started.elapsed(),
        });
    }
}

/// Returns the path with a short VIN. Only short words of small letters are kept: anything else can
/// be a mistyped VIN or a secret.
fn printable(path: &str) -> String {
    const MOST_PARTS: usize = 8;
    let is_word = |part: &str| {
        part.len() <= 24 && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-' | b'.'))
    };
    let mut printable = String::new();
    for (index, part) in path.trim_start_matches('/').split('/').enumerate() {
        printable.push('/');
        if index == MOST_PARTS {
            printable.push('…');
            break;
        }
        match part.parse::<Vin>() {
            Ok(vin) => printable.push_str(&vin.short().to_string()),
            Err(_) if is_word(part) => printable.push_str(part),
            Err(_) => printable.push('…'),
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn gen_6_a_path_has_no_whole_vin_and_no_secret() {
        let short = printable("/vehicles/WBADKEY0000000001/digital-key/support");
        assert!(!short.contains("WBADKEY0000000001"), "{short}");
        assert!(short.ends_with("0001/digital-key/support"), "{short}");
        assert_eq!(printable("/openapi.json"), "/openapi.json");
        assert_eq!(printable("/"), "/");
        for secret in ["12345678", "WBADKEY00000000012", "%41bc", "Bearer", &"a".repeat(25)] {
            assert_eq!(printable(&format!("/vehicles/{secret}/x")), "/vehicles/…/x", "{secret}");
        }
        assert_eq!(printable(&"/a".repeat(1000)), "/a/a/a/a/a/a/a/a/…");
    }
}

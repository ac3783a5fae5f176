//! Tokens: the refresh after a 401, and the calls that share it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use digital_key_bff_http::{BearerToken, HttpBff, TokenError, TokenProvider};
use digital_key_domain::PairingStatus;
use digital_key_ports::{Bff, BffError, BffErrorKind};
use tokio::sync::Barrier;

use crate::server::{PATIENT, Reply, SOON, Server, client_with, vin};

/// A sign-in whose refresh returns `fresh-1`, `fresh-2`, … or fails.
struct SignIn {
    current: Mutex<BearerToken>,
    refreshes: AtomicU32,
    /// Fails the refresh.
    failure: Option<fn() -> TokenError>,
}

impl SignIn {
    fn working() -> Arc<Self> {
        Self::new(None)
    }

    fn new(failure: Option<fn() -> TokenError>) -> Arc<Self> {
        Arc::new(Self {
            current: Mutex::new(BearerToken::new("old").unwrap()),
            refreshes: AtomicU32::new(0),
            failure,
        })
    }

    fn refreshes(&self) -> u32 {
        self.refreshes.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl TokenProvider for SignIn {
    async fn token(&self) -> Result<BearerToken, TokenError> {
        Ok(self.current.lock().unwrap().clone())
    }

    async fn refresh(&self, rejected: &BearerToken) -> Result<BearerToken, TokenError> {
        assert_eq!(*rejected, *self.current.lock().unwrap());
        let number = self.refreshes.fetch_add(1, Ordering::SeqCst) + 1;
        // Other calls get a chance to refresh, too, if they would.
        tokio::task::yield_now().await;
        if let Some(failure) = self.failure {
            return Err(failure());
        }
        let fresh = BearerToken::new(format!("fresh-{number}"))?;
        *self.current.lock().unwrap() = fresh.clone();
        Ok(fresh)
    }
}

fn status() -> Reply {
    Reply::json(r#"{"vin":"WBA00000000DEMO03","primarySubscriber":true,"prepared":true}"#)
}

fn rejection() -> Reply {
    Reply::whole("401 Unauthorized", "", b"")
}

/// Starts a server that rejects the token `old` once this many requests with it have arrived.
async fn rejects_old(together: usize) -> Server {
    let all_arrived = Arc::new(Barrier::new(together));
    Server::start(move |request| {
        let all_arrived = all_arrived.clone();
        async move {
            if request.header("authorization") == Some("Bearer old") {
                all_arrived.wait().await;
                rejection()
            } else {
                status()
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_request_with_a_rejected_token_is_sent_again_with_a_fresh_one() {
    let server = rejects_old(1).await;
    let sign_in = SignIn::working();
    let bff = client_with(&server.url(), sign_in.clone(), PATIENT);
    assert!(bff.pairing_status(vin()).await.is_ok());
    assert_eq!(sign_in.refreshes(), 1);
    let [first, second] = &server.requests()[..] else {
        panic!("two tries");
    };
    assert_eq!(second.header("authorization"), Some("Bearer fresh-1"));
    assert_eq!(first.header("x-correlation-id"), second.header("x-correlation-id"));
    // The next call starts with the new token.
    assert!(bff.pairing_status(vin()).await.is_ok());
    assert_eq!((server.requests().len(), sign_in.refreshes()), (3, 1));
}

#[tokio::test]
async fn a_rejected_fresh_token_is_unauthorized() {
    let server = Server::always(rejection).await;
    let sign_in = SignIn::working();
    let bff = client_with(&server.url(), sign_in.clone(), PATIENT);
    let error = bff.pairing_status(vin()).await.unwrap_err();
    assert_eq!(error.kind(), BffErrorKind::Unauthorized, "{error:?}");
    assert_eq!((server.requests().len(), sign_in.refreshes()), (2, 1));
}

/// Asks three times at once.
async fn ask_three_times(bff: &HttpBff) -> [Result<PairingStatus, BffError>; 3] {
    tokio::join!(bff.pairing_status(vin()), bff.pairing_status(vin()), bff.pairing_status(vin()))
        .into()
}

#[tokio::test]
async fn calls_that_are_rejected_together_share_one_refresh() {
    let server = rejects_old(3).await;
    let sign_in = SignIn::working();
    let bff = client_with(&server.url(), sign_in.clone(), PATIENT);
    let answers = ask_three_times(&bff).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((server.requests().len(), sign_in.refreshes()), (6, 1));
}

fn not_signed_in() -> TokenError {
    TokenError::NotSignedIn("the refresh was refused".into())
}

fn offline() -> TokenError {
    TokenError::Offline("no network".into())
}

#[tokio::test]
async fn calls_that_are_rejected_together_share_a_failed_refresh() {
    let failures: [(fn() -> TokenError, _); 2] =
        [(not_signed_in, BffErrorKind::NoToken), (offline, BffErrorKind::Unreachable)];
    for (failure, kind) in failures {
        let server = rejects_old(3).await;
        let sign_in = SignIn::new(Some(failure));
        let bff = client_with(&server.url(), sign_in.clone(), PATIENT);
        for answer in ask_three_times(&bff).await {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), kind, "{error:?}");
        }
        assert_eq!((server.requests().len(), sign_in.refreshes()), (3, 1));
    }
}

#[tokio::test]
async fn a_token_that_the_host_has_replaced_meanwhile_is_used() {
    let sign_in = SignIn::working();
    let replaced = sign_in.clone();
    let server = Server::start(move |request| {
        let replaced = replaced.clone();
        async move {
            if request.header("authorization") == Some("Bearer old") {
                *replaced.current.lock().unwrap() = BearerToken::new("newer").unwrap();
                rejection()
            } else {
                status()
            }
        }
    })
    .await;
    let bff = client_with(&server.url(), sign_in.clone(), PATIENT);
    assert!(bff.pairing_status(vin()).await.is_ok());
    assert_eq!(sign_in.refreshes(), 0);
}

/// A sign-in without a token.
struct NoToken(fn() -> TokenError);

#[async_trait]
impl TokenProvider for NoToken {
    async fn token(&self) -> Result<BearerToken, TokenError> {
        Err(self.0())
    }

    async fn refresh(&self, _rejected: &BearerToken) -> Result<BearerToken, TokenError> {
        Err(self.0())
    }
}

/// Asks with a sign-in that has no token, and returns the error.
async fn without_a_token(reason: fn() -> TokenError) -> BffError {
    let server = Server::always(status).await;
    let bff = client_with(&server.url(), Arc::new(NoToken(reason)), PATIENT);
    let error = bff.pairing_status(vin()).await.unwrap_err();
    assert!(server.requests().is_empty());
    error
}

#[tokio::test]
async fn without_a_token_no_request_is_sent() {
    let error = without_a_token(not_signed_in).await;
    assert_eq!(error.kind(), BffErrorKind::NoToken, "{error:?}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_sign_in_without_a_network_is_like_no_connection() {
    let error = without_a_token(offline).await;
    assert_eq!(error.kind(), BffErrorKind::Unreachable, "{error:?}");
    assert!(error.is_retryable());
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no network");
}

/// A sign-in that does not answer.
struct Stuck;

#[async_trait]
impl TokenProvider for Stuck {
    async fn token(&self) -> Result<BearerToken, TokenError> {
        std::future::pending().await
    }

    async fn refresh(&self, _rejected: &BearerToken) -> Result<BearerToken, TokenError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_token_counts_towards_the_deadline() {
    let server = Server::always(status).await;
    let bff = client_with(&server.url(), Arc::new(Stuck), PATIENT.with_total(SOON));
    let error = bff.pairing_status(vin()).await.unwrap_err();
    assert_eq!(error.kind(), BffErrorKind::DeadlineExceeded, "{error:?}");
}

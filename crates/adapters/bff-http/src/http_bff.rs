//! The client: one request for each call of the port.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::config::{Deadlines, HttpBffBuilder};
use crate::error::{check_head, malformed, no_token, transport_error};
use crate::token::{BearerToken, Tokens};
use crate::trace::{TRACEPARENT, Trace};
use crate::transport::{HttpRequest, HttpResponse, HttpTransport};
use crate::wire::{self, AnswerError};

/// The header with the id by which the logs of client and backend are compared.
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
/// The header with the key of a request for a password.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest body that is read. Real answers stay below 1 KiB.
const LONGEST_BODY: usize = 64 * 1024;

/// Returns the `traceparent` that the calls of a host continue.
pub(crate) type TraceParent = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The `Bff` port over HTTP.
///
/// It keeps the contract of [`Bff`]. Beyond that, no request follows a redirect. The built-in
/// transport uses no proxy from an environment variable, and needs a tokio runtime with I/O. Each
/// transport needs a tokio runtime with time.
pub struct HttpBff {
    pub(crate) transport: Arc<dyn HttpTransport>,
    pub(crate) base_url: Url,
    pub(crate) tokens: Tokens,
    pub(crate) deadlines: Deadlines,
    /// The headers that are the same in each request.
    pub(crate) headers: HeaderMap,
    pub(crate) trace_parent: Option<TraceParent>,
}

impl HttpBff {
    /// Returns the builder of a client for the BFF at this URL, such as
    /// `https://bff.example.com/api`.
    ///
    /// The URL is `https`, or `http` to loopback, and has no credentials, no query and no fragment.
    pub fn builder(base_url: &str) -> HttpBffBuilder {
        HttpBffBuilder::new(base_url)
    }

    /// Makes a request and parses its answer, within the total deadline.
    async fn call<Wire, Answer>(&self, request: Request<'_>) -> Result<Answer, BffError>
    where
        Wire: DeserializeOwned,
        Answer: TryFrom<Wire, Error = AnswerError>,
    {
        let Request { operation, vin, .. } = request;
        let answer = async {
            let response = self.send_with_token(&request).await?;
            let HttpResponse { status, headers, body } = response;
            let body = Zeroizing::new(body);
            check_head(operation, status, &headers)?;
            if body.len() > LONGEST_BODY {
                return Err(malformed(operation, AnswerError::TooLarge(LONGEST_BODY)));
            }
            wire::read(&body, vin).map_err(|error| malformed(operation, error))
        };
        tokio::time::timeout(self.deadlines.total, answer)
            .await
            .unwrap_or(Err(BffError::new(operation, BffErrorKind::DeadlineExceeded)))
    }

    /// Sends a request, and sends it once more with another token if the first one is rejected.
    async fn send_with_token(&self, request: &Request<'_>) -> Result<HttpResponse, BffError> {
        const UNAUTHORIZED: u16 = StatusCode::UNAUTHORIZED.as_u16();
        let operation = request.operation;
        let no_token = |error| no_token(operation, error);
        let parent = self.trace_parent.as_ref().and_then(|parent| parent());
        let ids = CallIds { correlation: Uuid::new_v4(), trace: Trace::of(parent.as_deref()) };

        let issued = self.tokens.issue().await.map_err(no_token)?;
        let response = self.send(request, &issued.token, &ids).await?;
        if response.status != UNAUTHORIZED {
            return Ok(response);
        }
        let token = self.tokens.replace(&issued).await.map_err(no_token)?;
        let response = self.send(request, &token, &ids).await?;
        if response.status == UNAUTHORIZED {
            return Err(BffError::new(operation, BffErrorKind::Unauthorized));
        }
        Ok(response)
    }

    async fn send(
        &self,
        request: &Request<'_>,
        token: &BearerToken,
        ids: &CallIds,
    ) -> Result<HttpResponse, BffError> {
        let Request { operation, vin, idempotency_key } = request;
        let (method, endpoint) = match operation {
            BffOperation::Support => (Method::GET, "support"),
            BffOperation::PairingStatus => (Method::GET, "pairing-status"),
            BffOperation::PairingPassword => (Method::POST, "pairing-password"),
        };
        let base_url = self.base_url.as_str().trim_end_matches('/');
        let mut headers = self.headers.clone();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // The platform's HTTP would ask for compression, and unpack a small body to a huge one.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let texts = [
            (AUTHORIZATION, Some(Zeroizing::new(format!("Bearer {}", token.expose())))),
            (CORRELATION_ID, Some(Zeroizing::new(ids.correlation.to_string()))),
            (IDEMPOTENCY_KEY, idempotency_key.map(|key| Zeroizing::new(key.as_str().to_owned()))),
        ];
        for (name, text) in texts {
            // Each of these texts is visible ASCII by its type.
            if let Some(mut value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
                value.set_sensitive(name == AUTHORIZATION);
                headers.insert(name, value);
            }
        }
        headers.extend(ids.trace.next_span().map(|span| (TRACEPARENT, span)));
        let request = HttpRequest {
            method,
            url: format!("{base_url}/vehicles/{}/digital-key/{endpoint}", vin.as_str()),
            headers,
            // One byte more than allowed shows that a body is too long.
            body_limit: LONGEST_BODY + 1,
            deadlines: self.deadlines,
        };
        let response = self.transport.send(request).await.map_err(|error| {
            let added = self.headers.values().filter(|value| value.is_sensitive());
            let secrets = added.filter_map(|value| value.to_str().ok());
            let secrets: Vec<_> = secrets.chain([vin.as_str(), token.expose()]).collect();
            transport_error(*operation, error.without(&secrets))
        })?;
        tracing::debug!(
            %operation,
            vin = %vin.short(),
            correlation_id = %ids.correlation,
            trace_id = ids.trace.id(),
            status = response.status,
            "the BFF answered"
        );
        Ok(response)
    }
}

/// The ids by which the logs of client and backend are compared.
struct CallIds {
    correlation: Uuid,
    trace: Trace,
}

/// A call of the port, as a request to the backend.
struct Request<'a> {
    operation: BffOperation,
    vin: Vin,
    idempotency_key: Option<&'a IdempotencyKey>,
}

#[async_trait]
impl Bff for HttpBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.call::<wire::Support, _>(Request {
            operation: BffOperation::Support,
            vin,
            idempotency_key: None,
        })
        .await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.call::<wire::Status, _>(Request {
            operation: BffOperation::PairingStatus,
            vin,
            idempotency_key: None,
        })
        .await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.call::<wire::Password, _>(Request {
            operation: BffOperation::PairingPassword,
            vin,
            idempotency_key: Some(&key),
        })
        .await
    }
}

impl fmt::Debug for HttpBff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBff")
            .field("base_url", &self.base_url.as_str())
            .field("deadlines", &self.deadlines)
            .finish_non_exhaustive()
    }
}

//! The client: one request for each call of the port.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use reqwest::header::{ACCEPT, HeaderName};
use reqwest::{Method, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::config::HttpBffBuilder;
use crate::error::{check_head, malformed, no_token, transport_error};
use crate::token::{BearerToken, Tokens};
use crate::wire::{self, AnswerError};

/// The header with the id by which the logs of client and backend are compared.
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
/// The header with the key of a request for a password.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest body that is read. Real answers stay below 1 KiB.
const LONGEST_BODY: usize = 64 * 1024;

/// The `Bff` port over HTTP.
///
/// It keeps the contract of [`Bff`]. Beyond that, no request follows a redirect or uses a proxy
/// from an environment variable. It needs a tokio runtime with I/O and time.
pub struct HttpBff {
    client: reqwest::Client,
    /// Has no slash at the end.
    base_url: String,
    tokens: Tokens,
    total_deadline: Duration,
}

impl HttpBff {
    /// Returns the builder of a client for the BFF at this URL, such as
    /// `https://bff.example.com/api`.
    ///
    /// The URL is `https`, or `http` to loopback, and has no credentials, no query and no fragment.
    pub fn builder(base_url: &str) -> HttpBffBuilder {
        HttpBffBuilder::new(base_url)
    }

    pub(crate) fn new(
        client: reqwest::Client,
        base_url: &Url,
        tokens: Tokens,
        total_deadline: Duration,
    ) -> Self {
        Self {
            client,
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
            tokens,
            total_deadline,
        }
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
            check_head(operation, &response)?;
            let body = read_body(operation, response).await?;
            wire::read(&body, vin).map_err(|error| malformed(operation, error))
        };
        tokio::time::timeout(self.total_deadline, answer)
            .await
            .unwrap_or(Err(BffError::new(operation, BffErrorKind::DeadlineExceeded)))
    }

    /// Sends a request, and sends it once more with another token if the first one is rejected.
    async fn send_with_token(&self, request: &Request<'_>) -> Result<Response, BffError> {
        let operation = request.operation;
        let no_token = |error| no_token(operation, error);
        let correlation_id = Uuid::new_v4();

        let issued = self.tokens.issue().await.map_err(no_token)?;
        let response = self.send(request, &issued.token, correlation_id).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let token = self.tokens.replace(&issued).await.map_err(no_token)?;
        let response = self.send(request, &token, correlation_id).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            return Err(BffError::new(operation, BffErrorKind::Unauthorized));
        }
        Ok(response)
    }

    async fn send(
        &self,
        request: &Request<'_>,
        token: &BearerToken,
        correlation_id: Uuid,
    ) -> Result<Response, BffError> {
        let Request { operation, vin, idempotency_key } = request;
        let (method, endpoint) = match operation {
            BffOperation::Support => (Method::GET, "support"),
            BffOperation::PairingStatus => (Method::GET, "pairing-status"),
            BffOperation::PairingPassword => (Method::POST, "pairing-password"),
        };
        let url = format!("{}/vehicles/{}/digital-key/{endpoint}", self.base_url, vin.as_str());
        let mut request = self
            .client
            .request(method, url)
            .header(ACCEPT, "application/json")
            .header(CORRELATION_ID, correlation_id.to_string())
            .bearer_auth(token.expose());
        if let Some(key) = idempotency_key {
            request = request.header(IDEMPOTENCY_KEY, key.as_str());
        }
        let response = request.send().await.map_err(|error| transport_error(*operation, error))?;
        tracing::debug!(
            %operation,
            vin = %vin.short(),
            %correlation_id,
            status = response.status().as_u16(),
            "the BFF answered"
        );
        Ok(response)
    }
}

/// A call of the port, as a request to the backend.
struct Request<'a> {
    operation: BffOperation,
    vin: Vin,
    idempotency_key: Option<&'a IdempotencyKey>,
}

/// Reads a body in pieces, up to the limit.
async fn read_body(
    operation: BffOperation,
    mut response: Response,
) -> Result<Zeroizing<Vec<u8>>, BffError> {
    // The vector never grows: a reallocation would leave a copy of a password in memory.
    let mut body = Zeroizing::new(Vec::with_capacity(LONGEST_BODY));
    while let Some(piece) =
        response.chunk().await.map_err(|error| transport_error(operation, error))?
    {
        if body.len() + piece.len() > LONGEST_BODY {
            return Err(malformed(operation, AnswerError::TooLarge(LONGEST_BODY)));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
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
            .field("base_url", &self.base_url)
            .field("total_deadline", &self.total_deadline)
            .finish_non_exhaustive()
    }
}

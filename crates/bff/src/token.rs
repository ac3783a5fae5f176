//! Tokens that are checked here, with the keys of the issuer (JWKS).

mod crypto;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::http::{Request, StatusCode};
use http_body_util::Full;
use jsonwebtoken::jwk::{JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::de::IgnoredAny;
use tokio::sync::Mutex;

use crate::config::{Config, Protocol};
use crate::smacc::{ClientError, FailureKind, HttpClient, SmAccError};
use crate::tls;

/// The longest document of keys, in bytes.
const LONGEST_DOCUMENT: usize = 256 * 1024;
/// How often an unknown key may lead to another fetch.
const PAUSE: Duration = Duration::from_secs(10);
/// By how much clocks may differ, in seconds.
const LEEWAY: u64 = 30;

/// Checks tokens: signature, issuer, audience and expiry.
pub(crate) struct TokenCheck {
    client: HttpClient,
    url: String,
    validation: Validation,
    keys: RwLock<Arc<Keys>>,
    /// When the keys were fetched last; held while they are fetched.
    fetched: Mutex<Option<Instant>>,
}

/// The keys of the issuer, by their id; a key without an id has the empty one.
type Keys = HashMap<String, (Algorithm, DecodingKey)>;

/// Why a token is not accepted. Its text repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("the token is not a signed JSON Web Token")]
    NotAToken,
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    #[error("the token is not accepted: its signature, issuer, audience or time is wrong")]
    Refused,
    #[error("the keys that tokens are checked with cannot be fetched; try again later")]
    NoKeys,
}

impl TokenError {
    /// Returns whether the service is to blame rather than the token.
    pub(crate) fn is_ours(self) -> bool {
        self == Self::NoKeys
    }
}

impl TokenCheck {
    /// Makes the check; `None` when the configuration has no keys' URL.
    pub(crate) fn new(config: &Config) -> Result<Option<Self>, ClientError> {
        let (Some(url), Some(issuer), Some(audience)) =
            (&config.jwks_url, &config.jwt_issuer, &config.jwt_audience)
        else {
            return Ok(None);
        };
        crypto::install();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.algorithms = crypto::algorithms();
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // The issuer is another service than the upstream, with the system's authorities.
        let client = Config { upstream_protocol: Protocol::Auto, ..config.clone() };
        let tls = if url.is_https() {
            tls::client_config(None, None).map_err(ClientError::from)?
        } else {
            tls::client_config_without_roots().map_err(ClientError::from)?
        };
        Ok(Some(Self {
            client: HttpClient::with_tls(&client, tls),
            url: url.as_str().to_owned(),
            validation,
            keys: RwLock::default(),
            fetched: Mutex::default(),
        }))
    }

    /// Checks a token.
    pub(crate) async fn check(&self, token: &str) -> Result<(), TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::NotAToken)?;
        let id = header.kid.unwrap_or_default();
        let mut keys = self.keys();
        if !keys.contains_key(&id) {
            // The issuer may have a new key.
            self.refresh(PAUSE).await;
            keys = self.keys();
        }
        if keys.is_empty() {
            return Err(TokenError::NoKeys);
        }
        let (algorithm, key) = keys.get(&id).ok_or(TokenError::UnknownKey)?;
        if header.alg != *algorithm {
            return Err(TokenError::Refused);
        }
        let validation = Validation { algorithms: vec![*algorithm], ..self.validation.clone() };
        decode::<IgnoredAny>(token, key, &validation).map(|_| ()).map_err(|_| TokenError::Refused)
    }

    /// Returns whether there are keys.
    pub(crate) fn has_keys(&self) -> bool {
        !self.keys().is_empty()
    }

    /// Fetches the keys unless that was tried within this time. On a failure the keys of before stay.
    pub(crate) async fn refresh(&self, pause: Duration) {
        let mut fetched = self.fetched.lock().await;
        if fetched.is_some_and(|at| at.elapsed() < pause) {
            return;
        }
        match self.fetch().await {
            Ok(keys) => *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys),
            Err(error) => tracing::warn!(%error, "the keys of the issuer cannot be fetched"),
        }
        *fetched = Some(Instant::now());
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) -> Result<Keys, SmAccError> {
        let failed = |kind, detail: String| SmAccError::failed(kind, detail);
        let request = Request::builder().uri(&self.url).body(Full::default());
        let request = request.map_err(|error| failed(FailureKind::Connect, error.to_string()))?;
        let response = self.client.send(request, LONGEST_DOCUMENT).await?;
        if response.status() != StatusCode::OK {
            let detail = format!("the issuer answered {}", response.status().as_u16());
            return Err(failed(FailureKind::Status, detail));
        }
        let set: JwkSet = serde_json::from_slice(response.body()).map_err(|error| {
            failed(FailureKind::Malformed, format!("no key set, at line {}", error.line()))
        })?;
        let keys: Keys = set.keys.iter().filter_map(usable).collect();
        if keys.is_empty() {
            let detail = "the key set has no key that can be used".to_owned();
            return Err(failed(FailureKind::Malformed, detail));
        }
        Ok(keys)
    }
}

/// Returns a key for signatures with an algorithm that is supported. A shared secret is none.
fn usable(jwk: &jsonwebtoken::jwk::Jwk) -> Option<(String, (Algorithm, DecodingKey))> {
    let is_for_signatures =
        matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let algorithm = match &jwk.common.key_algorithm {
        Some(named) => named.to_string().parse().ok()?,
        None => crypto::usual_algorithm(&jwk.algorithm)?,
    };
    let is_supported = crypto::algorithms().contains(&algorithm);
    let key = DecodingKey::from_jwk(jwk).ok()?;
    let id = jwk.common.key_id.clone().unwrap_or_default();
    (is_for_signatures && is_supported).then_some((id, (algorithm, key)))
}

//! The items of `token.rs` in a build without TLS: settings for the check are refused at the start.

use std::convert::Infallible;
use std::time::Duration;

use crate::config::Config;
use crate::smacc::ClientError;
use crate::tls::TlsError;

pub(crate) struct TokenCheck(Infallible);

/// There is no error, since no token is checked.
#[derive(Debug, thiserror::Error)]
#[error("no token is checked")]
pub(crate) struct TokenError(Infallible);

impl TokenError {
    pub(crate) fn is_ours(&self) -> bool {
        match self.0 {}
    }
}

impl TokenCheck {
    pub(crate) fn new(config: &Config) -> Result<Option<Self>, ClientError> {
        match &config.jwks_url {
            None => Ok(None),
            Some(_) => Err(TlsError::Absent.into()),
        }
    }

    pub(crate) fn has_keys(&self) -> bool {
        match self.0 {}
    }

    pub(crate) async fn check(&self, _: &str) -> Result<(), TokenError> {
        match self.0 {}
    }

    pub(crate) async fn refresh(&self, _: Duration) {
        match self.0 {}
    }
}

//! Bearer tokens, their provider, and the refresh that all waiting calls share.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use digital_key_ports::Cause;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// A bearer token, which is a secret of visible ASCII characters.
///
/// It cannot be printed: `Debug` hides it. It is wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    /// Makes a token from the text that the header holds after the word `Bearer`.
    ///
    /// # Errors
    /// Returns a [`BearerTokenError`], which repeats no part of the text, if the text is empty or
    /// has a character that is not visible ASCII.
    pub fn new(text: impl Into<String>) -> Result<Self, BearerTokenError> {
        let text = Zeroizing::new(text.into());
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err(BearerTokenError)
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

/// The error for a text that is not a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bearer token has one or more visible ASCII characters and no blank")]
pub struct BearerTokenError;

/// Why there is no token. It holds no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Nobody is signed in, or the sign-in has ended. The request fails with
    /// [`BffErrorKind::NoToken`](digital_key_ports::BffErrorKind::NoToken), which is final.
    #[error("nobody is signed in")]
    NotSignedIn(#[source] Cause),
    /// The sign-in needs a network to make a token, and there is none. The request fails with
    /// [`BffErrorKind::Unreachable`](digital_key_ports::BffErrorKind::Unreachable), which is
    /// retryable.
    #[error("the sign-in could not be reached")]
    Offline(#[source] Cause),
}

impl From<BearerTokenError> for TokenError {
    /// A sign-in that gives no usable token counts as none.
    fn from(error: BearerTokenError) -> Self {
        Self::NotSignedIn(error.into())
    }
}

/// The source of the tokens: the sign-in of the host.
///
/// # Contract
/// - After `refresh` has returned a token, `token` MUST return that token or a newer one.
/// - A call whose future is dropped MUST leave the implementation usable.
/// - An error MUST hold no token.
///
/// Both calls count towards the total deadline of the request that they serve.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// Returns the current token.
    async fn token(&self) -> Result<BearerToken, TokenError>;

    /// Replaces a token that the backend rejected. It is called once, however many requests were
    /// rejected at the same time.
    async fn refresh(&self, rejected: &BearerToken) -> Result<BearerToken, TokenError>;
}

/// A provider of one token that never changes, for development. A refresh returns the same token.
#[derive(Debug, Clone)]
pub struct StaticToken(BearerToken);

impl StaticToken {
    /// Makes a provider of this token.
    #[must_use]
    pub fn new(token: BearerToken) -> Self {
        Self(token)
    }
}

#[async_trait]
impl TokenProvider for StaticToken {
    async fn token(&self) -> Result<BearerToken, TokenError> {
        Ok(self.0.clone())
    }

    async fn refresh(&self, _rejected: &BearerToken) -> Result<BearerToken, TokenError> {
        Ok(self.0.clone())
    }
}

/// The tokens of the provider, with one refresh at a time that calls share.
pub(crate) struct Tokens {
    provider: Arc<dyn TokenProvider>,
    /// Locked while a refresh runs, so that other calls wait for its outcome.
    last_refresh: Mutex<Refresh>,
}

/// The last refresh that ended.
struct Refresh {
    /// How many refreshes have ended.
    number: u64,
    outcome: RefreshOutcome,
}

#[derive(Clone, Copy)]
enum RefreshOutcome {
    Succeeded,
    NotSignedIn,
    Offline,
}

impl RefreshOutcome {
    fn of(refreshed: &Result<BearerToken, TokenError>) -> Self {
        match refreshed {
            Ok(_) => Self::Succeeded,
            Err(TokenError::NotSignedIn(_)) => Self::NotSignedIn,
            Err(TokenError::Offline(_)) => Self::Offline,
        }
    }
}

/// A token, and how many refreshes had ended when it was issued.
pub(crate) struct IssuedToken {
    pub(crate) token: BearerToken,
    refreshes: u64,
}

impl Tokens {
    pub(crate) fn new(provider: Arc<dyn TokenProvider>) -> Self {
        let last_refresh = Refresh { number: 0, outcome: RefreshOutcome::Succeeded };
        Self { provider, last_refresh: Mutex::new(last_refresh) }
    }

    /// Returns the current token. It waits for a refresh that is running.
    pub(crate) async fn issue(&self) -> Result<IssuedToken, TokenError> {
        let refreshes = self.last_refresh.lock().await.number;
        let token = self.provider.token().await?;
        Ok(IssuedToken { token, refreshes })
    }

    /// Returns a token in place of a rejected one. One of the calls that hold the rejected token
    /// refreshes it; the others share the outcome, also if it is a failure.
    pub(crate) async fn replace(&self, rejected: &IssuedToken) -> Result<BearerToken, TokenError> {
        let mut last = self.last_refresh.lock().await;
        if last.number != rejected.refreshes {
            return match last.outcome {
                RefreshOutcome::Succeeded => self.provider.token().await,
                RefreshOutcome::NotSignedIn => {
                    Err(TokenError::NotSignedIn(SharedRefreshError.into()))
                }
                RefreshOutcome::Offline => Err(TokenError::Offline(SharedRefreshError.into())),
            };
        }
        let current = self.provider.token().await?;
        if current != rejected.token {
            return Ok(current);
        }
        let refreshed = self.provider.refresh(&rejected.token).await;
        let outcome = RefreshOutcome::of(&refreshed);
        *last = Refresh { number: last.number + 1, outcome };
        refreshed
    }
}

/// The error of the calls that waited for a refresh by another call, which failed.
#[derive(Debug, thiserror::Error)]
#[error("the token refresh that this request waited for has failed")]
struct SharedRefreshError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_visible_ascii() {
        assert!(BearerToken::new("eyJhbGciOi.J9-_~+/=").is_ok());
        for text in ["", "two words", "line\nbreak", "schlüssel"] {
            assert_eq!(BearerToken::new(text), Err(BearerTokenError), "{text:?}");
        }
    }

    #[test]
    fn gen_6_debug_shows_nothing() {
        let token = BearerToken::new("sesame-4711").unwrap();
        let provider = StaticToken::new(token.clone());
        assert!(!format!("{token:?} {provider:#?}").contains("sesame"));
    }
}

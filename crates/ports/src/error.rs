//! The one shape of every port's errors.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A boxed error, as an adapter gets it from the libraries below it. It holds nothing secret
/// (GEN-6).
pub type Cause = Box<dyn Error + Send + Sync>;

/// The failure of a port's call: which call, what the caller can do about it, and the cause.
///
/// Each port names its own: [`BffError`](crate::BffError), [`CacheError`](crate::CacheError),
/// [`WalletError`](crate::WalletError) and [`ApplePairingError`](crate::ApplePairingError).
/// Decide by [`kind`](Self::kind), [`is_retryable`](Self::is_retryable) and [`wait`](Self::wait);
/// the cause is for logs. An error is cheap to clone; its clones share the cause.
///
/// ```
/// use std::error::Error;
/// use std::time::Duration;
///
/// use digital_key_ports::{BffError, BffErrorKind, BffOperation};
///
/// let wait = Some(Duration::from_secs(30));
/// let error = BffError::new(BffOperation::Support, BffErrorKind::Status { status: 503, wait })
///     .with_source("the server is being updated");
///
/// assert_eq!(error.operation(), BffOperation::Support);
/// assert!(error.is_retryable());
/// assert_eq!(error.wait(), wait);
/// assert_eq!(error.to_string(), "support failed: the backend answered with status 503");
/// assert_eq!(error.source().unwrap().to_string(), "the server is being updated");
/// ```
#[derive(Debug, Clone)]
pub struct PortError<Operation, Kind> {
    operation: Operation,
    kind: Kind,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// The kinds of failure of one port: what a caller can do.
///
/// `Display` is a clause without the operation, such as "the wallet did not answer; try again".
pub trait PortErrorKind: Copy + fmt::Debug + fmt::Display {
    /// Whether the same call may work when it is made again without any change.
    fn is_retryable(&self) -> bool;

    /// How long to wait before the next try, where the port knows.
    fn wait(&self) -> Option<Duration> {
        None
    }
}

impl<Operation: Copy, Kind: PortErrorKind> PortError<Operation, Kind> {
    /// Makes an error without a cause.
    #[must_use]
    pub fn new(operation: Operation, kind: Kind) -> Self {
        Self { operation, kind, source: None }
    }

    /// Adds the cause, which must hold nothing secret (GEN-6).
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Cause>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Returns the call that failed.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// Returns the kind of the failure.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns whether the same call may work when it is made again without any change.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// Returns how long to wait before the next try, where the port knows.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.kind.wait()
    }
}

impl<Operation: fmt::Display, Kind: fmt::Display> fmt::Display for PortError<Operation, Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed: {}", self.operation, self.kind)
    }
}

impl<Operation, Kind> Error for PortError<Operation, Kind>
where
    Operation: fmt::Debug + fmt::Display,
    Kind: fmt::Debug + fmt::Display,
{
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ApplePairingError, ApplePairingErrorKind, ApplePairingOperation, BffError, BffErrorKind,
        BffOperation, CacheError, CacheErrorKind, CacheOperation, WalletError, WalletErrorKind,
        WalletOperation,
    };

    const SECOND: Duration = Duration::from_secs(1);

    fn bff_kinds() -> [BffErrorKind; 9] {
        [
            BffErrorKind::Unreachable,
            BffErrorKind::Interrupted,
            BffErrorKind::DeadlineExceeded,
            BffErrorKind::Status { status: 404, wait: None },
            BffErrorKind::Status { status: 503, wait: Some(SECOND) },
            BffErrorKind::Unauthorized,
            BffErrorKind::NoToken,
            BffErrorKind::Malformed,
            BffErrorKind::CircuitOpen { wait: SECOND },
        ]
    }

    #[test]
    fn only_a_missing_or_broken_connection_or_a_passing_status_is_retryable() {
        for kind in bff_kinds() {
            let passes = matches!(
                kind,
                BffErrorKind::Unreachable
                    | BffErrorKind::Interrupted
                    | BffErrorKind::Status { status: 503, .. }
            );
            assert_eq!(kind.is_retryable(), passes, "{kind}");
        }
        for status in 300..=599 {
            let kind = BffErrorKind::Status { status, wait: None };
            let passes = [408, 429, 502, 503, 504].contains(&status);
            assert_eq!(kind.is_retryable(), passes, "{kind}");
        }
    }

    #[test]
    fn a_status_and_an_open_circuit_say_how_long_to_wait() {
        for kind in bff_kinds() {
            let knows = matches!(
                kind,
                BffErrorKind::Status { status: 503, .. } | BffErrorKind::CircuitOpen { .. }
            );
            assert_eq!(kind.wait(), knows.then_some(SECOND), "{kind}");
            assert_eq!(BffError::new(BffOperation::Support, kind).wait(), kind.wait());
        }
    }

    #[test]
    fn an_open_circuit_shows_whole_seconds_and_never_too_few() {
        for (millis, shown) in [(0, "in 0 s"), (1, "in 1 s"), (29_001, "in 30 s")] {
            let kind = BffErrorKind::CircuitOpen { wait: Duration::from_millis(millis) };
            assert!(kind.to_string().ends_with(shown), "{kind}");
        }
    }

    #[test]
    fn a_call_may_be_repeated_except_where_something_has_to_change_first() {
        let cache = [CacheErrorKind::Busy, CacheErrorKind::Lost, CacheErrorKind::Unavailable];
        assert!(cache.iter().all(CacheErrorKind::is_retryable));
        assert!(!CacheErrorKind::Suspended.is_retryable());
        assert!(WalletErrorKind::Unavailable.is_retryable());
        assert!(!WalletErrorKind::NotOffered.is_retryable());
        assert!(ApplePairingErrorKind::AlreadyRunning.is_retryable());
        assert!(ApplePairingErrorKind::Unavailable.is_retryable());
        assert!(!ApplePairingErrorKind::NotOffered.is_retryable());
    }

    #[test]
    fn a_text_names_the_call_and_what_to_do() {
        let cache = CacheError::new(CacheOperation::TakeUse, CacheErrorKind::Suspended);
        assert_eq!(
            cache.to_string(),
            "take use failed: the cache is suspended; resume it, then try again"
        );
        let wallet = WalletError::new(WalletOperation::Presence, WalletErrorKind::Unavailable);
        assert_eq!(wallet.to_string(), "presence failed: the wallet did not answer; try again");
        let apple = ApplePairingError::new(
            ApplePairingOperation::Start,
            ApplePairingErrorKind::AlreadyRunning,
        );
        assert_eq!(
            apple.to_string(),
            "start failed: a pairing is running already; end it before the next one"
        );
    }

    #[test]
    fn clones_share_the_cause() {
        let error = WalletError::new(WalletOperation::Open, WalletErrorKind::Unavailable);
        assert!(error.source().is_none());
        let error = error.with_source(fmt::Error);
        let clone = error.clone();
        drop(error);
        assert!(clone.source().is_some_and(|source| source.is::<fmt::Error>()));
    }
}

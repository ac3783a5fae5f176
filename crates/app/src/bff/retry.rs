//! A BFF that retries, and the only place for retries and for the total deadline of a call.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use tokio::time::Instant;

use crate::reporting;

/// When a failed request is sent again: after an error that [`BffError::is_retryable`], and after a
/// 409 to a request for a password, with which the backend says that it still works on an earlier
/// try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The number of tries, including the first one. 0 counts as 1.
    pub tries: u32,
    /// The longest wait before the second try. It doubles with each further try. The actual wait is
    /// a random one between zero and the longest ("full jitter").
    pub first_wait: Duration,
    /// The longest wait between two tries where the backend asks for none. A wait that the backend
    /// asks for (`Retry-After`) is kept as it is.
    pub longest_wait: Duration,
    /// The time for all tries and waits of one call together.
    pub total: Duration,
}

impl RetryPolicy {
    /// Allows 3 tries within 10 s. The second try waits up to 200 ms, and no wait exceeds 2 s unless
    /// the backend asks for a longer one.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tries: 3,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(2),
            total: Duration::from_secs(10),
        }
    }

    /// Sets [`tries`](Self::tries).
    #[must_use]
    pub const fn with_tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// Sets [`first_wait`](Self::first_wait).
    #[must_use]
    pub const fn with_first_wait(mut self, first_wait: Duration) -> Self {
        self.first_wait = first_wait;
        self
    }

    /// Sets [`longest_wait`](Self::longest_wait).
    #[must_use]
    pub const fn with_longest_wait(mut self, longest_wait: Duration) -> Self {
        self.longest_wait = longest_wait;
        self
    }

    /// Sets [`total`](Self::total).
    #[must_use]
    pub const fn with_total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// Returns how long to wait after the failed try with this number, counted from 1.
    fn wait_after(&self, failed_try: u32, error: &BffError) -> Duration {
        if let Some(asked_for) = error.wait() {
            return asked_for;
        }
        let doublings = (failed_try - 1).min(16);
        let longest = self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait);
        longest.mul_f64(fastrand::f64())
    }
}

impl Default for RetryPolicy {
    /// Returns [`RetryPolicy::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// A [`Bff`] that retries failed requests within one total deadline.
///
/// Every try of a request for a password carries the same idempotency key, so that a retry is safe.
///
/// If the next wait would outlast the deadline, the call fails at once, with the error that says how
/// long to wait ([`BffError::wait`]). If the deadline passes
/// during a later try, the call fails with the error of the try before, which says more: on a phone
/// without reception, that the backend was not reached rather than that it was slow.
pub struct RetryingBff {
    inner: Arc<dyn Bff>,
    policy: RetryPolicy,
}

impl RetryingBff {
    /// Wraps a BFF.
    #[must_use]
    pub fn new(inner: Arc<dyn Bff>, policy: RetryPolicy) -> Self {
        Self { inner, policy }
    }

    async fn call<T, F>(
        &self,
        operation: BffOperation,
        request: impl Fn() -> F + Send,
    ) -> Result<T, BffError>
    where
        F: Future<Output = Result<T, BffError>> + Send,
    {
        let RetryPolicy { tries, total, .. } = self.policy;
        let started = Instant::now();
        let mut number = 1;
        let mut last_error = None;
        loop {
            let time_left = total.saturating_sub(started.elapsed());
            let error = match reporting::within(time_left, request()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => error,
                Err(_) => {
                    let timed_out = || BffError::new(operation, BffErrorKind::DeadlineExceeded);
                    return Err(last_error.unwrap_or_else(timed_out));
                }
            };
            let wait = self.policy.wait_after(number, &error);
            let is_too_late = started.elapsed().saturating_add(wait) >= total;
            let may_repeat = error.is_retryable() || is_still_worked_on(&error);
            if !may_repeat || number >= tries || is_too_late {
                return Err(error);
            }
            tracing::debug!(%operation, number, ?wait, %error, "retrying");
            tokio::time::sleep(wait).await;
            last_error = Some(error);
            number += 1;
        }
    }
}

/// Returns `true` if the backend still works on an earlier try with the same idempotency key.
///
/// Only a request for a password has such a key. To any other request, a 409 is final.
fn is_still_worked_on(error: &BffError) -> bool {
    error.operation() == BffOperation::PairingPassword
        && matches!(error.kind(), BffErrorKind::Status { status: 409, .. })
}

#[async_trait]
impl Bff for RetryingBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.call(BffOperation::Support, || self.inner.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.call(BffOperation::PairingStatus, || self.inner.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.call(BffOperation::PairingPassword, || self.inner.pairing_password(vin, key.clone()))
            .await
    }
}

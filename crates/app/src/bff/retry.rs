//! A BFF that tries again: the one place for retries and for the total deadline of a question.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use tokio::time::Instant;

/// How a failed request is tried again. Only what [`BffError::is_retryable`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How many tries there are, the first one counted; 0 counts as 1.
    pub tries: u32,
    /// The longest wait before the second try; it doubles with each further try. The actual wait
    /// is drawn between nothing and that ("full jitter").
    pub first_wait: Duration,
    /// The longest wait between two tries, also when the backend asks for a longer one
    /// (`Retry-After`).
    pub longest_wait: Duration,
    /// How long all tries and waits of one question may take together.
    pub total: Duration,
}

impl Default for RetryPolicy {
    /// 3 tries, up to 200 ms before the second one, never more than 2 s, 10 s in all.
    fn default() -> Self {
        Self {
            tries: 3,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(2),
            total: Duration::from_secs(10),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after the failed try with this number, counted from 1.
    fn wait_after(&self, failed_try: u32, error: &BffError) -> Duration {
        if let Some(asked_for) = error.wait() {
            return asked_for.min(self.longest_wait);
        }
        let doublings = (failed_try - 1).min(16);
        let longest = self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait);
        longest.mul_f64(fastrand::f64())
    }
}

/// A [`Bff`] that tries again what may pass, within one total deadline.
///
/// A request for a password carries the same idempotency key on every try, so that it is as safe
/// to repeat as a question.
///
/// A wait that would outlast the deadline is not begun: the error is told at once. When the
/// deadline passes during a later try, the error is that of the try before, which tells more: a
/// phone without reception hears that the backend was not reached, and not that it was slow.
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

    async fn ask<T, F>(
        &self,
        operation: BffOperation,
        call: impl Fn() -> F + Send,
    ) -> Result<T, BffError>
    where
        F: Future<Output = Result<T, BffError>> + Send,
    {
        let RetryPolicy { tries, total, .. } = self.policy;
        let started = Instant::now();
        let mut number = 1;
        let mut last_failure = None;
        loop {
            let time_left = total.saturating_sub(started.elapsed());
            let error = match tokio::time::timeout(time_left, call()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => error,
                Err(_) => {
                    let late = || BffError::new(operation, BffErrorKind::DeadlineExceeded);
                    return Err(last_failure.unwrap_or_else(late));
                }
            };
            let wait = self.policy.wait_after(number, &error);
            let is_too_late = started.elapsed().saturating_add(wait) >= total;
            if !error.is_retryable() || number >= tries || is_too_late {
                return Err(error);
            }
            tracing::debug!(%operation, number, ?wait, %error, "trying again");
            tokio::time::sleep(wait).await;
            last_failure = Some(error);
            number += 1;
        }
    }
}

#[async_trait]
impl Bff for RetryingBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.ask(BffOperation::Support, || self.inner.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.ask(BffOperation::PairingStatus, || self.inner.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.ask(BffOperation::PairingPassword, || self.inner.pairing_password(vin, key.clone()))
            .await
    }
}

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use digital_key_app::{RetryPolicy, RetryingBff};
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, MockBff, PairingPassword,
};
use tokio::time::Instant;

use crate::support::vin;

const POLICY: RetryPolicy = RetryPolicy::new()
    .with_tries(3)
    .with_first_wait(Duration::from_millis(200))
    .with_longest_wait(Duration::from_secs(2))
    .with_total(Duration::from_secs(10));

fn status_error(status: u16, wait: Option<Duration>) -> BffError {
    BffError::new(BffOperation::PairingStatus, BffErrorKind::Status { status, wait })
}

/// Counts the tries of a status request that always fails like this.
async fn tries(error: impl Fn() -> BffError + Send + 'static) -> u32 {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let mut bff = MockBff::new();
    bff.expect_pairing_status().returning(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(error())
    });
    assert!(RetryingBff::new(Arc::new(bff), POLICY).pairing_status(vin()).await.is_err());
    count.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn a_retryable_failure_is_tried_three_times() {
    for status in [408, 429, 502, 503, 504] {
        assert_eq!(tries(move || status_error(status, None)).await, 3, "{status}");
    }
    let unreachable = || {
        BffError::new(BffOperation::PairingStatus, BffErrorKind::Unreachable).with_source("refused")
    };
    assert_eq!(tries(unreachable).await, 3);
    let interrupted = || {
        BffError::new(BffOperation::PairingStatus, BffErrorKind::Interrupted).with_source("reset")
    };
    assert_eq!(tries(interrupted).await, 3);
}

#[tokio::test(start_paused = true)]
async fn any_other_failure_is_tried_once() {
    for status in [400, 403, 404, 409, 500, 501] {
        assert_eq!(tries(move || status_error(status, None)).await, 1, "{status}");
    }
    let operation = BffOperation::PairingStatus;
    assert_eq!(tries(move || BffError::new(operation, BffErrorKind::Unauthorized)).await, 1);
    assert_eq!(tries(move || BffError::new(operation, BffErrorKind::DeadlineExceeded)).await, 1);
    assert_eq!(
        tries(move || BffError::new(operation, BffErrorKind::Malformed).with_source("x")).await,
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_success_ends_the_tries() {
    let mut bff = MockBff::new();
    let mut answers = [
        Err(status_error(503, None)),
        Ok(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true }),
    ]
    .into_iter();
    bff.expect_pairing_status().times(2).returning(move |_| answers.next().unwrap());
    assert!(RetryingBff::new(Arc::new(bff), POLICY).pairing_status(vin()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for_as_long_as_the_deadline_allows() {
    // Of two waits of 4 s, both fit into 10 s; of two of 6 s, one does; one of 10 s does not.
    for (asked_for, waited, sent) in [(1, 2, 3), (4, 8, 3), (6, 6, 2), (10, 0, 1), (3600, 0, 1)] {
        let start = Instant::now();
        let tries = tries(move || status_error(503, Some(Duration::from_secs(asked_for)))).await;
        assert_eq!((start.elapsed().as_secs(), tries), (waited, sent), "{asked_for} s");
    }
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_longest_waits_double_and_each_wait_is_random() {
    let mut waits = Vec::new();
    for _ in 0..100 {
        let start = Instant::now();
        tries(|| status_error(503, None)).await;
        waits.push(start.elapsed());
    }
    let (shortest, longest) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
    // Two waits, of up to 200 and up to 400 ms; the clock counts whole milliseconds.
    assert!(*longest <= Duration::from_millis(602), "{longest:?}");
    // More than twice the first, and far less than the longest.
    assert!(*longest > Duration::from_millis(402), "{longest:?}");
    assert!(*shortest < Duration::from_millis(300), "{shortest:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_fails_at_once_when_the_next_wait_would_outlast_the_deadline() {
    let policy = POLICY.with_total(Duration::from_secs(1));
    let mut bff = MockBff::new();
    let asks_to_wait = || status_error(503, Some(Duration::from_secs(1)));
    bff.expect_pairing_status().times(1).returning(move |_| Err(asks_to_wait()));
    let start = Instant::now();
    let error = RetryingBff::new(Arc::new(bff), policy).pairing_status(vin()).await.unwrap_err();
    assert!(matches!(error.kind(), BffErrorKind::Status { status: 503, .. }), "{error:?}");
    assert_eq!(error.wait(), Some(Duration::from_secs(1)));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// A BFF whose answers take this long and are this error.
struct SlowBff(Duration, fn() -> BffError);

impl SlowBff {
    async fn fail<T>(&self) -> Result<T, BffError> {
        tokio::time::sleep(self.0).await;
        Err(self.1())
    }
}

#[async_trait::async_trait]
impl Bff for SlowBff {
    async fn support(&self, _: Vin) -> Result<SupportAnswer, BffError> {
        self.fail().await
    }

    async fn pairing_status(&self, _: Vin) -> Result<PairingStatus, BffError> {
        self.fail().await
    }

    async fn pairing_password(
        &self,
        _: Vin,
        _: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.fail().await
    }
}

fn unreachable() -> BffError {
    BffError::new(BffOperation::Support, BffErrorKind::Unreachable).with_source("no reception")
}

#[tokio::test(start_paused = true)]
async fn one_total_deadline_holds_for_all_tries() {
    let cases = [(3600, BffErrorKind::DeadlineExceeded), (4, BffErrorKind::Unreachable)];
    for (each_try, kind) in cases {
        let slow = SlowBff(Duration::from_secs(each_try), unreachable);
        let start = Instant::now();
        let error = RetryingBff::new(Arc::new(slow), POLICY).support(vin()).await.unwrap_err();
        // The try that did not end says less than the one before.
        assert_eq!(error.kind(), kind, "{error:?}");
        assert_eq!(start.elapsed().as_secs(), 10);
    }
}

#[test]
fn the_default_is_three_tries_within_ten_seconds() {
    assert_eq!(RetryPolicy::default(), POLICY);
}

/// Asks for a password, with these failures before the answer. Returns the answer, the keys of the
/// tries, and how long it took.
async fn password_after(
    failures: Vec<BffError>,
) -> (Result<Option<PairingPassword>, BffError>, Vec<IdempotencyKey>, Duration) {
    let keys = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&keys);
    let mut failures = failures.into_iter();
    let mut bff = MockBff::new();
    bff.expect_pairing_password().returning(move |_, key| {
        seen.lock().unwrap().push(key);
        failures.next().map_or(Ok(PairingPassword::parse("12345678").ok()), Err)
    });
    let start = Instant::now();
    let bff = RetryingBff::new(Arc::new(bff), POLICY);
    let answer = bff.pairing_password(vin(), IdempotencyKey::from(7)).await;
    let keys = keys.lock().unwrap().clone();
    (answer, keys, start.elapsed())
}

fn password_error(kind: BffErrorKind) -> BffError {
    BffError::new(BffOperation::PairingPassword, kind)
}

#[tokio::test(start_paused = true)]
async fn a_password_that_is_still_worked_on_is_waited_for_with_the_same_key() {
    let busy = password_error(BffErrorKind::Status { status: 503, wait: None });
    let wait = Some(Duration::from_secs(3));
    let worked_on = password_error(BffErrorKind::Status { status: 409, wait });
    let (answer, keys, took) = password_after(vec![busy, worked_on]).await;
    assert!(answer.unwrap().is_some());
    assert_eq!(keys, vec![IdempotencyKey::from(7); 3]);
    assert!(took >= Duration::from_secs(3), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_password_that_is_never_finished_fails_with_the_last_answer() {
    let worked_on = password_error(BffErrorKind::Status { status: 409, wait: None });
    let (answer, keys, _) = password_after(vec![worked_on; 3]).await;
    let status = BffErrorKind::Status { status: 409, wait: None };
    assert_eq!(answer.unwrap_err().kind(), status);
    assert_eq!(keys.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_request_for_a_password_survives_a_broken_connection() {
    let broken = password_error(BffErrorKind::Interrupted);
    let (answer, keys, _) = password_after(vec![broken; 2]).await;
    assert!(answer.unwrap().is_some());
    assert_eq!(keys, vec![IdempotencyKey::from(7); 3]);
}

#[tokio::test(start_paused = true)]
async fn every_try_for_a_password_has_the_same_key() {
    let keys = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&keys);
    let mut bff = MockBff::new();
    bff.expect_pairing_password().returning(move |_, key| {
        seen.lock().unwrap().push(key);
        Err(status_error(503, None))
    });
    let key = IdempotencyKey::from(7);
    let _ = RetryingBff::new(Arc::new(bff), POLICY).pairing_password(vin(), key.clone()).await;
    assert_eq!(*keys.lock().unwrap(), vec![key; 3]);
}

//! When a circuit opens and closes, and which calls it lets through.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_app::{CircuitBreakerPolicy, CircuitBreakingBff, RetryPolicy, decorated_bff};
use digital_key_domain::{Intent, PairingStatus, Support, SupportAnswer, Tap, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, MockBff, PairingPassword,
};
use tokio::sync::Semaphore;
use tokio::time::{Instant, advance};

use crate::support::{World, vin};

const OPERATION: BffOperation = BffOperation::Support;
const OPEN_FOR: Duration = Duration::from_secs(30);

/// A BFF that gives one answer to all support requests, counts them, and holds them without a
/// permit.
struct Backend {
    answer: Mutex<fn() -> Result<SupportAnswer, BffError>>,
    /// How long an answer takes.
    takes: Mutex<Duration>,
    requests: Mutex<u32>,
    permits: Semaphore,
    /// The permit of the first request.
    first_permit: Semaphore,
}

impl Backend {
    fn that(answer: fn() -> Result<SupportAnswer, BffError>) -> Arc<Self> {
        Arc::new(Self {
            answer: Mutex::new(answer),
            takes: Mutex::default(),
            requests: Mutex::default(),
            permits: Semaphore::new(Semaphore::MAX_PERMITS),
            first_permit: Semaphore::new(1),
        })
    }

    fn now(&self, answer: fn() -> Result<SupportAnswer, BffError>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn requests(&self) -> u32 {
        *self.requests.lock().unwrap()
    }
}

#[async_trait]
impl Bff for Backend {
    async fn support(&self, _: Vin) -> Result<SupportAnswer, BffError> {
        let number = {
            let mut requests = self.requests.lock().unwrap();
            *requests += 1;
            *requests
        };
        let permits = if number == 1 { &self.first_permit } else { &self.permits };
        let _permit = permits.acquire().await.unwrap();
        let takes = *self.takes.lock().unwrap();
        tokio::time::sleep(takes).await;
        let answer = *self.answer.lock().unwrap();
        answer()
    }

    async fn pairing_status(&self, _: Vin) -> Result<PairingStatus, BffError> {
        Ok(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true })
    }

    async fn pairing_password(
        &self,
        _: Vin,
        _: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        Ok(None)
    }
}

fn fine() -> Result<SupportAnswer, BffError> {
    Ok(SupportAnswer::Known(Support::NotSupported))
}

fn status<const STATUS: u16>() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::Status { status: STATUS, wait: None }))
}

fn silent() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::DeadlineExceeded))
}

fn broke_off() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::Interrupted).with_source("reset"))
}

fn unreachable() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::Unreachable).with_source("no reception"))
}

fn no_token() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::NoToken).with_source("signed out"))
}

fn malformed() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::Malformed).with_source("it is empty"))
}

fn unauthorized() -> Result<SupportAnswer, BffError> {
    Err(BffError::new(OPERATION, BffErrorKind::Unauthorized))
}

fn breaker(backend: &Arc<Backend>) -> CircuitBreakingBff {
    CircuitBreakingBff::new(backend.clone(), CircuitBreakerPolicy::default())
}

async fn call(bff: &impl Bff, times: u32) {
    for _ in 0..times {
        let _ = bff.support(vin()).await;
    }
}

/// Makes a call, and returns how long to wait if the circuit is open.
async fn held_back(bff: &impl Bff) -> Option<Duration> {
    let error = bff.support(vin()).await.err()?;
    assert_eq!(error.operation(), OPERATION);
    matches!(error.kind(), BffErrorKind::CircuitOpen { .. }).then(|| error.wait().unwrap())
}

#[test]
fn the_default_is_five_failures_and_thirty_seconds() {
    let CircuitBreakerPolicy { failures, open_for, .. } = CircuitBreakerPolicy::default();
    assert_eq!((failures, open_for), (5, OPEN_FOR));
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_open_the_circuit_for_thirty_seconds() {
    for failing in [silent, status::<429>, status::<500>, status::<503>] {
        let backend = Backend::that(failing);
        let bff = breaker(&backend);
        call(&bff, 5).await;
        advance(Duration::from_secs(10)).await;
        assert_eq!(held_back(&bff).await, Some(Duration::from_secs(20)), "{:?}", failing());
        assert_eq!(backend.requests(), 5);
        advance(Duration::from_secs(20)).await;
        assert_eq!(held_back(&bff).await, None, "{:?}", failing());
        assert_eq!(backend.requests(), 6);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_resets_the_count() {
    for answer in [fine, status::<403>, status::<404>, status::<408>, unauthorized] {
        let backend = Backend::that(status::<503>);
        let bff = breaker(&backend);
        call(&bff, 4).await;
        backend.now(answer);
        call(&bff, 100).await;
        backend.now(status::<503>);
        call(&bff, 4).await;
        assert_eq!(held_back(&bff).await, None, "{:?}", answer());
        assert_eq!(backend.requests(), 109);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_bad_network_causes_opens_no_circuit() {
    let captive_portal = [status::<302>, status::<307>, status::<511>, malformed];
    let no_connection = [unreachable, broke_off, no_token];
    for nowhere in captive_portal.into_iter().chain(no_connection) {
        let backend = Backend::that(nowhere);
        let bff = breaker(&backend);
        call(&bff, 100).await;
        backend.now(fine);
        assert!(bff.support(vin()).await.is_ok());
        // It does not reset the count either, since it says nothing about the backend.
        backend.now(status::<503>);
        call(&bff, 4).await;
        backend.now(nowhere);
        call(&bff, 1).await;
        backend.now(status::<503>);
        call(&bff, 1).await;
        assert!(held_back(&bff).await.is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn connections_that_time_out_until_the_deadline_open_no_circuit_either() {
    let backend = Backend::that(unreachable);
    // As long as a connection may take: the deadline passes during the second try.
    *backend.takes.lock().unwrap() = Duration::from_secs(5);
    let policy = CircuitBreakerPolicy::default();
    let bff = decorated_bff(backend.clone(), RetryPolicy::default(), Some(policy));
    for _ in 0..10 {
        let start = Instant::now();
        let error = bff.support(vin()).await.unwrap_err();
        assert_eq!(error.kind(), BffErrorKind::Unreachable, "{error:?}");
        assert_eq!(start.elapsed().as_secs(), 10);
    }
    // The phone has reception again, and the next tap works.
    backend.now(fine);
    assert!(bff.support(vin()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn each_endpoint_has_a_circuit_of_its_own() {
    let bff = breaker(&Backend::that(status::<500>));
    call(&bff, 5).await;
    assert!(held_back(&bff).await.is_some());
    assert!(bff.pairing_status(vin()).await.is_ok());
    assert!(bff.pairing_password(vin(), IdempotencyKey::from(1)).await.is_ok());
}

/// A backend that failed until its circuit opened, 30 seconds ago; further answers are held.
async fn before_the_probe() -> (Arc<Backend>, Arc<CircuitBreakingBff>) {
    let backend = Backend::that(status::<503>);
    let bff = Arc::new(breaker(&backend));
    call(&*bff, 5).await;
    advance(OPEN_FOR).await;
    backend.permits.forget_permits(Semaphore::MAX_PERMITS);
    (backend, bff)
}

#[tokio::test(start_paused = true)]
async fn one_probe_at_a_time_and_its_answer_closes_the_circuit() {
    let (backend, bff) = before_the_probe().await;
    backend.now(fine);
    let (probe, other, permit) = tokio::join!(
        bff.support(vin()),
        async { held_back(&*bff).await },
        // Polled last: both calls have been made by then.
        async { backend.permits.add_permits(1) }
    );
    let () = permit;
    assert!(probe.is_ok());
    assert_eq!(other, Some(Duration::ZERO));
    assert_eq!(backend.requests(), 6);
    // The count starts again at zero.
    backend.now(status::<503>);
    call(&*bff, 4).await;
    assert_eq!(held_back(&*bff).await, None);
    assert!(held_back(&*bff).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_the_circuit_again_and_an_unreachable_backend_does_not() {
    let (backend, bff) = before_the_probe().await;
    backend.permits.add_permits(1);
    backend.now(unreachable);
    call(&*bff, 3).await;
    assert_eq!(backend.requests(), 8, "each of them probed");
    backend.now(status::<503>);
    call(&*bff, 3).await;
    assert_eq!(backend.requests(), 9, "the first one probed");
    assert_eq!(held_back(&*bff).await, Some(OPEN_FOR));
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_lets_through_one_call_that_a_user_asks_for() {
    let backend = Backend::that(status::<503>);
    let bff = breaker(&backend);
    call(&bff, 5).await;
    advance(Duration::from_secs(10)).await;
    bff.allow_next();
    assert_eq!(held_back(&bff).await, None, "it was sent, and failed");
    assert_eq!(backend.requests(), 6);
    // The failure does not prolong the pause, and the next call is held back again.
    assert_eq!(held_back(&bff).await, Some(Duration::from_secs(20)));
    backend.now(fine);
    bff.allow_next();
    assert!(bff.support(vin()).await.is_ok());
    // The answer has closed the circuit.
    call(&bff, 3).await;
    assert_eq!(backend.requests(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_user_need_not_wait_for_a_probe() {
    let (backend, bff) = before_the_probe().await;
    let (probe, asked_for) = tokio::join!(bff.support(vin()), async {
        bff.allow_next();
        backend.permits.add_permits(2);
        bff.support(vin()).await
    });
    assert!(probe.is_err() && asked_for.is_err());
    assert_eq!(backend.requests(), 7);
}

#[tokio::test(start_paused = true)]
async fn after_a_probe_that_is_dropped_or_panics_the_next_call_may_probe() {
    let (backend, bff) = before_the_probe().await;
    tokio::select! {
        biased;
        _ = bff.support(vin()) => panic!("a held call has answered"),
        () = async {} => {}
    }
    backend.permits.add_permits(1);
    backend.now(|| panic!("a planted panic"));
    let probe = bff.clone();
    assert!(tokio::spawn(async move { call(&*probe, 1).await }).await.is_err());
    backend.now(fine);
    assert!(bff.support(vin()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_failure_from_before_the_circuit_opened_does_not_prolong_the_pause() {
    let backend = Backend::that(status::<503>);
    let bff = breaker(&backend);
    backend.first_permit.forget_permits(1);
    let (old, ()) = tokio::join!(bff.support(vin()), async {
        call(&bff, 5).await;
        advance(Duration::from_secs(10)).await;
        backend.first_permit.add_permits(1);
    });
    let old = old.unwrap_err();
    assert!(matches!(old.kind(), BffErrorKind::Status { .. }), "{old:?}");
    assert_eq!(held_back(&bff).await, Some(Duration::from_secs(20)));
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_and_not_tries() {
    let backend = Backend::that(status::<503>);
    let policy = CircuitBreakerPolicy::default();
    let bff = decorated_bff(backend.clone(), RetryPolicy::default(), Some(policy));
    call(&bff, 5).await;
    assert_eq!(backend.requests(), 15);
    let start = Instant::now();
    assert!(held_back(&bff).await.is_some());
    assert_eq!((backend.requests(), start.elapsed()), (15, Duration::ZERO));
}

#[tokio::test]
async fn the_app_has_a_breaker_unless_it_is_switched_off() {
    let off = Some(None);
    let early = Some(Some(CircuitBreakerPolicy::new().with_failures(2)));
    for (setting, requests) in [(None, 5), (off, 8), (early, 2)] {
        let backend = Backend::that(status::<500>);
        let world = World::start_with(backend.clone(), |builder| match setting {
            Some(policy) => builder.circuit_breaker(policy),
            None => builder,
        });
        for _ in 0..8 {
            world.tap(Intent::SelectVehicle(vin())).await;
        }
        assert_eq!(backend.requests(), requests, "{setting:?}");
    }
}

#[tokio::test]
async fn a_drivers_retry_sends_a_request_while_the_circuit_is_open() {
    let requests = Arc::new(Mutex::new(0));
    let counted = requests.clone();
    let mut bff = MockBff::new();
    bff.expect_support()
        .returning(|_| Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false })));
    bff.expect_pairing_password().returning(|_, _| Ok(PairingPassword::parse("12345678").ok()));
    bff.expect_pairing_status().returning(move |_| {
        let mut requests = counted.lock().unwrap();
        *requests += 1;
        if *requests == 1 {
            let kind = BffErrorKind::Status { status: 500, wait: None };
            return Err(BffError::new(BffOperation::PairingStatus, kind));
        }
        Ok(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true })
    });
    let policy = CircuitBreakerPolicy::new().with_failures(1);
    let world = World::start_with(Arc::new(bff), |builder| builder.circuit_breaker(Some(policy)));
    world.open_welcome().await;
    world.tap(Tap::Close).await;
    world.tap(Tap::Entry).await;
    assert_eq!(*requests.lock().unwrap(), 1, "the circuit is open");
    assert_eq!(world.tap(Tap::Continue).await.page.name(), "BackendError");
    assert_eq!(world.tap(Tap::Retry).await.page.name(), "Welcome");
    assert_eq!(*requests.lock().unwrap(), 2);
    assert_eq!(world.tap(Tap::Continue).await.page.name(), "GrabYourTwoKeys");
}

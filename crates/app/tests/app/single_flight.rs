//! At most one request in flight per vehicle and operation, and the answers of the calls that join.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_app::SingleFlightBff;
use digital_key_domain::{PairingStatus, Support, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use digital_key_testkit::values::{password, vin};
use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::timeout;

/// The longest time to wait for an event that must come.
const LIMIT: Duration = Duration::from_secs(10);

/// A BFF that holds its answers until a test releases them.
#[derive(Default)]
struct Held {
    /// The keys of the password requests, in their order.
    keys: Mutex<Vec<IdempotencyKey>>,
    requests: AtomicUsize,
    /// How many requests are neither answered nor dropped.
    in_flight: AtomicUsize,
    released: Released,
    panics: bool,
    fails: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the outer cause")]
struct Outer(#[source] std::io::Error);

struct Released(Semaphore);

impl Default for Released {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Held {
    async fn answer<T>(&self, answer: T) -> Result<T, BffError> {
        struct Ended<'a>(&'a AtomicUsize);
        impl Drop for Ended<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.requests.fetch_add(1, Ordering::SeqCst);
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        let _ended = Ended(&self.in_flight);
        self.released.0.acquire().await.unwrap().forget();
        assert!(!self.panics, "a planted panic");
        if self.fails {
            return Err(BffError::new(BffOperation::Support, BffErrorKind::Unreachable)
                .with_source(Outer(std::io::Error::other("the inner cause"))));
        }
        Ok(answer)
    }

    fn release(&self) {
        self.released.0.add_permits(1);
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    async fn until_in_flight(&self, number: usize) {
        let until = async {
            while self.in_flight() != number {
                yield_now().await;
            }
        };
        timeout(LIMIT, until).await.unwrap();
    }
}

#[async_trait]
impl Bff for Held {
    async fn support(&self, _: Vin) -> Result<SupportAnswer, BffError> {
        self.answer(SupportAnswer::Known(Support::NotSupported)).await
    }

    async fn pairing_status(&self, _: Vin) -> Result<PairingStatus, BffError> {
        self.answer(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true })
            .await
    }

    async fn pairing_password(
        &self,
        _: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        let number = {
            let mut keys = self.keys.lock().unwrap();
            keys.push(key);
            keys.len()
        };
        self.answer(Some(password(number.try_into().unwrap()))).await
    }
}

fn around(held: Held) -> (Arc<Held>, Arc<SingleFlightBff>) {
    let held = Arc::new(held);
    (held.clone(), Arc::new(SingleFlightBff::new(held)))
}

type Answer = Result<SupportAnswer, BffError>;

/// Makes a call and returns once it is running.
async fn ask(bff: &Arc<SingleFlightBff>, number: u16) -> JoinHandle<Answer> {
    let bff = bff.clone();
    let call = tokio::spawn(async move { bff.support(vin(number)).await });
    for _ in 0..10 {
        yield_now().await;
    }
    call
}

#[tokio::test]
async fn calls_for_the_same_vehicle_and_operation_share_one_request() {
    let (held, bff) = around(Held::default());
    let calls = [ask(&bff, 1).await, ask(&bff, 1).await, ask(&bff, 1).await];
    assert_eq!(held.requests(), 1);
    held.release();
    for call in calls {
        assert!(call.await.unwrap().is_ok());
    }
    // The next call makes a request of its own, since no answer is kept.
    let next = ask(&bff, 1).await;
    assert_eq!((held.requests(), held.in_flight()), (2, 1));
    held.release();
    assert!(next.await.unwrap().is_ok());
}

#[tokio::test]
async fn another_vehicle_and_another_operation_are_requests_of_their_own() {
    let (held, bff) = around(Held::default());
    let _one = ask(&bff, 1).await;
    let _two = ask(&bff, 2).await;
    let status = bff.clone();
    let _status = tokio::spawn(async move { status.pairing_status(vin(1)).await });
    held.until_in_flight(3).await;
}

#[tokio::test]
async fn a_dropped_call_does_not_disturb_the_others() {
    for dropped in 0..3 {
        let (held, bff) = around(Held::default());
        let mut calls = vec![ask(&bff, 1).await, ask(&bff, 1).await, ask(&bff, 1).await];
        let dropped: JoinHandle<Answer> = calls.remove(dropped);
        dropped.abort();
        assert!(dropped.await.unwrap_err().is_cancelled());
        held.release();
        for call in calls {
            assert!(call.await.unwrap().is_ok());
        }
        assert_eq!(held.requests(), 1);
    }
}

#[tokio::test]
async fn the_last_call_that_is_dropped_ends_the_request() {
    let (held, bff) = around(Held::default());
    for call in [ask(&bff, 1).await, ask(&bff, 1).await] {
        assert_eq!(held.in_flight(), 1);
        call.abort();
    }
    held.until_in_flight(0).await;
    let next = ask(&bff, 1).await;
    assert_eq!(held.requests(), 2);
    held.release();
    assert!(next.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_password_request_that_joins_gets_the_same_password_and_its_key_is_not_sent() {
    let (held, bff) = around(Held::default());
    let (first, second, ()) = tokio::join!(
        bff.pairing_password(vin(1), IdempotencyKey::from(1)),
        bff.pairing_password(vin(1), IdempotencyKey::from(2)),
        async { held.release() }
    );
    assert_eq!(first.unwrap(), Some(password(1)));
    assert_eq!(second.unwrap(), Some(password(1)));
    assert_eq!(*held.keys.lock().unwrap(), [IdempotencyKey::from(1)]);
    // The unsent key is still good for a request of its own.
    held.release();
    let own = bff.pairing_password(vin(1), IdempotencyKey::from(2)).await;
    assert_eq!(own.unwrap(), Some(password(2)));
}

#[tokio::test]
async fn all_calls_get_the_same_error_with_its_cause() {
    let (held, bff) = around(Held { fails: true, ..Held::default() });
    let calls = [ask(&bff, 1).await, ask(&bff, 1).await];
    held.release();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.operation(), BffOperation::Support);
        assert_eq!(error.kind(), BffErrorKind::Unreachable, "{error:?}");
        let cause = error.source().unwrap();
        assert_eq!(cause.to_string(), "the outer cause");
        assert_eq!(cause.source().unwrap().to_string(), "the inner cause");
    }
}

#[tokio::test]
async fn a_panic_frees_all_calls_and_leaves_the_next_one_free() {
    let (held, bff) = around(Held { panics: true, ..Held::default() });
    let calls = [ask(&bff, 1).await, ask(&bff, 1).await];
    held.release();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), BffErrorKind::Interrupted, "{error:?}");
    }
    let _next = ask(&bff, 1).await;
    assert_eq!(held.requests(), 2);
}

#[test]
fn without_a_runtime_a_call_panics_and_leaves_the_next_one_free() {
    let (held, bff) = around(Held::default());
    // In a thread of its own, so that a deadlock fails and does not hang.
    let (ended, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let call = || bff.support(vin(1)).now_or_never();
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
        held.release();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        ended.send(runtime.block_on(bff.support(vin(1))).is_ok()).unwrap();
    });
    assert_eq!(end.recv_timeout(LIMIT), Ok(true));
}

#[tokio::test]
async fn gen_5_after_a_sign_out_no_call_joins_an_old_request() {
    let (held, bff) = around(Held::default());
    let old = ask(&bff, 1).await;
    bff.forget_requests_in_flight();
    let new = ask(&bff, 1).await;
    assert_eq!(held.requests(), 2);
    held.release();
    assert!(old.await.unwrap().is_ok());
    // The end of the old request does not make room for a second new one.
    let joined = ask(&bff, 1).await;
    assert_eq!(held.requests(), 2);
    held.release();
    assert!(new.await.unwrap().is_ok() && joined.await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_that_come_and_go_on_many_threads_all_end() {
    let (held, bff) = around(Held::default());
    let mut calls = Vec::new();
    for number in 0..2000_usize {
        let bff = bff.clone();
        let call = tokio::spawn(async move { bff.support(vin(1)).await });
        if number % 3 == 0 {
            call.abort();
        } else {
            calls.push(call);
        }
        if number % 5 == 0 {
            held.release();
        }
    }
    held.released.0.add_permits(2000);
    for call in calls {
        assert!(call.await.unwrap().is_ok());
    }
    held.until_in_flight(0).await;
}

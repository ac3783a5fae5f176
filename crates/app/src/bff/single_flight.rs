//! A BFF with at most one request in flight for each vehicle and operation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use tokio::sync::watch;

/// A [`Bff`] with at most one request in flight for each vehicle and operation. A call joins a
/// request that is in flight, and gets the same answer or the same error.
///
/// The request runs as long as a call waits for it. Dropping a call does not disturb the others,
/// and dropping the last one ends the request. If the inner BFF panics, all calls get
/// [`BffErrorKind::Interrupted`].
///
/// A call for a password joins a request with any idempotency key, since of two new passwords it
/// would be unclear which one is newer. The key of the joining call is not sent and remains usable.
///
/// Calls need a tokio runtime.
pub struct SingleFlightBff {
    inner: Arc<dyn Bff>,
    support: InFlight<SupportAnswer>,
    pairing_status: InFlight<PairingStatus>,
    pairing_password: InFlight<Option<PairingPassword>>,
}

impl SingleFlightBff {
    /// Wraps a BFF.
    #[must_use]
    pub fn new(inner: Arc<dyn Bff>) -> Self {
        Self {
            inner,
            support: InFlight::new(BffOperation::Support),
            pairing_status: InFlight::new(BffOperation::PairingStatus),
            pairing_password: InFlight::new(BffOperation::PairingPassword),
        }
    }

    /// Lets no later call join a request that is in flight now. After a sign-out, the answers to
    /// one account must not reach the next one (GEN-5).
    pub fn forget_requests_in_flight(&self) {
        self.support.forget();
        self.pairing_status.forget();
        self.pairing_password.forget();
    }

    /// Lets no later call about this vehicle join a request that is in flight now (GEN-9).
    pub fn forget_requests_of(&self, vin: Vin) {
        self.support.forget_vehicle(vin);
        self.pairing_status.forget_vehicle(vin);
        self.pairing_password.forget_vehicle(vin);
    }
}

#[async_trait]
impl Bff for SingleFlightBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        let bff = Arc::clone(&self.inner);
        self.support.join(vin, async move { bff.support(vin).await }).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        let bff = Arc::clone(&self.inner);
        self.pairing_status.join(vin, async move { bff.pairing_status(vin).await }).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        let bff = Arc::clone(&self.inner);
        self.pairing_password.join(vin, async move { bff.pairing_password(vin, key).await }).await
    }
}

/// The answer or error that all calls of a request get. `None` while the request is in flight.
type Outcome<T> = Option<Result<T, BffError>>;

/// The sender of the outcome, per vehicle. Each waiting call holds a receiver.
type Requests<T> = HashMap<Vin, watch::Sender<Outcome<T>>>;

/// The requests in flight for one operation.
struct InFlight<T> {
    operation: BffOperation,
    requests: Arc<Mutex<Requests<T>>>,
}

impl<T: Clone + Send + Sync + 'static> InFlight<T> {
    fn new(operation: BffOperation) -> Self {
        Self { operation, requests: Arc::default() }
    }

    /// Waits for the request in flight for this vehicle, or for this new one if there is none.
    async fn join(
        &self,
        vin: Vin,
        request: impl Future<Output = Result<T, BffError>> + Send + 'static,
    ) -> Result<T, BffError> {
        let mut outcome = self.subscribe(vin, request);
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(answer)) => answer.clone(),
            Ok(None) | Err(_) => Err(BffError::new(self.operation, BffErrorKind::Interrupted)
                .with_source("the request ended without an answer")),
        }
    }

    /// Returns the outcome of the request in flight for this vehicle, or starts a new one.
    fn subscribe(
        &self,
        vin: Vin,
        request: impl Future<Output = Result<T, BffError>> + Send + 'static,
    ) -> watch::Receiver<Outcome<T>> {
        let mut requests = lock(&self.requests);
        if let Some(sender) = requests.get(&vin) {
            // If we are the only subscriber, the request is ending. Subscribe before counting:
            // others may leave at any time.
            let outcome = sender.subscribe();
            if sender.receiver_count() > 1 {
                return outcome;
            }
        }
        let (sender, outcome) = watch::channel(None);
        requests.insert(vin, sender.clone());
        // Unlocked before the task is spawned: a runtime that is shutting down drops the task at
        // once, and its drop takes the lock.
        drop(requests);
        let running = RunningRequest { requests: Arc::clone(&self.requests), vin, sender };
        // A task of its own, so that the request does not depend on the call that started it.
        tokio::spawn(running.run(request));
        outcome
    }

    fn forget_vehicle(&self, vin: Vin) {
        lock(&self.requests).remove(&vin);
    }

    fn forget(&self) {
        lock(&self.requests).clear();
    }
}

/// Removes a request from the map when it ends, also by a panic.
struct RunningRequest<T> {
    requests: Arc<Mutex<Requests<T>>>,
    vin: Vin,
    sender: watch::Sender<Outcome<T>>,
}

impl<T> RunningRequest<T> {
    async fn run(self, request: impl Future<Output = Result<T, BffError>>) {
        let answer = tokio::select! {
            answer = request => answer,
            // No call waits any more.
            () = self.sender.closed() => return,
        };
        // Removed before it is answered: no call may join a request that has ended.
        self.remove();
        // Sending fails if no call waits any more.
        let _ = self.sender.send(Some(answer));
    }

    /// Removes this request, and not a later one for the same vehicle.
    fn remove(&self) {
        let mut requests = lock(&self.requests);
        if requests.get(&self.vin).is_some_and(|sender| sender.same_channel(&self.sender)) {
            requests.remove(&self.vin);
            // Most of the time no request is in flight.
            requests.shrink_to_fit();
        }
    }
}

impl<T> Drop for RunningRequest<T> {
    /// Removes the request after a panic, too. Waiting calls end when the last sender is dropped.
    fn drop(&mut self) {
        self.remove();
    }
}

fn lock<T>(requests: &Mutex<Requests<T>>) -> MutexGuard<'_, Requests<T>> {
    // No code panics while it holds the lock.
    requests.lock().unwrap_or_else(PoisonError::into_inner)
}

//! A BFF that asks the same question about the same vehicle once at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use tokio::sync::watch;

/// A [`Bff`] with one request in flight per vehicle and question: a call that comes meanwhile joins
/// it, and gets the same answer or the same error.
///
/// The request lives as long as anybody waits for it: a call that is dropped takes nothing from the
/// others, and the last one ends the request. When the BFF inside panics, all of them get
/// [`BffErrorKind::Interrupted`].
///
/// A request for a password that joins another one gets its password, whatever its own idempotency
/// key: two new passwords at once would leave open which one is the newest. Its key is not sent,
/// and is still good for a request of its own.
///
/// Calls need a tokio runtime.
pub struct SingleFlightBff {
    inner: Arc<dyn Bff>,
    support: Flights<SupportAnswer>,
    pairing_status: Flights<PairingStatus>,
    pairing_password: Flights<Option<PairingPassword>>,
}

impl SingleFlightBff {
    /// Wraps a BFF.
    #[must_use]
    pub fn new(inner: Arc<dyn Bff>) -> Self {
        Self {
            inner,
            support: Flights::new(BffOperation::Support),
            pairing_status: Flights::new(BffOperation::PairingStatus),
            pairing_password: Flights::new(BffOperation::PairingPassword),
        }
    }

    /// From now on no call joins a request that is in flight already: what was asked for one
    /// account is not for the next one (GEN-5).
    pub fn forget_requests_in_flight(&self) {
        self.support.forget();
        self.pairing_status.forget();
        self.pairing_password.forget();
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

/// What all calls of a flight get; `None` = it is under way.
type Outcome<T> = Option<Result<T, BffError>>;

/// The requests in flight for one question.
struct Flights<T> {
    operation: BffOperation,
    in_flight: Arc<Mutex<HashMap<Vin, Flight<T>>>>,
}

/// A request in flight. Who waits for it holds a receiver.
struct Flight<T>(watch::Sender<Outcome<T>>);

impl<T: Clone + Send + Sync + 'static> Flights<T> {
    fn new(operation: BffOperation) -> Self {
        Self { operation, in_flight: Arc::default() }
    }

    /// Waits for the request in flight for this vehicle; without one, the call takes off.
    async fn join(
        &self,
        vin: Vin,
        call: impl Future<Output = Result<T, BffError>> + Send + 'static,
    ) -> Result<T, BffError> {
        let operation = self.operation;
        let mut outcome = self.board(vin, call);
        match outcome.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(answer)) => answer.clone(),
            Ok(None) | Err(_) => Err(BffError::new(operation, BffErrorKind::Interrupted)
                .with_source("the request ended without an answer")),
        }
    }

    /// The outcome of the flight of this vehicle, or of a new one.
    fn board(
        &self,
        vin: Vin,
        call: impl Future<Output = Result<T, BffError>> + Send + 'static,
    ) -> watch::Receiver<Outcome<T>> {
        let mut in_flight = lock(&self.in_flight);
        if let Some(Flight(sender)) = in_flight.get(&vin) {
            let outcome = sender.subscribe();
            // A flight that nobody waits for is about to end. Counted with our own place, since
            // the others may leave at any time.
            if sender.receiver_count() > 1 {
                return outcome;
            }
        }
        let (sender, outcome) = watch::channel(None);
        in_flight.insert(vin, Flight(sender.clone()));
        // A runtime that ends drops the task at once, and with it its landing, which locks again.
        drop(in_flight);
        let landing = Landing { in_flight: Arc::clone(&self.in_flight), vin, sender };
        // A task of its own, so that no caller carries the others.
        tokio::spawn(landing.fly(call));
        outcome
    }

    fn forget(&self) {
        lock(&self.in_flight).clear();
    }
}

/// Takes a flight out of the map, however it ends.
struct Landing<T> {
    in_flight: Arc<Mutex<HashMap<Vin, Flight<T>>>>,
    vin: Vin,
    sender: watch::Sender<Outcome<T>>,
}

impl<T> Landing<T> {
    async fn fly(self, call: impl Future<Output = Result<T, BffError>>) {
        let answer = tokio::select! {
            answer = call => answer,
            // Nobody waits any more.
            () = self.sender.closed() => return,
        };
        // First of all: nobody may join a request that has ended.
        self.leave();
        // An error means that nobody waits any more.
        let _ = self.sender.send(Some(answer));
    }

    /// Takes this flight out, and no later one.
    fn leave(&self) {
        let mut in_flight = lock(&self.in_flight);
        if in_flight.get(&self.vin).is_some_and(|flight| flight.0.same_channel(&self.sender)) {
            in_flight.remove(&self.vin);
        }
    }
}

impl<T> Drop for Landing<T> {
    /// After a panic too: who waits is freed when the last sender is gone.
    fn drop(&mut self) {
        self.leave();
    }
}

fn lock<T>(in_flight: &Mutex<HashMap<Vin, Flight<T>>>) -> MutexGuard<'_, HashMap<Vin, Flight<T>>> {
    // Nothing panics while it is held.
    in_flight.lock().unwrap_or_else(PoisonError::into_inner)
}

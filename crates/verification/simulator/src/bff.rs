//! The `Bff` port on the model backend.

use std::time::Duration;

use digital_key_app::RetryPolicy;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword, async_trait,
};

use crate::action::BffFault;
use crate::backend::Backend;
use crate::invariant::Invariant;
use crate::world::Seat;

/// After this time the adapter gives up, as its contract says.
const ADAPTERS_DEADLINE: Duration = Duration::from_secs(8);

/// The connection of one app to the backend.
pub(crate) struct Connection {
    pub(crate) seat: Seat,
}

/// A request that is under way.
struct Flight<'a> {
    seat: &'a Seat,
    vehicle: usize,
    question: usize,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let Self { seat, vehicle, question } = *self;
        seat.device(|device| {
            if device.process == seat.process {
                device.in_flight[vehicle][question] -= 1;
            }
        });
    }
}

/// The place of a kind of request.
pub(crate) fn question(operation: BffOperation) -> usize {
    match operation {
        BffOperation::Support => 0,
        BffOperation::PairingStatus => 1,
        BffOperation::PairingPassword => 2,
    }
}

impl Connection {
    /// A request begins; there is none of its kind under way, and it is within the budget
    /// (invariant 7).
    fn take_off(&self, operation: BffOperation, vehicle: usize) -> (Flight<'_>, Option<BffFault>) {
        let question = question(operation);
        let mut world = self.seat.world();
        let device = &mut world.devices[self.seat.phone];
        device.in_flight[vehicle][question] += 1;
        let in_flight = device.in_flight[vehicle][question];
        device.judge.requested[vehicle][question] += 1;
        let tries = device.judge.requested[vehicle][question];
        let fault = device.bff_faults.pop_front();
        if in_flight > 1 {
            world.violate(
                Invariant::RequestsAreBounded
                    .violated(format!("{in_flight} {operation} requests are under way")),
            );
        }
        if tries > RetryPolicy::default().tries {
            world.violate(
                Invariant::RequestsAreBounded.violated(format!("{tries} tries for {operation}")),
            );
        }
        drop(world);
        (Flight { seat: &self.seat, vehicle, question }, fault)
    }

    async fn ask<T>(
        &self,
        operation: BffOperation,
        vin: Vin,
        answer: impl Fn(&mut Backend, usize) -> T + Send,
    ) -> Result<T, BffError> {
        let result = self.request(operation, vin, answer).await;
        if let Err(error) = &result {
            self.seat.listener.hear(format_args!("{error} {error:?}"));
        }
        result
    }

    async fn request<T>(
        &self,
        operation: BffOperation,
        vin: Vin,
        answer: impl Fn(&mut Backend, usize) -> T + Send,
    ) -> Result<T, BffError> {
        self.seat.alive().await;
        let vehicle = self.seat.vehicle(vin);
        let (_flight, fault) = self.take_off(operation, vehicle);
        let arrives = || answer(&mut self.seat.world().backend, vehicle);
        let cause = || "told to go wrong";
        // On its way there.
        let millis = 10 + 7 * vehicle as u64 + 5 * question(operation) as u64;
        self.takes(millis).await;
        match fault {
            None => {}
            Some(BffFault::Duplicated) => drop(arrives()),
            Some(BffFault::Refused) => {
                return Err(
                    BffError::new(operation, BffErrorKind::Unreachable).with_source(cause())
                );
            }
            Some(BffFault::Interrupted) => {
                drop(arrives());
                return Err(
                    BffError::new(operation, BffErrorKind::Interrupted).with_source(cause())
                );
            }
            Some(BffFault::TimedOut) => {
                drop(arrives());
                self.takes(ADAPTERS_DEADLINE.as_millis() as u64).await;
                return Err(BffError::new(operation, BffErrorKind::DeadlineExceeded));
            }
            Some(BffFault::Hangs) => {
                drop(arrives());
                std::future::pending().await
            }
            Some(BffFault::Slow(millis)) => {
                let answer = arrives();
                self.takes(millis.into()).await;
                return Ok(answer);
            }
            Some(BffFault::Status(status)) => {
                let wait = (status == 429).then_some(Duration::from_secs(3));
                return Err(BffError::new(operation, BffErrorKind::Status { status, wait }));
            }
            Some(BffFault::Unauthorized) => {
                return Err(BffError::new(operation, BffErrorKind::Unauthorized));
            }
            Some(BffFault::NoToken) => {
                return Err(BffError::new(operation, BffErrorKind::NoToken).with_source(cause()));
            }
            Some(BffFault::Malformed) => {
                drop(arrives());
                return Err(BffError::new(operation, BffErrorKind::Malformed)
                    .with_source("another vehicle"));
            }
        }
        let answer = arrives();
        // On its way back.
        self.takes(millis).await;
        Ok(answer)
    }

    async fn takes(&self, millis: u64) {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        self.seat.alive().await;
    }
}

#[async_trait]
impl Bff for Connection {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.ask(BffOperation::Support, vin, |backend, vehicle| backend.support(vehicle)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.ask(BffOperation::PairingStatus, vin, |backend, vehicle| backend.status(vehicle)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.ask(BffOperation::PairingPassword, vin, |backend, vehicle| {
            backend.password(vehicle, &key)
        })
        .await
    }
}

//! The `Bff` port on the simulated backend.

use std::time::Duration;

use digital_key_app::RetryPolicy;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword, async_trait,
};

use crate::action::BffFault;
use crate::backend::Backend;
use crate::environment::AppContext;
use crate::invariant::Invariant;

/// The time after which the adapter gives up, as its contract says.
const ADAPTER_DEADLINE: Duration = Duration::from_secs(8);

/// The connection of one app to the backend.
pub(crate) struct Connection {
    pub(crate) context: AppContext,
}

/// A request that is in flight.
struct RequestInFlight<'a> {
    context: &'a AppContext,
    vehicle: usize,
    question: usize,
}

impl Drop for RequestInFlight<'_> {
    fn drop(&mut self) {
        let Self { context, vehicle, question } = *self;
        context.device(|device| {
            if device.process == context.process {
                device.in_flight[vehicle][question] -= 1;
            }
        });
    }
}

/// Returns the place of a kind of request.
pub(crate) fn question(operation: BffOperation) -> usize {
    match operation {
        BffOperation::Support => 0,
        BffOperation::PairingStatus => 1,
        BffOperation::PairingPassword => 2,
    }
}

impl Connection {
    /// Begins a request. None of its kind may be in flight, and its tries are limited (invariant 7).
    fn begin(
        &self,
        operation: BffOperation,
        vehicle: usize,
    ) -> (RequestInFlight<'_>, Option<BffFault>) {
        let question = question(operation);
        let mut environment = self.context.environment();
        let device = &mut environment.devices[self.context.phone];
        device.in_flight[vehicle][question] += 1;
        let in_flight = device.in_flight[vehicle][question];
        device.judge.requested[vehicle][question] += 1;
        let tries = device.judge.requested[vehicle][question];
        let fault = device.bff_faults.pop_front();
        if in_flight > 1 {
            environment.record_violation(
                Invariant::RequestsAreBounded
                    .violated(format!("{in_flight} {operation} requests are in flight")),
            );
        }
        if tries > RetryPolicy::default().tries {
            environment.record_violation(
                Invariant::RequestsAreBounded.violated(format!("{tries} tries for {operation}")),
            );
        }
        drop(environment);
        (RequestInFlight { context: &self.context, vehicle, question }, fault)
    }

    async fn ask<T>(
        &self,
        operation: BffOperation,
        vin: Vin,
        answer: impl Fn(&mut Backend, usize) -> T + Send,
    ) -> Result<T, BffError> {
        let result = self.request(operation, vin, answer).await;
        if let Err(error) = &result {
            self.context.leak_detector.check(format_args!("{error} {error:?}"));
        }
        result
    }

    async fn request<T>(
        &self,
        operation: BffOperation,
        vin: Vin,
        answer: impl Fn(&mut Backend, usize) -> T + Send,
    ) -> Result<T, BffError> {
        self.context.alive().await;
        let vehicle = self.context.vehicle(vin);
        let (_in_flight, fault) = self.begin(operation, vehicle);
        let arrives = || answer(&mut self.context.environment().backend, vehicle);
        let cause = || "a planned fault";
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
                self.takes(ADAPTER_DEADLINE.as_millis() as u64).await;
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
        self.context.alive().await;
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
        let account = self.context.device(|device| device.account);
        self.ask(BffOperation::PairingPassword, vin, |backend, vehicle| {
            backend.password(vehicle, account, &key)
        })
        .await
    }
}

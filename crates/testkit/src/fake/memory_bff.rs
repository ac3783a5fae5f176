//! A BFF and its backend in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};

use crate::CaseResult;
use crate::bff::{BackendFault, BffHarness, ScriptedVehicle};

/// A [`Bff`] in memory that keeps the whole contract, and whose backend does what a test says. A
/// clone is the same one.
///
/// An unknown vehicle is answered with status 404.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use digital_key_ports::Bff;
/// use digital_key_testkit::bff::{BackendFault, ScriptedVehicle};
/// use digital_key_testkit::fake::MemoryBff;
/// use digital_key_testkit::values::vin;
///
/// let bff = MemoryBff::new();
/// bff.set_vehicle(vin(1), ScriptedVehicle::default());
/// assert!(bff.pairing_status(vin(1)).await?.prepared);
/// bff.set_fault(Some(BackendFault::Status(503)));
/// assert!(bff.pairing_status(vin(1)).await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct MemoryBff(Arc<Mutex<Backend>>);

#[derive(Default)]
struct Backend {
    vehicles: BTreeMap<Vin, ScriptedVehicle>,
    fault: Option<BackendFault>,
    names_another_vin: bool,
    /// The first answer to each key.
    issued: Vec<(Vin, IdempotencyKey, PairingPassword)>,
    calls: Vec<BffOperation>,
}

impl MemoryBff {
    /// How long a call waits for a silent backend: a second.
    pub const DEADLINE: Duration = Duration::from_secs(1);

    /// A BFF whose backend knows no vehicle.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on the backend knows this vehicle and gives these answers about it.
    pub fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle) {
        self.lock().vehicles.insert(vin, vehicle);
    }

    /// From now on every request ends like this; `None` = it is answered again.
    pub fn set_fault(&self, fault: Option<BackendFault>) {
        self.lock().fault = fault;
    }

    /// All calls that were made, in their order; those that failed included.
    #[must_use]
    pub fn calls(&self) -> Vec<BffOperation> {
        self.lock().calls.clone()
    }

    /// Makes a call, unless it is to fail.
    async fn ask<T>(
        &self,
        operation: BffOperation,
        vin: Vin,
        answer: impl FnOnce(&mut Backend, &ScriptedVehicle) -> T,
    ) -> Result<T, BffError> {
        let fault = {
            let mut backend = self.lock();
            backend.calls.push(operation);
            backend.fault
        };
        match fault {
            Some(BackendFault::Silent) => {
                tokio::time::sleep(Self::DEADLINE).await;
                return Err(BffError::new(operation, BffErrorKind::DeadlineExceeded));
            }
            Some(fault) => return Err(error_after(fault, operation)),
            None => {}
        }
        let mut backend = self.lock();
        if backend.names_another_vin {
            return Err(BffError::new(operation, BffErrorKind::Malformed)
                .with_source("it is about another vehicle"));
        }
        match backend.vehicles.get(&vin).cloned() {
            Some(vehicle) => Ok(answer(&mut backend, &vehicle)),
            None => Err(BffError::new(operation, BffErrorKind::Status { status: 404, wait: None })),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Backend> {
        // A panic elsewhere leaves no change half done: nothing here panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a fault of the backend ends a call.
fn error_after(fault: BackendFault, operation: BffOperation) -> BffError {
    match fault {
        BackendFault::Status(401) => BffError::new(operation, BffErrorKind::Unauthorized),
        BackendFault::Status(status) => {
            BffError::new(operation, BffErrorKind::Status { status, wait: None })
        }
        BackendFault::Silent => BffError::new(operation, BffErrorKind::DeadlineExceeded),
        BackendFault::Interrupted => {
            BffError::new(operation, BffErrorKind::Interrupted).with_source("scripted to break off")
        }
        BackendFault::Garbage | BackendFault::CutOff | BackendFault::Empty => {
            BffError::new(operation, BffErrorKind::Malformed)
                .with_source(format!("scripted to be broken: {fault:?}"))
        }
    }
}

impl fmt::Debug for MemoryBff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBff").field("vehicles", &self.lock().vehicles.len()).finish()
    }
}

#[async_trait]
impl Bff for MemoryBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.ask(BffOperation::Support, vin, |_, vehicle| vehicle.support).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.ask(BffOperation::PairingStatus, vin, |_, vehicle| vehicle.status.clone()).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.ask(BffOperation::PairingPassword, vin, |backend, vehicle| {
            let known = backend.issued.iter().find(|(of, by, _)| *of == vin && *by == key);
            if let Some((_, _, password)) = known {
                return Some(password.clone());
            }
            let password = vehicle.password.clone()?;
            backend.issued.push((vin, key, password.clone()));
            Some(password)
        })
        .await
    }
}

impl BffHarness for MemoryBff {
    type Bff = Self;

    fn bff(&self) -> &Self {
        self
    }

    fn debug_text(&self) -> String {
        format!("{self:?} {self:#?}")
    }

    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    fn deadline(&self) -> Duration {
        Self::DEADLINE
    }

    async fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle) {
        self.set_vehicle(vin, vehicle);
    }

    async fn set_fault(&self, fault: Option<BackendFault>) {
        self.set_fault(fault);
    }

    async fn answer_about_another_vin(&self) -> CaseResult {
        self.lock().names_another_vin = true;
        Ok(())
    }
}

//! A BFF in memory, with its backend.

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

/// A [`Bff`] in memory with a scripted backend, which keeps the port's contract. Clones share their
/// state.
///
/// The status for an unknown vehicle is 404.
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
    /// The first password for each vehicle and key.
    issued: Vec<(Vin, IdempotencyKey, PairingPassword)>,
    calls: Vec<BffOperation>,
}

impl MemoryBff {
    /// The deadline of a call: one second.
    pub const DEADLINE: Duration = Duration::from_secs(1);

    /// Makes a BFF whose backend knows no vehicle.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a vehicle to the backend, or replaces it, with its answers.
    pub fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle) {
        self.lock().vehicles.insert(vin, vehicle);
    }

    /// Sets the fault of every request; `None` = requests are answered again.
    pub fn set_fault(&self, fault: Option<BackendFault>) {
        self.lock().fault = fault;
    }

    /// Returns all calls in their order, failed ones included.
    #[must_use]
    pub fn calls(&self) -> Vec<BffOperation> {
        self.lock().calls.clone()
    }

    /// Makes a call, which fails as the script says.
    async fn call<T>(
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
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the error of a call under this fault of the backend.
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
        self.call(BffOperation::Support, vin, |_, vehicle| vehicle.support).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.call(BffOperation::PairingStatus, vin, |_, vehicle| vehicle.status.clone()).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.call(BffOperation::PairingPassword, vin, |backend, vehicle| {
            let issued = backend.issued.iter().find(|(of, by, _)| *of == vin && *by == key);
            if let Some((_, _, password)) = issued {
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

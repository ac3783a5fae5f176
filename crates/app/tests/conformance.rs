//! The conformance suite of the `Bff` port, on what the app puts around every BFF.

use std::sync::Arc;
use std::time::Duration;

use digital_key_app::{RetryPolicy, RetryingBff};
use digital_key_domain::Vin;
use digital_key_testkit::CaseResult;
use digital_key_testkit::bff::{BackendFault, BffHarness, ScriptedVehicle};
use digital_key_testkit::fake::MemoryBff;

digital_key_testkit::bff_conformance!(RetryingHarness::new);

/// Shorter than that of the BFF inside, so that it is this one that ends a call.
const DEADLINE: Duration = Duration::from_millis(500);

struct RetryingHarness {
    inner: MemoryBff,
    bff: RetryingBff,
}

impl RetryingHarness {
    async fn new() -> Self {
        let inner = MemoryBff::new();
        let policy = RetryPolicy {
            tries: 3,
            first_wait: Duration::from_millis(1),
            longest_wait: Duration::from_millis(5),
            total: DEADLINE,
        };
        Self { bff: RetryingBff::new(Arc::new(inner.clone()), policy), inner }
    }
}

impl BffHarness for RetryingHarness {
    type Bff = RetryingBff;

    fn bff(&self) -> &RetryingBff {
        &self.bff
    }

    /// It has no `Debug`.
    fn debug_text(&self) -> String {
        String::new()
    }

    fn secrets(&self) -> Vec<String> {
        self.inner.secrets()
    }

    fn deadline(&self) -> Duration {
        DEADLINE
    }

    async fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle) {
        self.inner.set_vehicle(vin, vehicle);
    }

    async fn set_fault(&self, fault: Option<BackendFault>) {
        self.inner.set_fault(fault);
    }

    async fn answer_about_another_vin(&self) -> CaseResult {
        self.inner.answer_about_another_vin().await
    }
}

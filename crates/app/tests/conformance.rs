//! The conformance suite of the `Bff` port, on what the app puts around every BFF: each decorator by
//! itself, and all together.

use std::sync::Arc;
use std::time::Duration;

use digital_key_app::{
    CircuitBreakerPolicy, CircuitBreakingBff, PortFailureObserver, Reporting, RetryPolicy,
    RetryingBff, SingleFlightBff, decorated_bff,
};
use digital_key_domain::Vin;
use digital_key_ports::Bff;
use digital_key_testkit::CaseResult;
use digital_key_testkit::bff::{BackendFault, BffHarness, ScriptedVehicle};
use digital_key_testkit::fake::MemoryBff;

mod retries {
    use super::*;
    digital_key_testkit::bff_conformance!(async || {
        Decorated::new(RETRY.total, |bff| RetryingBff::new(bff, RETRY))
    });
}

mod circuit_breaker {
    use super::*;
    digital_key_testkit::bff_conformance!(async || {
        Decorated::new(MemoryBff::DEADLINE, |bff| CircuitBreakingBff::new(bff, BREAKER))
    });
}

mod single_flight {
    use super::*;
    digital_key_testkit::bff_conformance!(async || {
        Decorated::new(MemoryBff::DEADLINE, SingleFlightBff::new)
    });
}

mod reporting {
    use super::*;
    digital_key_testkit::bff_conformance!(async || {
        let observer: PortFailureObserver = Arc::new(|_| {});
        Decorated::new(MemoryBff::DEADLINE, |bff| Reporting::new(bff, &observer))
    });
}

mod all_together {
    use super::*;
    digital_key_testkit::bff_conformance!(async || {
        Decorated::new(RETRY.total, |bff| decorated_bff(bff, RETRY, Some(BREAKER)))
    });
}

const RETRY: RetryPolicy = RetryPolicy::new()
    .with_tries(3)
    .with_first_wait(Duration::from_millis(1))
    .with_longest_wait(Duration::from_millis(5))
    // Shorter than the deadline of the BFF inside, so that it is this one that ends a call.
    .with_total(Duration::from_millis(500));
/// The default: no case fails so often in a row that a circuit opens.
const BREAKER: CircuitBreakerPolicy =
    CircuitBreakerPolicy::new().with_failures(5).with_open_for(Duration::from_secs(30));

struct Decorated<B> {
    inner: MemoryBff,
    bff: B,
    deadline: Duration,
}

impl<B> Decorated<B> {
    fn new(deadline: Duration, decorate: impl FnOnce(Arc<dyn Bff>) -> B) -> Self {
        let inner = MemoryBff::new();
        Self { bff: decorate(Arc::new(inner.clone())), inner, deadline }
    }
}

impl<B: Bff> BffHarness for Decorated<B> {
    type Bff = B;

    fn bff(&self) -> &B {
        &self.bff
    }

    /// No decorator has a `Debug`.
    fn debug_text(&self) -> String {
        String::new()
    }

    fn secrets(&self) -> Vec<String> {
        self.inner.secrets()
    }

    fn deadline(&self) -> Duration {
        self.deadline
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

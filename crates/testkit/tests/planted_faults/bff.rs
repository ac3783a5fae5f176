//! A BFF with planted faults.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, Support, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use digital_key_testkit::CaseResult;
use digital_key_testkit::bff::{BackendFault, BffHarness, ScriptedVehicle};
use digital_key_testkit::fake::MemoryBff;

use crate::found;
use Fault::*;

found! { bff:
    every_call_ends_within_its_deadline finds planted(NeverEnds);
    an_answer_belongs_to_the_vin_that_was_asked_for finds planted(RemembersOneStatus);
    an_answer_about_another_vin_is_malformed finds planted(DefaultsForBrokenAnswers);
    a_complete_answer_arrives_as_it_was_given finds planted(ForgetsTracking);
    what_is_not_a_complete_answer_is_an_error finds planted(DefaultsForBrokenAnswers);
    a_status_other_than_success_is_an_error finds planted(NotFoundIsAbsent);
    an_error_names_the_operation finds planted(OneOperationForAll);
    an_error_says_whether_trying_again_can_help finds planted(AlwaysTryAgain);
    no_error_holds_a_password_a_token_or_a_whole_vin finds planted(ErrorHoldsTheUrl);
    no_debug_holds_a_password_a_token_or_a_whole_vin finds planted(DebugHoldsTheToken);
    a_dropped_call_leaves_the_adapter_usable finds planted(StaysBusyWhenDropped);
    two_calls_with_the_same_key_are_one_request finds planted(NewKeyForEachCall);
}

mod further {
    use super::*;

    found! { bff:
        no_error_holds_a_password_a_token_or_a_whole_vin finds planted(ErrorHoldsTheToken);
        an_answer_about_another_vin_is_malformed finds planted(AlwaysTryAgain);
    }
}

/// The BFF below passes without a fault, so that the cases above find the fault alone.
mod without_a_fault {
    use super::{Fault, planted};

    digital_key_testkit::bff_conformance!(async || planted(Fault::Sound));
}

const TOKEN: &str = "sesame-4711";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Sound,
    NeverEnds,
    RemembersOneStatus,
    ForgetsTracking,
    DefaultsForBrokenAnswers,
    NotFoundIsAbsent,
    OneOperationForAll,
    AlwaysTryAgain,
    ErrorHoldsTheUrl,
    ErrorHoldsTheToken,
    DebugHoldsTheToken,
    StaysBusyWhenDropped,
    NewKeyForEachCall,
}

/// A BFF with one fault, and sound otherwise.
struct FaultyBff {
    fault: Fault,
    inner: MemoryBff,
    remembered: Mutex<Option<PairingStatus>>,
    is_busy: AtomicBool,
    calls: AtomicU32,
}

fn planted(fault: Fault) -> FaultyBff {
    FaultyBff {
        fault,
        inner: MemoryBff::new(),
        remembered: Mutex::default(),
        is_busy: AtomicBool::new(false),
        calls: AtomicU32::new(0),
    }
}

impl FaultyBff {
    /// Returns the answer, changed as the fault says.
    async fn apply_fault<T>(
        &self,
        vin: Vin,
        answer: Result<T, BffError>,
        default: T,
    ) -> Result<T, BffError> {
        let error = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let operation = error.operation();
        let malformed = error.kind() == BffErrorKind::Malformed;
        let not_found = matches!(error.kind(), BffErrorKind::Status { status: 404, .. });
        if self.fault == NeverEnds && error.kind() == BffErrorKind::DeadlineExceeded {
            return std::future::pending().await;
        }
        if self.fault == DefaultsForBrokenAnswers && malformed
            || self.fault == NotFoundIsAbsent && not_found
        {
            return Ok(default);
        }
        if self.fault == OneOperationForAll {
            return Err(BffError::new(BffOperation::Support, BffErrorKind::DeadlineExceeded));
        }
        if !matches!(self.fault, AlwaysTryAgain | ErrorHoldsTheUrl | ErrorHoldsTheToken) {
            return Err(error);
        }
        let token = if self.fault == ErrorHoldsTheToken { TOKEN } else { "…" };
        let url = if self.fault == ErrorHoldsTheUrl { vin.as_str() } else { "…" };
        let cause = format!("GET /vehicles/{url} with {token}");
        Err(BffError::new(operation, BffErrorKind::Unreachable).with_source(cause))
    }
}

#[async_trait]
impl Bff for FaultyBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        if self.fault == StaysBusyWhenDropped {
            while self.is_busy.swap(true, Ordering::SeqCst) {
                tokio::time::sleep(MemoryBff::DEADLINE).await;
            }
            let answer = self.inner.support(vin).await;
            self.is_busy.store(false, Ordering::SeqCst);
            return answer;
        }
        let not_supported = SupportAnswer::Known(Support::NotSupported);
        self.apply_fault(vin, self.inner.support(vin).await, not_supported).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        let default = PairingStatus { owner_key: None, primary_subscriber: false, prepared: false };
        let mut answer = self.inner.pairing_status(vin).await;
        if let (ForgetsTracking, Ok(status)) = (self.fault, &mut answer)
            && let Some(key) = &mut status.owner_key
        {
            key.tracked = false;
        }
        if let (RemembersOneStatus, Ok(status)) = (self.fault, &mut answer) {
            let mut remembered = self.remembered.lock().unwrap();
            status.clone_from(remembered.get_or_insert(status.clone()));
        }
        self.apply_fault(vin, answer, default).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        mut key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        if self.fault == NewKeyForEachCall {
            key = u128::from(self.calls.fetch_add(1, Ordering::SeqCst)).into();
        }
        self.apply_fault(vin, self.inner.pairing_password(vin, key).await, None).await
    }
}

impl BffHarness for FaultyBff {
    type Bff = Self;

    fn bff(&self) -> &Self {
        self
    }

    fn debug_text(&self) -> String {
        let token = if self.fault == DebugHoldsTheToken { TOKEN } else { "…" };
        format!("{:?} with {token}", self.inner)
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned()]
    }

    fn deadline(&self) -> Duration {
        MemoryBff::DEADLINE
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

//! Missing and incomplete answers, errors, and dropped calls.

use std::time::Duration;

use digital_key_ports::{BffError, BffOperation};
use tokio::time::timeout;

use super::{
    BackendFault, BffHarness, call_all, complete_vehicle, must_all_fail, must_all_work,
    must_keep_secrets, must_show_no_secret,
};
use crate::values::vin;
use crate::violation::{dropped_after, must_end, must_equal};
use crate::{CaseResult, Violation};

/// A call to a silent backend ends within the adapter's deadline, with an error.
pub async fn every_call_ends_within_its_deadline<H: BffHarness>(harness: &H) -> CaseResult {
    /// How much later than its deadline a call may end on a busy machine.
    const GRACE: Duration = Duration::from_secs(5);
    harness.set_vehicle(vin(1), complete_vehicle()).await;
    harness.set_fault(Some(BackendFault::Silent)).await;
    let deadline = harness.deadline();
    let answers = timeout(deadline + GRACE, call_all(harness.bff(), vin(1))).await;
    let Ok(answers) = answers else {
        return Err(Violation::new(format!(
            "a call did not end within its deadline of {deadline:?}"
        )));
    };
    must_all_fail(answers).map(|_| ())
}

/// An answer that is garbage, cut off or empty is an error, never a default value.
pub async fn what_is_not_a_complete_answer_is_an_error<H: BffHarness>(harness: &H) -> CaseResult {
    errors_after(harness, BackendFault::NO_COMPLETE_ANSWER).await.map(drop)
}

/// Every status other than success is an error; a 404 never means "not supported" (REQ-5).
pub async fn a_status_other_than_success_is_an_error<H: BffHarness>(harness: &H) -> CaseResult {
    errors_after(harness, BackendFault::STATUSES).await.map(drop)
}

/// An error names the call that failed.
pub async fn an_error_names_the_operation<H: BffHarness>(harness: &H) -> CaseResult {
    for (_, operation, error) in errors_after(harness, BackendFault::all()).await? {
        must_equal(&format!("the operation of {error:?}"), error.operation(), operation)?;
    }
    Ok(())
}

/// An error is retryable only if the connection broke or the backend says that the failure is
/// temporary.
pub async fn an_error_says_whether_trying_again_can_help<H: BffHarness>(harness: &H) -> CaseResult {
    for (fault, _, error) in errors_after(harness, BackendFault::all()).await? {
        let what = format!("that {error:?} after {fault:?} is retryable");
        must_equal(&what, error.is_retryable(), fault.is_temporary())?;
    }
    Ok(())
}

/// Neither an error nor its causes hold a password, a token or a whole VIN (GEN-6).
pub async fn no_error_holds_a_password_a_token_or_a_whole_vin<H: BffHarness>(
    harness: &H,
) -> CaseResult {
    for (_, _, error) in errors_after(harness, BackendFault::all()).await? {
        must_keep_secrets(harness, &error)?;
    }
    Ok(())
}

/// The adapter's `Debug` shows no password, no token and no whole VIN (GEN-6).
pub async fn no_debug_holds_a_password_a_token_or_a_whole_vin<H: BffHarness>(
    harness: &H,
) -> CaseResult {
    harness.set_vehicle(vin(1), complete_vehicle()).await;
    let _ = must_all_work(call_all(harness.bff(), vin(1)).await)?;
    must_show_no_secret(harness, "Debug of the adapter", &harness.debug_text())
}

/// After dropped calls the adapter answers the next ones, however far the dropped calls got.
pub async fn a_dropped_call_leaves_the_adapter_usable<H: BffHarness>(harness: &H) -> CaseResult {
    harness.set_vehicle(vin(1), complete_vehicle()).await;
    for fault in [None, Some(BackendFault::Silent)] {
        harness.set_fault(fault).await;
        for polls in 0..4 {
            let _ = dropped_after(polls, call_all(harness.bff(), vin(1))).await;
        }
        // This drops the calls at an arbitrary point of their work.
        let _ = timeout(harness.deadline() / 8, call_all(harness.bff(), vin(1))).await;
        harness.set_fault(None).await;
        let answers = must_end("a call", call_all(harness.bff(), vin(1))).await?;
        must_equal("the answers after dropped calls", must_all_work(answers)?, complete_vehicle())?;
    }
    Ok(())
}

/// Returns the errors of all three calls under each of these faults.
async fn errors_after<H: BffHarness>(
    harness: &H,
    faults: impl IntoIterator<Item = BackendFault>,
) -> Result<Vec<(BackendFault, BffOperation, BffError)>, Violation> {
    let mut found = Vec::new();
    harness.set_vehicle(vin(1), complete_vehicle()).await;
    for fault in faults {
        harness.set_fault(Some(fault)).await;
        let answers = must_end("a call", call_all(harness.bff(), vin(1))).await?;
        let errors = must_all_fail(answers)
            .map_err(|violation| Violation::new(format!("after {fault:?}: {violation}")))?;
        found.extend(errors.map(|(operation, error)| (fault, operation, error)));
    }
    Ok(found)
}

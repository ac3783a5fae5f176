//! Missing and incomplete answers, errors, and dropped calls.

use std::time::Duration;

use digital_key_ports::{BffError, BffOperation};
use tokio::time::timeout;

use super::{
    BackendFault, BffHarness, all_work, ask_all, errors, full, must_keep_secrets, must_show_nothing,
};
use crate::values::vin;
use crate::violation::{dropped_after, must_end, must_equal};
use crate::{CaseResult, Violation};

/// A call that gets no answer from the backend ends by itself, with an error.
pub async fn every_call_ends_within_its_deadline<H: BffHarness>(harness: &H) -> CaseResult {
    /// How much later than its deadline a call may end on a busy machine.
    const GRACE: Duration = Duration::from_secs(5);
    harness.set_vehicle(vin(1), full()).await;
    harness.set_fault(Some(BackendFault::Silent)).await;
    let deadline = harness.deadline();
    let answers = timeout(deadline + GRACE, ask_all(harness.bff(), vin(1))).await;
    let Ok(answers) = answers else {
        return Err(Violation::new(format!("a call did not end, its deadline is {deadline:?}")));
    };
    errors(answers).map(|_| ())
}

/// Garbage, an answer that is cut off and an empty one are errors, never a default.
pub async fn what_is_not_a_complete_answer_is_an_error<H: BffHarness>(harness: &H) -> CaseResult {
    errors_after(harness, BackendFault::NO_COMPLETE_ANSWER).await.map(drop)
}

/// Every status other than success is an error; a 404 is never taken for "absent" (REQ-5).
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

/// An error is retryable only if the backend itself says that the failure passes.
pub async fn an_error_says_whether_trying_again_can_help<H: BffHarness>(harness: &H) -> CaseResult {
    for (fault, _, error) in errors_after(harness, BackendFault::all()).await? {
        let what = format!("that {error:?} after {fault:?} is retryable");
        must_equal(&what, error.is_retryable(), fault.passes())?;
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
    harness.set_vehicle(vin(1), full()).await;
    let _ = all_work(ask_all(harness.bff(), vin(1)).await)?;
    must_show_nothing(harness, "Debug of the adapter", &harness.debug_text())
}

/// Calls that are dropped, some at once and some when they have got nowhere for a while, do not
/// keep the next ones from their answers.
pub async fn a_dropped_call_leaves_the_adapter_usable<H: BffHarness>(harness: &H) -> CaseResult {
    harness.set_vehicle(vin(1), full()).await;
    for fault in [None, Some(BackendFault::Silent)] {
        harness.set_fault(fault).await;
        for polls in 0..4 {
            let _ = dropped_after(polls, ask_all(harness.bff(), vin(1))).await;
        }
        // Wherever in its work this meets the call, the call is dropped there.
        let _ = timeout(harness.deadline() / 8, ask_all(harness.bff(), vin(1))).await;
        harness.set_fault(None).await;
        let answers = must_end("a call", ask_all(harness.bff(), vin(1))).await?;
        must_equal("what was answered after dropped calls", all_work(answers)?, full())?;
    }
    Ok(())
}

/// The errors of all three calls, while the backend has one of these faults after the other.
async fn errors_after<H: BffHarness>(
    harness: &H,
    faults: impl IntoIterator<Item = BackendFault>,
) -> Result<Vec<(BackendFault, BffOperation, BffError)>, Violation> {
    let mut found = Vec::new();
    harness.set_vehicle(vin(1), full()).await;
    for fault in faults {
        harness.set_fault(Some(fault)).await;
        let answers = must_end("a call", ask_all(harness.bff(), vin(1))).await?;
        let errors = errors(answers)
            .map_err(|violation| Violation::new(format!("after {fault:?}: {violation}")))?;
        found.extend(errors.map(|(operation, error)| (fault, operation, error)));
    }
    Ok(found)
}

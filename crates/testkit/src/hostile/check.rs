//! The check that an adapter handles a bad answer.

use std::time::Duration;

use digital_key_domain::{PairingStatus, ReportedKey, Support, SupportAnswer};
use digital_key_ports::{Bff, BffError, BffErrorKind, BffOperation};
use tokio::time::timeout;

use super::{BadAnswer, HostileServer, Outcome};
use crate::values::{key, password, vin};
use crate::violation::{error_text, must, must_equal, must_keep_secret};
use crate::{CaseResult, Violation};

/// How much later than its deadline a call may end on a busy machine.
const GRACE: Duration = Duration::from_secs(5);

/// Makes all three calls of an adapter that uses this server, one after the other.
///
/// It checks that each call ends within the adapter's deadline with an outcome that
/// [`BadAnswer::allows`], that its error names the operation and shows none of these secrets, no
/// password and no whole VIN (GEN-6), and that the adapter follows no redirect.
///
/// # Errors
/// The violation of the first call that fails a check.
pub async fn check(
    server: &HostileServer,
    bff: &dyn Bff,
    deadline: Duration,
    secrets: &[&str],
) -> CaseResult {
    for operation in BadAnswer::OPERATIONS {
        let call = call(bff, operation, server.answer());
        let what = format!("{:?} as the answer to {operation}", server.answer());
        let Ok(result) = timeout(deadline + GRACE, call).await else {
            return Err(Violation::new(format!(
                "{what} kept the call waiting longer than {deadline:?}"
            )));
        };
        must!(
            server.requests_elsewhere() == 0,
            "{what} was a redirect that the adapter followed to another host"
        );
        let outcome = match result? {
            None => Outcome::Answer,
            Some(error) => {
                must_equal(&format!("the operation of {error:?}"), error.operation(), operation)?;
                let secret = password(1);
                let secrets: Vec<_> = secrets.iter().copied().chain([secret.expose()]).collect();
                must_keep_secret("an error", &error_text(&error), &secrets, &[vin(1), vin(2)])?;
                outcome_of(&error)?
            }
        };
        must!(server.answer().allows(outcome), "{what} ended in {outcome:?}");
    }
    Ok(())
}

/// Makes a call and returns its error; `None` = it returned the correct answer.
async fn call(
    bff: &dyn Bff,
    operation: BffOperation,
    answer: BadAnswer,
) -> Result<Option<BffError>, Violation> {
    let what = "the answer";
    let (vin, idempotency_key) = (vin(1), 1.into());
    match operation {
        BffOperation::Support => match bff.support(vin).await {
            Ok(support) => must_equal(what, support, correct_support(answer))?,
            Err(error) => return Ok(Some(error)),
        },
        BffOperation::PairingStatus => match bff.pairing_status(vin).await {
            Ok(status) => must_equal(what, status, correct_status())?,
            Err(error) => return Ok(Some(error)),
        },
        BffOperation::PairingPassword => match bff.pairing_password(vin, idempotency_key).await {
            Ok(answered) => must_equal(what, answered, Some(password(1)))?,
            Err(error) => return Ok(Some(error)),
        },
    }
    Ok(None)
}

fn correct_support(answer: BadAnswer) -> SupportAnswer {
    if answer == BadAnswer::UnknownEnumValue {
        SupportAnswer::Unknown
    } else {
        SupportAnswer::Known(Support::Supported { upgrade_required: true })
    }
}

fn correct_status() -> PairingStatus {
    let owner_key = Some(ReportedKey { id: key(1), tracked: true });
    PairingStatus { owner_key, primary_subscriber: false, prepared: true }
}

fn outcome_of(error: &BffError) -> Result<Outcome, Violation> {
    Ok(match error.kind() {
        BffErrorKind::Unreachable => Outcome::Unreachable,
        BffErrorKind::Interrupted => Outcome::Interrupted,
        BffErrorKind::DeadlineExceeded => Outcome::DeadlineExceeded,
        BffErrorKind::Status { status, .. } => Outcome::Status(status),
        BffErrorKind::Unauthorized => Outcome::Unauthorized,
        BffErrorKind::Malformed => Outcome::Malformed,
        // The last pattern covers kinds that a later version of the port adds.
        BffErrorKind::NoToken | BffErrorKind::CircuitOpen { .. } | _ => {
            return Err(Violation::new(format!("the adapter sent no request: {error:?}")));
        }
    })
}

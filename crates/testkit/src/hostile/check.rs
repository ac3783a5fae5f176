//! The check that an adapter bears a bad answer.

use std::time::Duration;

use digital_key_domain::{PairingStatus, ReportedKey, Support, SupportAnswer};
use digital_key_ports::{Bff, BffError, BffErrorKind, BffOperation};
use tokio::time::timeout;

use super::{BadAnswer, Ending, HostileServer};
use crate::values::{key, password, vin};
use crate::violation::{all_of, must, must_equal, must_keep_secret};
use crate::{CaseResult, Violation};

/// How much later than its deadline a call may end on a busy machine.
const GRACE: Duration = Duration::from_secs(5);

/// Asks an adapter that talks to this server all three questions, one after the other, and checks
/// of each that it ends within the adapter's deadline and as [`BadAnswer::may_end_in`] says, that
/// its error names the operation and shows none of these secrets, no password and no whole VIN
/// (GEN-6), and that no redirect was followed.
///
/// # Errors
/// What the adapter did that it must not.
pub async fn check(
    server: &HostileServer,
    bff: &dyn Bff,
    deadline: Duration,
    secrets: &[&str],
) -> CaseResult {
    for operation in BadAnswer::OPERATIONS {
        let call = call(bff, operation, server.answer());
        let what = format!("{:?} as the answer to {operation}", server.answer());
        let Ok(ended) = timeout(deadline + GRACE, call).await else {
            return Err(Violation::new(format!("{what} was waited for longer than {deadline:?}")));
        };
        must!(server.requests_elsewhere() == 0, "{what} was followed to another host");
        let ending = match ended? {
            None => Ending::Answer,
            Some(error) => {
                must_equal(&format!("the operation of {error:?}"), error.operation(), operation)?;
                let secret = password(1);
                let secrets: Vec<_> = secrets.iter().copied().chain([secret.expose()]).collect();
                must_keep_secret("an error", &all_of(&error), &secrets, &[vin(1), vin(2)])?;
                ending(&error)?
            }
        };
        must!(server.answer().may_end_in(ending), "{what} ended in {ending:?}");
    }
    Ok(())
}

/// Makes a call; `None` = the answer was the right one.
async fn call(
    bff: &dyn Bff,
    operation: BffOperation,
    answer: BadAnswer,
) -> Result<Option<BffError>, Violation> {
    let what = "what was answered";
    let (vin, idempotency_key) = (vin(1), 1.into());
    match operation {
        BffOperation::Support => match bff.support(vin).await {
            Ok(support) => must_equal(what, support, right_support(answer))?,
            Err(error) => return Ok(Some(error)),
        },
        BffOperation::PairingStatus => match bff.pairing_status(vin).await {
            Ok(status) => must_equal(what, status, right_status())?,
            Err(error) => return Ok(Some(error)),
        },
        BffOperation::PairingPassword => match bff.pairing_password(vin, idempotency_key).await {
            Ok(answered) => must_equal(what, answered, Some(password(1)))?,
            Err(error) => return Ok(Some(error)),
        },
    }
    Ok(None)
}

fn right_support(answer: BadAnswer) -> SupportAnswer {
    if answer == BadAnswer::UnknownEnumValue {
        SupportAnswer::Unknown
    } else {
        SupportAnswer::Known(Support::Supported { upgrade_required: true })
    }
}

fn right_status() -> PairingStatus {
    let owner_key = Some(ReportedKey { id: key(1), tracked: true });
    PairingStatus { owner_key, primary_subscriber: false, prepared: true }
}

fn ending(error: &BffError) -> Result<Ending, Violation> {
    Ok(match error.kind() {
        BffErrorKind::Unreachable => Ending::Unreachable,
        BffErrorKind::Interrupted => Ending::Interrupted,
        BffErrorKind::DeadlineExceeded => Ending::DeadlineExceeded,
        BffErrorKind::Status { status, .. } => Ending::Status(status),
        BffErrorKind::Unauthorized => Ending::Unauthorized,
        BffErrorKind::Malformed => Ending::Malformed,
        // The last pattern stands for kinds that a later version of the port adds.
        BffErrorKind::NoToken | BffErrorKind::CircuitOpen { .. } | _ => {
            return Err(Violation::new(format!("the backend was not asked at all: {error:?}")));
        }
    })
}

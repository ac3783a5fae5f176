//! The suite of the [`Bff`] port.
//!
//! | MUST | case |
//! |---|---|
//! | every call ends within the adapter's deadline | [`every_call_ends_within_its_deadline`] |
//! | an answer belongs to the VIN of the call | [`an_answer_belongs_to_the_vin_that_was_asked_for`] |
//! | … one that names another VIN is `Malformed` | [`an_answer_about_another_vin_is_malformed`] |
//! | a complete answer arrives unchanged | [`a_complete_answer_arrives_as_it_was_given`] |
//! | what is not a complete answer is an error | [`what_is_not_a_complete_answer_is_an_error`] |
//! | … a status other than success as well (REQ-5) | [`a_status_other_than_success_is_an_error`] |
//! | an error names the operation | [`an_error_names_the_operation`] |
//! | … and says whether trying again can help | [`an_error_says_whether_trying_again_can_help`] |
//! | … and holds no secret (GEN-6) | [`no_error_holds_a_password_a_token_or_a_whole_vin`] |
//! | no `Debug` holds a secret (GEN-6) | [`no_debug_holds_a_password_a_token_or_a_whole_vin`] |
//! | a dropped call leaves the adapter usable | [`a_dropped_call_leaves_the_adapter_usable`] |
//! | two calls with the same key are one request | [`two_calls_with_the_same_key_are_one_request`] |

mod answers;
mod failures;

pub use answers::{
    a_complete_answer_arrives_as_it_was_given, an_answer_about_another_vin_is_malformed,
    an_answer_belongs_to_the_vin_that_was_asked_for, two_calls_with_the_same_key_are_one_request,
};
pub use failures::{
    a_dropped_call_leaves_the_adapter_usable, a_status_other_than_success_is_an_error,
    an_error_names_the_operation, an_error_says_whether_trying_again_can_help,
    every_call_ends_within_its_deadline, no_debug_holds_a_password_a_token_or_a_whole_vin,
    no_error_holds_a_password_a_token_or_a_whole_vin, what_is_not_a_complete_answer_is_an_error,
};

use std::time::Duration;

use digital_key_domain::{PairingStatus, ReportedKey, Support, SupportAnswer, Vin};
use digital_key_ports::{Bff, BffError, BffOperation, IdempotencyKey, PairingPassword};
use futures_util::future::join3;

use crate::values::{key, password, vin};
use crate::violation::{error_text, must_fail, must_keep_secret, must_work};
use crate::{CaseResult, Violation};

/// An adapter in front of a scripted backend.
///
/// Each case gets a harness of its own, whose backend knows no vehicle and has no fault.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait BffHarness {
    /// The type of the adapter.
    type Bff: Bff;

    /// Returns the adapter.
    fn bff(&self) -> &Self::Bff;

    /// Returns the adapter's `Debug` output, such as `format!("{bff:?} {bff:#?}")`; an empty text
    /// for an adapter without `Debug`.
    fn debug_text(&self) -> String;

    /// Returns the adapter's own secrets, such as its token.
    fn secrets(&self) -> Vec<String>;

    /// Returns the deadline of a call. Two seconds are long enough for every answer, and short
    /// enough to wait for.
    fn deadline(&self) -> Duration;

    /// Adds a vehicle to the backend, or replaces it, with its answers.
    async fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle);

    /// Sets the fault of every request; `None` = requests are answered again.
    async fn set_fault(&self, fault: Option<BackendFault>);

    /// Makes the backend name another vehicle in its answers, which are otherwise complete.
    async fn answer_about_another_vin(&self) -> CaseResult {
        Err(Violation::missing_hook(
            "BffHarness::answer_about_another_vin",
            BffCapability::OtherVin,
        ))
    }
}

/// A capability that a harness may lack; see [`bff_conformance!`](crate::bff_conformance).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BffCapability {
    /// [`BffHarness::answer_about_another_vin`].
    OtherVin,
}

/// The answers of the backend about a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedVehicle {
    /// The answer to [`Bff::support`].
    pub support: SupportAnswer,
    /// The answer to [`Bff::pairing_status`].
    pub status: PairingStatus,
    /// The answer to [`Bff::pairing_password`] with a new key; a known key gets its first answer.
    pub password: Option<PairingPassword>,
}

impl Default for ScriptedVehicle {
    /// Returns a vehicle that supports Smart Access, has no owner key and no password, is prepared,
    /// and has the user as its primary subscriber.
    fn default() -> Self {
        Self {
            support: SupportAnswer::Known(Support::Supported { upgrade_required: false }),
            status: PairingStatus { owner_key: None, primary_subscriber: true, prepared: true },
            password: None,
        }
    }
}

/// How a request without an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendFault {
    /// The answer has this HTTP status; 401 is the answer to every token.
    Status(u16),
    /// The backend receives the request and sends no answer.
    Silent,
    /// The connection breaks after the backend has received the request.
    Interrupted,
    /// The answer has no form that the API defines.
    Garbage,
    /// The answer ends after its first part.
    CutOff,
    /// The answer has a status of success and no body.
    Empty,
}

impl BackendFault {
    const NO_COMPLETE_ANSWER: [Self; 3] = [Self::Garbage, Self::CutOff, Self::Empty];
    const STATUSES: [Self; 5] = [
        Self::Status(401),
        Self::Status(404),
        Self::Status(429),
        Self::Status(500),
        Self::Status(503),
    ];

    fn all() -> impl Iterator<Item = Self> {
        [Self::Silent, Self::Interrupted]
            .into_iter()
            .chain(Self::NO_COMPLETE_ANSWER)
            .chain(Self::STATUSES)
    }

    /// Returns whether the failure is temporary: the backend says so, or the connection broke.
    fn is_temporary(self) -> bool {
        matches!(self, Self::Interrupted | Self::Status(429 | 503))
    }
}

/// Runs the suite of the `Bff` port: one test for each case, of the same name.
///
/// The argument is an async function or closure that makes a fresh
/// [`BffHarness`](crate::bff::BffHarness). After `without:` stands each
/// [`BffCapability`](crate::bff::BffCapability) that the harness lacks.
///
/// ```
/// use digital_key_testkit::fake::MemoryBff;
///
/// digital_key_testkit::bff_conformance!(async || MemoryBff::new());
/// ```
#[macro_export]
macro_rules! bff_conformance {
    ($new:expr $(, without: $($left_out:ident),+)? $(,)?) => {
        const _: &[$crate::bff::BffCapability] =
            &[$($($crate::bff::BffCapability::$left_out),+)?];

        $crate::__conformance! {
            bff($new) without [$($($left_out)+)?]
            every_call_ends_within_its_deadline
            an_answer_belongs_to_the_vin_that_was_asked_for
            a_complete_answer_arrives_as_it_was_given
            what_is_not_a_complete_answer_is_an_error
            a_status_other_than_success_is_an_error
            an_error_names_the_operation
            an_error_says_whether_trying_again_can_help
            no_error_holds_a_password_a_token_or_a_whole_vin
            no_debug_holds_a_password_a_token_or_a_whole_vin
            a_dropped_call_leaves_the_adapter_usable
            two_calls_with_the_same_key_are_one_request;
            OtherVin:
            an_answer_about_another_vin_is_malformed
        }
    };
}

/// Returns a vehicle whose answers have all their optional fields.
fn complete_vehicle() -> ScriptedVehicle {
    ScriptedVehicle {
        support: SupportAnswer::Known(Support::Supported { upgrade_required: true }),
        status: PairingStatus {
            owner_key: Some(ReportedKey { id: key(1), tracked: true }),
            primary_subscriber: false,
            prepared: true,
        },
        password: Some(password(1)),
    }
}

type Answers = (
    Result<SupportAnswer, BffError>,
    Result<PairingStatus, BffError>,
    Result<Option<PairingPassword>, BffError>,
);

async fn call_all(bff: &impl Bff, vin: Vin) -> Result<Answers, Violation> {
    call_all_with_key(bff, vin, "key-1").await
}

/// Makes the three calls at the same time, the one for the password with this idempotency key.
async fn call_all_with_key(bff: &impl Bff, vin: Vin, key: &str) -> Result<Answers, Violation> {
    let password = bff.pairing_password(vin, idempotency_key(key)?);
    Ok(join3(bff.support(vin), bff.pairing_status(vin), password).await)
}

fn idempotency_key(text: &str) -> Result<IdempotencyKey, Violation> {
    IdempotencyKey::new(text).ok_or_else(|| Violation::new(format!("{text} is no key")))
}

fn must_all_work(answers: Result<Answers, Violation>) -> Result<ScriptedVehicle, Violation> {
    let (support, status, password) = answers?;
    Ok(ScriptedVehicle {
        support: must_work("support", support)?,
        status: must_work("pairing_status", status)?,
        password: must_work("pairing_password", password)?,
    })
}

/// Returns the errors of all three calls, which must all fail.
fn must_all_fail(
    answers: Result<Answers, Violation>,
) -> Result<[(BffOperation, BffError); 3], Violation> {
    let (support, status, password) = answers?;
    Ok([
        (BffOperation::Support, must_fail("support", support)?),
        (BffOperation::PairingStatus, must_fail("pairing_status", status)?),
        (BffOperation::PairingPassword, must_fail("pairing_password", password)?),
    ])
}

fn must_keep_secrets<H: BffHarness>(harness: &H, error: &BffError) -> CaseResult {
    must_show_no_secret(harness, "an error", &error_text(error))
}

fn must_show_no_secret<H: BffHarness>(harness: &H, what: &str, text: &str) -> CaseResult {
    let mut secrets = harness.secrets();
    secrets.push(password(1).expose().to_owned());
    let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
    must_keep_secret(what, text, &secrets, &[vin(1)])
}

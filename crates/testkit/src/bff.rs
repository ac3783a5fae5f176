//! The suite of the [`Bff`] port.
//!
//! | MUST | case |
//! |---|---|
//! | every call ends within the adapter's deadline | [`every_call_ends_within_its_deadline`] |
//! | an answer belongs to the VIN that was asked for | [`an_answer_belongs_to_the_vin_that_was_asked_for`] |
//! | … one that names another VIN is `Malformed` | [`an_answer_about_another_vin_is_malformed`] |
//! | a complete answer arrives unchanged | [`a_complete_answer_arrives_as_it_was_given`] |
//! | what is not a complete answer is an error | [`what_is_not_a_complete_answer_is_an_error`] |
//! | … a status other than success as well (REQ-5) | [`a_status_other_than_success_is_an_error`] |
//! | an error tells the operation | [`an_error_tells_the_operation`] |
//! | … and whether trying again can help | [`an_error_tells_whether_trying_again_can_help`] |
//! | … and holds no secret (GEN-6) | [`no_error_holds_a_password_a_token_or_a_whole_vin`] |
//! | no `Debug` holds a secret (GEN-6) | [`no_debug_holds_a_password_a_token_or_a_whole_vin`] |
//! | a dropped call leaves the adapter usable | [`a_dropped_call_leaves_the_adapter_usable`] |
//! | two calls with the same key are one request | [`two_calls_with_the_same_key_are_one_request`] |

use std::time::Duration;

use digital_key_domain::{PairingStatus, ReportedKey, Support, SupportAnswer, Vin};
use digital_key_ports::{Bff, BffError, BffOperation, IdempotencyKey, PairingPassword};
use futures_util::future::{join_all, join3};
use tokio::time::timeout;

use crate::values::{key, password, vin};
use crate::violation::{
    all_of, dropped_after, must, must_end, must_equal, must_fail, must_keep_secret, must_work,
};
use crate::{CaseResult, Violation};

/// An adapter with a backend behind it that does what a case says.
///
/// Each case gets a harness of its own, whose backend knows no vehicle and has no fault.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait BffHarness {
    /// The adapter.
    type Bff: Bff;

    /// The adapter.
    fn bff(&self) -> &Self::Bff;

    /// All that `Debug` shows of the adapter, such as `format!("{bff:?} {bff:#?}")`; empty for one
    /// without `Debug`.
    fn debug_text(&self) -> String;

    /// The adapter's own secrets, such as its token.
    fn secrets(&self) -> Vec<String>;

    /// How long a call may take, as the adapter was set up: long enough for every answer that
    /// comes, and short enough to wait for, such as two seconds.
    fn deadline(&self) -> Duration;

    /// From now on the backend knows this vehicle and gives these answers about it.
    async fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle);

    /// From now on every request ends like this; `None` = it is answered again.
    async fn set_fault(&self, fault: Option<BackendFault>);

    /// From now on the answer to every request is complete and names another vehicle.
    async fn answer_about_another_vin(&self) -> CaseResult {
        Err(Violation::no_hook("BffHarness::answer_about_another_vin", BffCapability::OtherVin))
    }
}

/// What a harness may be unable to do; see [`bff_conformance!`](crate::bff_conformance).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BffCapability {
    /// [`BffHarness::answer_about_another_vin`].
    OtherVin,
}

/// What the backend answers about a vehicle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptedVehicle {
    /// To [`Bff::support`].
    pub support: SupportAnswer,
    /// To [`Bff::pairing_status`].
    pub status: PairingStatus,
    /// To [`Bff::pairing_password`] with a key that is new; a known key gets its first answer.
    pub password: Option<PairingPassword>,
}

impl Default for ScriptedVehicle {
    /// Supported, without an owner key, prepared, the user is its primary subscriber, and it has
    /// no password.
    fn default() -> Self {
        Self {
            support: SupportAnswer::Known(Support::Supported { upgrade_required: false }),
            status: PairingStatus { owner_key: None, primary_subscriber: true, prepared: true },
            password: None,
        }
    }
}

/// How a request ends that brings no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendFault {
    /// With this HTTP status; 401 is the answer to every token.
    Status(u16),
    /// Not at all: the backend has the request and says nothing.
    Silent,
    /// The connection breaks once the backend has the request.
    Interrupted,
    /// With something that is in no form that the backend knows.
    Garbage,
    /// With the first part of an answer.
    CutOff,
    /// With success, and nothing else.
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

    /// Whether the backend says by this that the trouble passes.
    fn passes(self) -> bool {
        matches!(self, Self::Status(429 | 503))
    }
}

/// Runs the suite of the `Bff` port: one test for each case, of the same name.
///
/// It takes what makes a fresh [`BffHarness`](crate::bff::BffHarness) (an async function or
/// closure), and after `without:` each [`BffCapability`](crate::bff::BffCapability) that the
/// harness has not got.
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
            an_error_tells_the_operation
            an_error_tells_whether_trying_again_can_help
            no_error_holds_a_password_a_token_or_a_whole_vin
            no_debug_holds_a_password_a_token_or_a_whole_vin
            a_dropped_call_leaves_the_adapter_usable
            two_calls_with_the_same_key_are_one_request;
            OtherVin:
            an_answer_about_another_vin_is_malformed
        }
    };
}

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

/// Two vehicles that are asked about at the same time, again and again, get each its own answers.
pub async fn an_answer_belongs_to_the_vin_that_was_asked_for<H: BffHarness>(
    harness: &H,
) -> CaseResult {
    let vehicles = [(vin(1), full()), (vin(2), ScriptedVehicle::default())];
    for (vin, vehicle) in &vehicles {
        harness.set_vehicle(*vin, vehicle.clone()).await;
    }
    for _ in 0..3 {
        let questions = vehicles.iter().map(|(vin, _)| ask_all(harness.bff(), *vin));
        let answers = must_end("a call", join_all(questions)).await?;
        for (answers, (_, vehicle)) in answers.into_iter().zip(&vehicles) {
            must_equal("what was answered about a vehicle", all_work(answers)?, vehicle.clone())?;
        }
    }
    Ok(())
}

/// An answer that is about another vehicle than the one that was asked about is
/// [`BffError::Malformed`], however complete it is.
pub async fn an_answer_about_another_vin_is_malformed<H: BffHarness>(harness: &H) -> CaseResult {
    harness.set_vehicle(vin(1), full()).await;
    harness.answer_about_another_vin().await?;
    for (operation, error) in errors(ask_all(harness.bff(), vin(1)).await)? {
        must_tell_nothing(harness, &error)?;
        let malformed = matches!(error, BffError::Malformed { .. });
        must!(malformed, "{operation} about another VIN is {error:?}, and not Malformed");
    }
    Ok(())
}

/// Every value that the backend can give reaches the caller unchanged, "no password" included.
pub async fn a_complete_answer_arrives_as_it_was_given<H: BffHarness>(harness: &H) -> CaseResult {
    let supports = [
        SupportAnswer::Known(Support::NotSupported),
        SupportAnswer::Unknown,
        SupportAnswer::Known(Support::Supported { upgrade_required: true }),
        SupportAnswer::Known(Support::Supported { upgrade_required: false }),
    ];
    for number in 0..16_u16 {
        let bit = |bit: u16| number & bit != 0;
        let owner_key = ReportedKey { id: key(number.into()), tracked: bit(8) };
        let vehicle = ScriptedVehicle {
            support: supports[usize::from(number) % supports.len()],
            status: PairingStatus {
                owner_key: bit(4).then_some(owner_key),
                primary_subscriber: bit(1),
                prepared: bit(2),
            },
            password: bit(8).then(|| password(number)),
        };
        harness.set_vehicle(vin(1), vehicle.clone()).await;
        let answers = ask_all_as(harness.bff(), vin(1), &format!("key-{number}")).await;
        must_equal("what was answered about a vehicle", all_work(answers)?, vehicle)?;
    }
    Ok(())
}

/// Garbage, an answer that is cut off and an empty one are errors, never a default.
pub async fn what_is_not_a_complete_answer_is_an_error<H: BffHarness>(harness: &H) -> CaseResult {
    for fault in BackendFault::NO_COMPLETE_ANSWER {
        let _ = errors_of(harness, fault).await?;
    }
    Ok(())
}

/// Every status other than success is an error; a 404 is never taken for "absent" (REQ-5).
pub async fn a_status_other_than_success_is_an_error<H: BffHarness>(harness: &H) -> CaseResult {
    for fault in BackendFault::STATUSES {
        let _ = errors_of(harness, fault).await?;
    }
    Ok(())
}

/// An error tells which call it ended.
pub async fn an_error_tells_the_operation<H: BffHarness>(harness: &H) -> CaseResult {
    for fault in BackendFault::all() {
        for (operation, error) in errors_of(harness, fault).await? {
            let what = format!("the operation of {error:?}");
            must_equal(&what, error.operation(), operation)?;
        }
    }
    Ok(())
}

/// Only an error that the backend itself calls passing asks for another try.
pub async fn an_error_tells_whether_trying_again_can_help<H: BffHarness>(
    harness: &H,
) -> CaseResult {
    for fault in BackendFault::all() {
        for (_, error) in errors_of(harness, fault).await? {
            let what = format!("that {error:?} after {fault:?} is retryable");
            must_equal(&what, error.is_retryable(), fault.passes())?;
        }
    }
    Ok(())
}

/// No error holds a password, a token or a whole VIN, in its causes neither (GEN-6).
pub async fn no_error_holds_a_password_a_token_or_a_whole_vin<H: BffHarness>(
    harness: &H,
) -> CaseResult {
    for fault in BackendFault::all() {
        for (_, error) in errors_of(harness, fault).await? {
            must_tell_nothing(harness, &error)?;
        }
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

/// A key that is used again gets its first password again; another key, and another vehicle, get
/// a new one.
pub async fn two_calls_with_the_same_key_are_one_request<H: BffHarness>(harness: &H) -> CaseResult {
    for (number, same_key, expected) in [(1, "key-1", 1), (2, "key-1", 1), (3, "key-2", 3)] {
        let vehicle = ScriptedVehicle { password: Some(password(number)), ..full() };
        harness.set_vehicle(vin(1), vehicle).await;
        let answer = harness.bff().pairing_password(vin(1), idempotency_key(same_key)?).await;
        let answer = must_work("pairing_password", answer)?.map(|it| it.expose().to_owned());
        let expected = Some(password(expected).expose().to_owned());
        must_equal(&format!("the password for {same_key}"), answer, expected)?;
    }
    let other = ScriptedVehicle { password: Some(password(4)), ..full() };
    harness.set_vehicle(vin(2), other).await;
    let answer = harness.bff().pairing_password(vin(2), idempotency_key("key-1")?).await;
    let answer = must_work("pairing_password", answer)?;
    must!(answer == Some(password(4)), "a key is taken for the same one with another vehicle");
    Ok(())
}

/// A vehicle with something in every answer.
fn full() -> ScriptedVehicle {
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

async fn ask_all(bff: &impl Bff, vin: Vin) -> Result<Answers, Violation> {
    ask_all_as(bff, vin, "key-1").await
}

/// Makes the three calls at the same time.
async fn ask_all_as(bff: &impl Bff, vin: Vin, key: &str) -> Result<Answers, Violation> {
    let password = bff.pairing_password(vin, idempotency_key(key)?);
    Ok(join3(bff.support(vin), bff.pairing_status(vin), password).await)
}

fn idempotency_key(text: &str) -> Result<IdempotencyKey, Violation> {
    IdempotencyKey::new(text).ok_or_else(|| Violation::new(format!("{text} is no key")))
}

fn all_work(answers: Result<Answers, Violation>) -> Result<ScriptedVehicle, Violation> {
    let (support, status, password) = answers?;
    Ok(ScriptedVehicle {
        support: must_work("support", support)?,
        status: must_work("pairing_status", status)?,
        password: must_work("pairing_password", password)?,
    })
}

/// The errors of all three calls.
fn errors(answers: Result<Answers, Violation>) -> Result<[(BffOperation, BffError); 3], Violation> {
    let (support, status, password) = answers?;
    Ok([
        (BffOperation::Support, must_fail("support", support)?),
        (BffOperation::PairingStatus, must_fail("pairing_status", status)?),
        (BffOperation::PairingPassword, must_fail("pairing_password", password)?),
    ])
}

/// The errors of all three calls while the backend has this fault.
async fn errors_of<H: BffHarness>(
    harness: &H,
    fault: BackendFault,
) -> Result<[(BffOperation, BffError); 3], Violation> {
    harness.set_vehicle(vin(1), full()).await;
    harness.set_fault(Some(fault)).await;
    let answers = must_end("a call", ask_all(harness.bff(), vin(1))).await?;
    errors(answers)
        .map_err(|violation| Violation::new(format!("although of {fault:?}, {violation}")))
}

fn must_tell_nothing<H: BffHarness>(harness: &H, error: &BffError) -> CaseResult {
    must_show_nothing(harness, "an error", &all_of(error))
}

fn must_show_nothing<H: BffHarness>(harness: &H, what: &str, text: &str) -> CaseResult {
    let mut secrets = harness.secrets();
    secrets.push(password(1).expose().to_owned());
    let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
    must_keep_secret(what, text, &secrets, &[vin(1)])
}

//! The suite of the [`ApplePairing`] port.
//!
//! | MUST | case |
//! |---|---|
//! | `start` ends once its sheet is gone (GEN-2) | [`a_start_ends_once_its_sheet_is_gone`] |
//! | … with Apple's answer (CBK-1 to CBK-4) | [`every_answer_of_apple_arrives_as_it_was_given`] |
//! | `sheet_is_up` from the call of `start` to its end | [`the_sheet_is_up_from_the_start_to_its_end`] |
//! | a second `start` is `AlreadyRunning` | [`a_start_while_a_sheet_is_up_is_refused`] |
//! | … only while the sheet is up | [`after_a_sheet_the_next_one_can_be_shown`] |
//! | `next_late_answer` returns the answers after the end of `start` (CBK-7) | [`what_apple_answers_after_the_end_is_given_once`] |
//! | the password goes to Apple's API and nowhere else (GEN-6) | [`the_password_goes_to_apple_and_nowhere_else`] |
//! | `can_create_key` is Apple's answer (WEL-4) | [`whether_a_key_can_be_created_is_apples_answer`] |

use digital_key_domain::{AppleErrorCode, PairingAnswer};
use digital_key_ports::{
    ApplePairing, ApplePairingError, ApplePairingErrorKind, LateAnswer, PairingRequest,
};
use futures_util::FutureExt;
use futures_util::future::join;

use crate::values::{key, password, vin};
use crate::violation::{
    error_text, must, must_end, must_equal, must_fail, must_keep_secret, must_work,
};
use crate::{CaseResult, Violation};

/// A phone with a scripted pairing sheet, and the adapter that shows it.
///
/// Each case gets a harness of its own, on which no sheet is up and keys can be created.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait ApplePairingHarness {
    /// The type of the adapter.
    type ApplePairing: ApplePairing;

    /// Returns the adapter.
    fn apple_pairing(&self) -> &Self::ApplePairing;

    /// Returns the adapter's `Debug` output, such as `format!("{pairing:?} {pairing:#?}")`; an
    /// empty text for an adapter without `Debug`.
    fn debug_text(&self) -> String;

    /// Sets whether Apple's API says that a key can be created.
    async fn set_can_create(&self, can_create: bool);

    /// Waits until a sheet without an answer is up.
    async fn sheet_shown(&self);

    /// Lets Apple answer, which ends the sheet.
    async fn answer(&self, answer: PairingAnswer);

    /// Lets Apple answer once more about the sheet that was shown last; its `start` may have ended.
    ///
    /// Returns `false` if this phone cannot do so; then `next_late_answer` must return `None`.
    async fn answer_late(&self, answer: PairingAnswer) -> bool;

    /// Ends the sheet without an answer, as when iOS destroys the app's window.
    async fn dismiss(&self);

    /// Returns the last request to Apple's API.
    async fn given_to_apple(&self) -> Option<PairingRequest>;
}

/// Runs the suite of the `ApplePairing` port: one test for each case, of the same name.
///
/// The argument is an async function or closure that makes a fresh
/// [`ApplePairingHarness`](crate::apple_pairing::ApplePairingHarness):
///
/// ```text
/// digital_key_testkit::apple_pairing_conformance!(MyPhone::new);
/// ```
#[macro_export]
macro_rules! apple_pairing_conformance {
    ($new:expr $(,)?) => {
        $crate::__conformance! {
            apple_pairing($new) without []
            a_start_ends_once_its_sheet_is_gone
            every_answer_of_apple_arrives_as_it_was_given
            the_sheet_is_up_from_the_start_to_its_end
            a_start_while_a_sheet_is_up_is_refused
            after_a_sheet_the_next_one_can_be_shown
            what_apple_answers_after_the_end_is_given_once
            the_password_goes_to_apple_and_nowhere_else
            whether_a_key_can_be_created_is_apples_answer
        }
    };
}

/// A sheet that is dismissed ends `start`: with neither a pass nor an error, or with an error.
pub async fn a_start_ends_once_its_sheet_is_gone<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let (answer, ()) = pair(harness, async { harness.dismiss().await }).await?;
    if let Ok(answer) = answer {
        let what = "the answer of a dismissed sheet";
        must_equal(what, answer, PairingAnswer::default())?;
    }
    Ok(())
}

/// `start` returns Apple's answer unchanged: a pass, an error of each code, both, or neither.
pub async fn every_answer_of_apple_arrives_as_it_was_given<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let errors = AppleErrorCode::ALL.map(Some).into_iter().chain([None]);
    for (number, error) in errors.enumerate() {
        for pass in [None, Some(key(number as u32))] {
            let given = PairingAnswer { pass, error };
            let answered = harness.answer(given.clone());
            let (answer, ()) = pair(harness, answered).await?;
            must_equal("Apple's answer", must_work("start", answer)?, given)?;
        }
    }
    Ok(())
}

/// `sheet_is_up` is true from the call of `start` to the end of its future, and at no other time.
pub async fn the_sheet_is_up_from_the_start_to_its_end<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let pairing = harness.apple_pairing();
    must!(!sheet_is_up(pairing).await?, "a sheet is up before any start");
    let mut start = pairing.start(request(1));
    must!((&mut start).now_or_never().is_none(), "a start ended before its answer");
    must!(sheet_is_up(pairing).await?, "no sheet is up right after the call of start");
    must_end("waiting for the sheet", harness.sheet_shown()).await?;
    must!(sheet_is_up(pairing).await?, "no sheet is up while a start waits for its answer");
    harness.answer(success(1)).await;
    must!(sheet_is_up(pairing).await?, "no sheet is up although its start has not ended");
    must_work("start", must_end("a start", start).await?)?;
    must!(!sheet_is_up(pairing).await?, "the sheet is up after the end of its start");
    Ok(())
}

/// A second start is [`ApplePairingErrorKind::AlreadyRunning`], shows no sheet, and does not
/// disturb the first.
pub async fn a_start_while_a_sheet_is_up_is_refused<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let script = async {
        let second = harness.apple_pairing().start(request(2));
        let refused = must_end("a second start", second).await;
        let was_up = sheet_is_up(harness.apple_pairing()).await;
        let given = harness.given_to_apple().await;
        harness.answer(success(1)).await;
        (refused, was_up, given)
    };
    let (answer, (refused, was_up, given)) = pair(harness, script).await?;
    let error = must_fail("a second start", refused?)?;
    let refused = error.kind() == ApplePairingErrorKind::AlreadyRunning;
    must!(refused, "a second start is {error:?}, not AlreadyRunning");
    must!(was_up?, "a second start ended the sheet");
    must_equal("the request to Apple", given, Some(request(1)))?;
    must_equal("the answer to the first start", must_work("start", answer)?, success(1))
}

/// After any end of a sheet the next one can be shown and answered.
pub async fn after_a_sheet_the_next_one_can_be_shown<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    for number in 0..2 {
        let _ = pair(harness, async { harness.dismiss().await }).await?;
        let answered = harness.answer(success(number));
        let (answer, ()) = pair(harness, answered).await?;
        must_equal("the answer to the next start", must_work("start", answer)?, success(number))?;
    }
    Ok(())
}

/// `next_late_answer` returns each answer of Apple's after the end of `start` once, in order and
/// with its vehicle, also if no call waited for it (CBK-7). An adapter that receives no such
/// answers returns `None`.
pub async fn what_apple_answers_after_the_end_is_given_once<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let pairing = harness.apple_pairing();
    let _ = pair(harness, harness.answer(PairingAnswer::default())).await?;
    let late_answer = pairing.next_late_answer().now_or_never();
    must!(
        !matches!(late_answer, Some(Ok(Some(_)))),
        "the answer of a start is returned a second time"
    );
    let mut expected = [None, None];
    for (number, late) in (0..).zip(&mut expected) {
        if harness.answer_late(success(number)).await {
            *late = Some(LateAnswer { vin: vin(1), answer: success(number) });
        }
    }
    for late in expected {
        let late_answer = must_end("next_late_answer", pairing.next_late_answer()).await?;
        must_equal("a late answer", must_work("next_late_answer", late_answer)?, late)?;
    }
    let late_answer = pairing.next_late_answer().now_or_never();
    must!(!matches!(late_answer, Some(Ok(Some(_)))), "a late answer is returned twice");
    Ok(())
}

/// Apple's API gets the vehicle's password unchanged, and neither `Debug` nor an error shows it
/// (GEN-6).
pub async fn the_password_goes_to_apple_and_nowhere_else<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let script = async {
        let given = harness.given_to_apple().await;
        let mut shown = harness.debug_text();
        let second = harness.apple_pairing().start(request(1));
        if let Ok(Err(error)) = must_end("a second start", second).await {
            shown += &error_text(&error);
        }
        harness.dismiss().await;
        (given, shown)
    };
    let (_, (given, mut shown)) = pair(harness, script).await?;
    must!(given == Some(request(1)), "Apple did not get the vehicle and its password");
    shown += &harness.debug_text();
    must_keep_secret("Debug or an error", &shown, &[password(1).expose()], &[vin(1)])
}

/// `can_create_key` returns Apple's current answer; an error counts as "cannot".
pub async fn whether_a_key_can_be_created_is_apples_answer<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    for can_create in [true, false, true] {
        harness.set_can_create(can_create).await;
        let call = harness.apple_pairing().can_create_key(vin(1));
        let answer = must_end("can_create_key", call).await?.unwrap_or(false);
        must_equal("that a key can be created", answer, can_create)?;
    }
    Ok(())
}

/// Starts a pairing and runs the script once its sheet is up. The script must end the sheet.
async fn pair<H: ApplePairingHarness, T>(
    harness: &H,
    script: impl Future<Output = T>,
) -> Result<(Result<PairingAnswer, ApplePairingError>, T), Violation> {
    let script = async {
        must_end("waiting for the sheet", harness.sheet_shown()).await?;
        Ok(script.await)
    };
    let pairing = must_end("a start", harness.apple_pairing().start(request(1)));
    let (answer, output) = join(pairing, script).await;
    Ok((answer?, output?))
}

async fn sheet_is_up(pairing: &impl ApplePairing) -> Result<bool, Violation> {
    must_work("sheet_is_up", must_end("sheet_is_up", pairing.sheet_is_up()).await?)
}

fn request(number: u16) -> PairingRequest {
    PairingRequest::new(vin(1), password(number))
}

/// The answer with the pass of this number.
fn success(number: u32) -> PairingAnswer {
    PairingAnswer { pass: Some(key(number)), error: None }
}

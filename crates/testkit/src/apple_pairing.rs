//! The suite of the [`ApplePairing`] port.
//!
//! | MUST | case |
//! |---|---|
//! | `start` ends once its sheet is gone (GEN-2) | [`a_start_ends_once_its_sheet_is_gone`] |
//! | … with what Apple answered (CBK-1 to CBK-4) | [`every_answer_of_apple_arrives_as_it_was_given`] |
//! | `sheet_is_up` from the call of `start` to its end | [`the_sheet_is_up_from_the_start_to_its_end`] |
//! | a second `start` is `AlreadyRunning` | [`a_start_while_a_sheet_is_up_is_refused`] |
//! | … only while the sheet is up | [`after_a_sheet_the_next_one_can_be_shown`] |
//! | `next_late_answer` gives what `start` did not give (CBK-7) | [`what_apple_answers_after_the_end_is_given_once`] |
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
    all_of, must, must_end, must_equal, must_fail, must_keep_secret, must_work,
};
use crate::{CaseResult, Violation};

/// A phone whose pairing sheet does what a case says, and the adapter that shows it.
///
/// Each case gets a harness of its own, on which no sheet is up and keys can be created.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait ApplePairingHarness {
    /// The adapter.
    type ApplePairing: ApplePairing;

    /// The adapter.
    fn apple_pairing(&self) -> &Self::ApplePairing;

    /// All that `Debug` shows of the adapter, such as `format!("{pairing:?} {pairing:#?}")`; empty
    /// for one without `Debug`.
    fn debug_text(&self) -> String;

    /// Sets whether Apple's API says that a key can be created.
    async fn set_can_create(&self, can_create: bool);

    /// Waits until a sheet is up that has no answer yet.
    async fn sheet_shown(&self);

    /// Lets Apple answer and take the sheet away.
    async fn answer(&self, answer: PairingAnswer);

    /// Lets Apple answer once more about the sheet that was shown last; its `start` may have ended.
    /// False when this phone cannot: then `next_late_answer` must say that none will come.
    async fn answer_late(&self, answer: PairingAnswer) -> bool;

    /// Takes the sheet away without any answer, as when iOS tears the app's window down.
    async fn dismiss(&self);

    /// What Apple's API was given last.
    async fn given_to_apple(&self) -> Option<PairingRequest>;
}

/// Runs the suite of the `ApplePairing` port: one test for each case, of the same name.
///
/// It takes what makes a fresh
/// [`ApplePairingHarness`](crate::apple_pairing::ApplePairingHarness) (an async function or
/// closure):
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

/// A sheet that vanishes ends the pairing: with neither a pass nor an error, or with an error.
pub async fn a_start_ends_once_its_sheet_is_gone<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let (answer, ()) = pair(harness, async { harness.dismiss().await }).await?;
    if let Ok(answer) = answer {
        let what = "the answer of a sheet that vanished";
        must_equal(what, answer, PairingAnswer::default())?;
    }
    Ok(())
}

/// A pass, an error with each of Apple's codes, both and neither arrive as Apple gave them.
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

/// `sheet_is_up` is true from the call of `start` until its future has ended, and at no other time.
pub async fn the_sheet_is_up_from_the_start_to_its_end<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let pairing = harness.apple_pairing();
    must!(!sheet_is_up(pairing).await?, "a sheet is up before any start");
    let mut start = pairing.start(request(1));
    must!((&mut start).now_or_never().is_none(), "a start has ended before its answer");
    must!(sheet_is_up(pairing).await?, "no sheet is up right after the call of start");
    must_end("the showing of the sheet", harness.sheet_shown()).await?;
    must!(sheet_is_up(pairing).await?, "no sheet is up while a start waits for its answer");
    harness.answer(made(1)).await;
    must!(sheet_is_up(pairing).await?, "no sheet is up before its start has ended");
    must_work("start", must_end("a start", start).await?)?;
    must!(!sheet_is_up(pairing).await?, "the sheet is up after its start");
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
        harness.answer(made(1)).await;
        (refused, was_up, given)
    };
    let (answer, (refused, was_up, given)) = pair(harness, script).await?;
    let error = must_fail("a second start", refused?)?;
    let refused = error.kind() == ApplePairingErrorKind::AlreadyRunning;
    must!(refused, "a second start is {error:?}, and not AlreadyRunning");
    must!(was_up?, "a second start has taken the sheet away");
    must_equal("what Apple was given", given, Some(request(1)))?;
    must_equal("the answer to the first start", must_work("start", answer)?, made(1))
}

/// However a sheet ended, the next one can be shown and answered.
pub async fn after_a_sheet_the_next_one_can_be_shown<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    for number in 0..2 {
        let _ = pair(harness, async { harness.dismiss().await }).await?;
        let answered = harness.answer(made(number));
        let (answer, ()) = pair(harness, answered).await?;
        must_equal("the answer to the next start", must_work("start", answer)?, made(number))?;
    }
    Ok(())
}

/// Every answer of Apple's after the end of `start` is returned once, in order and with its
/// vehicle, also when no call waited for it (CBK-7). An adapter that receives no such answers
/// returns `None`.
pub async fn what_apple_answers_after_the_end_is_given_once<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let pairing = harness.apple_pairing();
    let _ = pair(harness, harness.answer(PairingAnswer::default())).await?;
    let late_answer = pairing.next_late_answer().now_or_never();
    must!(
        !matches!(late_answer, Some(Ok(Some(_)))),
        "the answer of a start is given a second time"
    );
    let mut expected = [None, None];
    for (number, late) in (0..).zip(&mut expected) {
        if harness.answer_late(made(number)).await {
            *late = Some(LateAnswer { vin: vin(1), answer: made(number) });
        }
    }
    for late in expected {
        let late_answer = must_end("next_late_answer", pairing.next_late_answer()).await?;
        must_equal("a late answer", must_work("next_late_answer", late_answer)?, late)?;
    }
    let late_answer = pairing.next_late_answer().now_or_never();
    must!(!matches!(late_answer, Some(Ok(Some(_)))), "a late answer is given twice");
    Ok(())
}

/// Apple's API gets the vehicle's password as it is, and neither `Debug` nor an error shows it
/// (GEN-6).
pub async fn the_password_goes_to_apple_and_nowhere_else<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    let script = async {
        let given = harness.given_to_apple().await;
        let mut shown = harness.debug_text();
        let second = harness.apple_pairing().start(request(1));
        if let Ok(Err(error)) = must_end("a second start", second).await {
            shown += &all_of(&error);
        }
        harness.dismiss().await;
        (given, shown)
    };
    let (_, (given, mut shown)) = pair(harness, script).await?;
    must!(given == Some(request(1)), "Apple was not given the vehicle and its password");
    shown += &harness.debug_text();
    must_keep_secret("Debug or an error", &shown, &[password(1).expose()], &[vin(1)])
}

/// The answer to "can a key be created" is Apple's, each time; an error counts as "cannot".
pub async fn whether_a_key_can_be_created_is_apples_answer<H: ApplePairingHarness>(
    harness: &H,
) -> CaseResult {
    for can_create in [true, false, true] {
        harness.set_can_create(can_create).await;
        let question = harness.apple_pairing().can_create_key(vin(1));
        let answer = must_end("can_create_key", question).await?.unwrap_or(false);
        must_equal("that a key can be created", answer, can_create)?;
    }
    Ok(())
}

/// Starts a pairing and plays the script once its sheet is up, which must end the sheet.
async fn pair<H: ApplePairingHarness, T>(
    harness: &H,
    script: impl Future<Output = T>,
) -> Result<(Result<PairingAnswer, ApplePairingError>, T), Violation> {
    let script = async {
        must_end("the showing of the sheet", harness.sheet_shown()).await?;
        Ok(script.await)
    };
    let pairing = must_end("a start", harness.apple_pairing().start(request(1)));
    let (answer, scripted) = join(pairing, script).await;
    Ok((answer?, scripted?))
}

async fn sheet_is_up(pairing: &impl ApplePairing) -> Result<bool, Violation> {
    must_work("sheet_is_up", must_end("sheet_is_up", pairing.sheet_is_up()).await?)
}

fn request(number: u16) -> PairingRequest {
    PairingRequest::new(vin(1), password(number))
}

fn made(number: u32) -> PairingAnswer {
    PairingAnswer { pass: Some(key(number)), error: None }
}

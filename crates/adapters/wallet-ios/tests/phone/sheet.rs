//! Whenever a sheet ends, its pairing ends, too (GEN-2). The tests pause tokio's clock, which
//! advances only while all tasks wait.

use std::error::Error;
use std::time::Duration;

use digital_key_domain::{AppleErrorCode, PairingAnswer};
use digital_key_ports::{
    ApplePairing, ApplePairingError, ApplePairingErrorKind, LateAnswer, PairingRequest, Wallet,
};
use digital_key_testkit::values::{key, password, vin};
use digital_key_wallet_ios::{AppleQueues, RadioTechnologies, SheetError};
use futures_util::FutureExt;
use futures_util::future::join;
use tokio::time::Instant;

use crate::fake::{Dismissal, Phone, SheetState, exception, pass};

fn request() -> PairingRequest {
    PairingRequest::new(vin(1), password(1))
}

fn made() -> PairingAnswer {
    PairingAnswer { pass: Some(key(1)), error: None }
}

fn refused() -> PairingAnswer {
    PairingAnswer { pass: None, error: Some(AppleErrorCode::DeviceNotReady) }
}

/// Starts a pairing, and runs the script once its sheet is shown.
async fn pair(
    phone: &Phone,
    script: impl FnOnce(&Phone),
) -> Result<PairingAnswer, ApplePairingError> {
    let script = async {
        phone.sheet_shown().await;
        script(phone);
    };
    let (answer, ()) = join(phone.adapter.start(request()), script).await;
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    answer
}

/// Returns why no sheet was shown.
fn not_shown(answer: Result<PairingAnswer, ApplePairingError>) -> Option<SheetError> {
    let error = answer.err()?;
    assert_eq!(error.kind(), ApplePairingErrorKind::Unavailable, "{error}");
    error.source()?.downcast_ref().cloned()
}

/// Starts a pairing, and changes where its sheet is after the first inspection, without a call of
/// its delegate.
async fn pair_and_lose_the_sheet(phone: &Phone, sheet: SheetState) -> PairingAnswer {
    let mut state = phone.state.subscribe();
    let lost = async {
        state.wait_for(|state| state.inspections > 0).await.unwrap();
        phone.sheet_becomes(sheet);
    };
    let (answer, ()) = join(phone.adapter.start(request()), lost).await;
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    answer.unwrap()
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_goes_without_a_callback_ends_the_pairing() {
    for sheet in [SheetState::Down, SheetState::Freed] {
        let answer = pair_and_lose_the_sheet(&Phone::new(), sheet).await;
        assert_eq!(answer, PairingAnswer::default(), "{sheet:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_cannot_be_shown_ends_the_pairing() {
    let threw = SheetError::Exception(exception());
    for refused in [SheetError::NotCreated, SheetError::NotPresented, threw] {
        let phone = Phone::new();
        phone.state.send_modify(|state| state.show_result = Err(refused.clone()));
        let answer = phone.adapter.start(request()).await;
        assert_eq!(not_shown(answer), Some(refused));
        assert!(!phone.adapter.sheet_is_up().await.unwrap());
        phone.state.send_modify(|state| state.show_result = Ok(SheetState::Up));
        assert_eq!(pair(&phone, |phone| phone.answer(&made())).await.unwrap(), made());
    }
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_never_comes_up_ends_the_pairing() {
    for sheet in [SheetState::Down, SheetState::Freed] {
        let phone = Phone::new();
        phone.state.send_modify(|state| state.show_result = Ok(sheet));
        let answer = phone.adapter.start(request()).await;
        assert_eq!(not_shown(answer), Some(SheetError::NotPresented), "{sheet:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_stays_does_not_hold_the_answer_back() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.dismissal = Dismissal::Never);
    assert_eq!(pair(&phone, |phone| phone.answer(&made())).await.unwrap(), made());
}

#[tokio::test(start_paused = true)]
async fn the_sheet_is_dismissed_once_after_its_answer() {
    let phone = Phone::new();
    let answer = pair(&phone, |phone| {
        phone.answer(&refused());
        phone.answer(&refused());
    });
    assert_eq!(answer.await.unwrap(), refused());
    assert_eq!(phone.state.borrow().dismissals, 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_for_the_end_of_the_dismissal_and_no_longer() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.dismissal = Dismissal::Animated);
    let mut answered_at = None;
    let answer = pair(&phone, |phone| {
        answered_at = Some(Instant::now());
        phone.answer(&made());
    });
    assert_eq!(answer.await.unwrap(), made());
    assert_eq!(answered_at.unwrap().elapsed(), Duration::ZERO);
}

/// Waits for this number of late answers, and checks that there are no more.
async fn late_answers(phone: &Phone, number: usize) -> Vec<LateAnswer> {
    let mut answers = Vec::new();
    for _ in 0..number {
        answers.push(phone.adapter.next_late_answer().await.unwrap().unwrap());
    }
    assert!(phone.adapter.next_late_answer().now_or_never().is_none());
    answers
}

fn late_answer(answer: PairingAnswer) -> LateAnswer {
    LateAnswer { vin: vin(1), answer }
}

#[tokio::test(start_paused = true)]
async fn cbk_7_the_first_call_of_the_delegate_counts_and_the_second_is_late() {
    for (first, second) in [(made(), refused()), (refused(), made())] {
        let phone = Phone::new();
        let answer = pair(&phone, |phone| {
            phone.answer(&first);
            phone.answer(&second);
        });
        assert_eq!(answer.await.unwrap(), first);
        assert_eq!(late_answers(&phone, 1).await, [late_answer(second)]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_during_the_last_inspection_counts() {
    let phone = Phone::new();
    phone.state.send_modify(|state| {
        state.during_inspection = Some(Box::new(|state| {
            let delegate = state.delegate.clone().unwrap();
            delegate.answered(&[pass(&key(1))], None);
            state.sheet = None;
        }));
    });
    assert_eq!(phone.adapter.start(request()).await.unwrap(), made());
}

#[tokio::test(start_paused = true)]
async fn cbk_7_a_second_call_during_the_dismissal_is_late() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.dismissal = Dismissal::Never);
    let mut state = phone.state.subscribe();
    let script = async {
        phone.sheet_shown().await;
        phone.answer(&refused());
        state.wait_for(|state| state.dismissals > 0).await.unwrap();
        phone.answer(&made());
    };
    let (answer, ()) = join(phone.adapter.start(request()), script).await;
    assert_eq!(answer.unwrap(), refused());
    assert_eq!(late_answers(&phone, 1).await, [late_answer(made())]);
}

#[tokio::test(start_paused = true)]
async fn cbk_7_an_answer_after_the_sheet_was_swiped_away_is_late() {
    let phone = Phone::new();
    assert_eq!(pair_and_lose_the_sheet(&phone, SheetState::Down).await, PairingAnswer::default());
    phone.answer(&made());
    assert_eq!(late_answers(&phone, 1).await, [late_answer(made())]);
}

#[tokio::test(start_paused = true)]
async fn cbk_7_an_answer_after_the_start_was_dropped_is_late() {
    let phone = Phone::new();
    {
        let mut start = phone.adapter.start(request());
        assert!((&mut start).now_or_never().is_none());
        phone.sheet_shown().await;
        phone.answer(&refused());
    }
    phone.answer(&made());
    assert_eq!(late_answers(&phone, 2).await, [late_answer(refused()), late_answer(made())]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_start_dismisses_its_sheet() {
    let phone = Phone::new();
    {
        let mut start = phone.adapter.start(request());
        assert!((&mut start).now_or_never().is_none());
        phone.sheet_shown().await;
        assert!(phone.adapter.sheet_is_up().await.unwrap());
    }
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    phone.state.subscribe().wait_for(|state| state.sheet.is_none()).await.unwrap();
    assert_eq!(pair(&phone, |phone| phone.answer(&made())).await.unwrap(), made());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_before_its_turn_shows_no_sheet() {
    let phone = Phone::new();
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    phone.queues.run_on_main_thread(move |_| blocked.recv().unwrap());
    assert!(phone.adapter.start(request()).now_or_never().is_none());
    release.send(()).unwrap();
    assert!(phone.adapter.can_create_key(vin(1)).await.unwrap());
    // The main thread works in order, so the sheet would have been shown by now.
    assert_eq!(phone.state.borrow().show_calls, 0);
}

#[tokio::test(start_paused = true)]
async fn wel_4_apple_gets_the_makers_identifiers_and_no_password() {
    let phone = Phone::new();
    assert!(phone.adapter.can_create_key(vin(7)).await.unwrap());
    let asked = phone.state.borrow().configuration.clone().unwrap();
    assert!(asked.password.is_none());
    let identifiers = asked.identifiers;
    assert!(identifiers.radio_technologies == RadioTechnologies::Nfc);
    assert_eq!(identifiers.issuer.as_deref(), Some("issuer"));
    assert_eq!(identifiers.localized_description.as_deref(), Some(vin(7).as_str()));
}

#[tokio::test(start_paused = true)]
async fn gen_2_without_queues_each_call_returns_an_error_that_names_it() {
    let phone = Phone::without_queues();
    let error = phone.adapter.start(request()).await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("main thread"));
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    assert!(phone.adapter.can_create_key(vin(1)).await.is_err());
    assert!(phone.adapter.presence(key(1)).await.unwrap_err().is_retryable());
    assert!(phone.adapter.open(key(1)).await.unwrap_err().is_retryable());
}

#[tokio::test(start_paused = true)]
async fn gen_2_an_exception_of_apples_is_a_retryable_error_that_names_it() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.exception = Some(exception()));
    let error = phone.adapter.start(request()).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    let error = phone.adapter.can_create_key(vin(1)).await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("NSInvalidArgumentException"));
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_pass_library_that_hangs_does_not_hold_the_sheet_or_its_answer_back() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.library_hangs = true);
    let answer = pair(&phone, |phone| phone.answer(&refused())).await;
    assert_eq!(answer.unwrap(), refused());
    phone.state.send_modify(|state| state.library_hangs = false);
    // Without a list from before the sheet no key counts as new.
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.answer(&refused());
    assert_eq!(late_answers(&phone, 1).await, [late_answer(refused())]);
}

#[tokio::test(start_paused = true)]
async fn cbk_3_a_key_that_is_new_in_the_wallet_is_the_pass_of_an_answer_without_one() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(2))));
    let answer = pair(&phone, |phone| {
        phone.change_passes(|passes| passes.push(pass(&key(1))));
        phone.answer(&refused());
    });
    let made_with_an_error = PairingAnswer { pass: Some(key(1)), ..refused() };
    assert_eq!(answer.await.unwrap(), made_with_an_error);
    // The next sheet finds the key there, so it is not new again.
    assert_eq!(pair(&phone, |phone| phone.answer(&refused())).await.unwrap(), refused());
}

#[tokio::test(start_paused = true)]
async fn cbk_7_a_late_answer_without_a_pass_brings_the_new_key_once() {
    let phone = Phone::new();
    let answer = pair_and_lose_the_sheet(&phone, SheetState::Down).await;
    assert_eq!(answer, PairingAnswer::default());
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.answer(&refused());
    phone.answer(&refused());
    let made_with_an_error = PairingAnswer { pass: Some(key(1)), ..refused() };
    assert_eq!(
        late_answers(&phone, 2).await,
        [late_answer(made_with_an_error), late_answer(refused())]
    );
}

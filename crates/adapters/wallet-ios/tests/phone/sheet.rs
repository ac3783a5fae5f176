//! However a sheet ends, its pairing ends, too (GEN-2). Time is tokio's, paused: it runs while
//! everything waits.

use std::error::Error;
use std::time::Duration;

use digital_key_domain::{AppleErrorCode, PairingAnswer};
use digital_key_ports::{
    ApplePairing, ApplePairingError, ApplePairingErrorKind, LateAnswer, PairingRequest, Wallet,
};
use digital_key_testkit::values::{key, password, vin};
use digital_key_wallet_ios::{MainThread, NotShown, RadioTechnologies};
use futures_util::FutureExt;
use futures_util::future::join;
use tokio::time::Instant;

use crate::fake::{Dismissal, Look, Phone, pass};

fn request() -> PairingRequest {
    PairingRequest::new(vin(1), password(1))
}

fn made() -> PairingAnswer {
    PairingAnswer { pass: Some(key(1)), error: None }
}

fn refused() -> PairingAnswer {
    PairingAnswer { pass: None, error: Some(AppleErrorCode::DeviceNotReady) }
}

/// Starts a pairing, and plays the script once its sheet is shown.
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

/// Why there was no sheet.
fn not_shown(answer: Result<PairingAnswer, ApplePairingError>) -> Option<NotShown> {
    let error = answer.err()?;
    assert_eq!(error.kind(), ApplePairingErrorKind::Unavailable, "{error}");
    error.source()?.downcast_ref().copied()
}

/// Starts a pairing whose sheet becomes this after it was seen, without a call of its delegate.
async fn pair_and_lose_the_sheet(phone: &Phone, look: Look) -> PairingAnswer {
    let mut seen = phone.world.subscribe();
    let lost = async {
        seen.wait_for(|world| world.looks > 0).await.unwrap();
        phone.sheet_becomes(look);
    };
    let (answer, ()) = join(phone.adapter.start(request()), lost).await;
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    answer.unwrap()
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_goes_without_a_word_ends_the_pairing() {
    for look in [Look::Down, Look::Freed] {
        let answer = pair_and_lose_the_sheet(&Phone::new(), look).await;
        assert_eq!(answer, PairingAnswer::default(), "{look:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_cannot_be_shown_ends_the_pairing() {
    for refused in [NotShown::NotMade, NotShown::NotPresented] {
        let phone = Phone::new();
        phone.world.send_modify(|world| world.showing = Err(refused));
        let answer = phone.adapter.start(request()).await;
        assert_eq!(not_shown(answer), Some(refused));
        assert!(!phone.adapter.sheet_is_up().await.unwrap());
        phone.world.send_modify(|world| world.showing = Ok(Look::Up));
        assert_eq!(pair(&phone, |phone| phone.answer(&made())).await.unwrap(), made());
    }
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_never_comes_up_ends_the_pairing() {
    for look in [Look::Down, Look::Freed] {
        let phone = Phone::new();
        phone.world.send_modify(|world| world.showing = Ok(look));
        let answer = phone.adapter.start(request()).await;
        assert_eq!(not_shown(answer), Some(NotShown::NotPresented), "{look:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn gen_2_a_sheet_that_does_not_go_keeps_no_answer_back() {
    let phone = Phone::new();
    phone.world.send_modify(|world| world.dismissal = Dismissal::Never);
    assert_eq!(pair(&phone, |phone| phone.answer(&made())).await.unwrap(), made());
}

#[tokio::test(start_paused = true)]
async fn the_sheet_is_taken_away_after_its_answer_and_once() {
    let phone = Phone::new();
    let answer = pair(&phone, |phone| {
        phone.answer(&refused());
        phone.answer(&refused());
    });
    assert_eq!(answer.await.unwrap(), refused());
    assert_eq!(phone.world.borrow().dismissals, 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_for_the_end_of_the_dismissal_and_no_longer() {
    let phone = Phone::new();
    phone.world.send_modify(|world| world.dismissal = Dismissal::Animated);
    let mut answered_at = None;
    let answer = pair(&phone, |phone| {
        answered_at = Some(Instant::now());
        phone.answer(&made());
    });
    assert_eq!(answer.await.unwrap(), made());
    assert_eq!(answered_at.unwrap().elapsed(), Duration::ZERO);
}

/// What was told late so far.
fn late(phone: &Phone) -> Vec<LateAnswer> {
    let next = || phone.adapter.next_late_answer().now_or_never();
    std::iter::from_fn(|| next().map(|late| late.unwrap().unwrap())).collect()
}

fn late_answer(answer: PairingAnswer) -> LateAnswer {
    LateAnswer { vin: vin(1), answer }
}

#[tokio::test(start_paused = true)]
async fn cbk_7_of_two_calls_of_the_delegate_the_first_counts_and_the_second_is_late() {
    for (first, second) in [(made(), refused()), (refused(), made())] {
        let phone = Phone::new();
        let answer = pair(&phone, |phone| {
            phone.answer(&first);
            phone.answer(&second);
        });
        assert_eq!(answer.await.unwrap(), first);
        assert_eq!(late(&phone), [late_answer(second)]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_told_before_the_last_look_counts() {
    let phone = Phone::new();
    phone.world.send_modify(|world| {
        world.busy = Some(Box::new(|world| {
            let delegate = world.delegate.clone().unwrap();
            delegate.answered(&[pass(&key(1))], None);
            world.sheet = None;
        }));
    });
    assert_eq!(phone.adapter.start(request()).await.unwrap(), made());
}

#[tokio::test(start_paused = true)]
async fn cbk_7_a_second_call_during_the_dismissal_is_late() {
    let phone = Phone::new();
    phone.world.send_modify(|world| world.dismissal = Dismissal::Never);
    let mut seen = phone.world.subscribe();
    let script = async {
        phone.sheet_shown().await;
        phone.answer(&refused());
        seen.wait_for(|world| world.dismissals > 0).await.unwrap();
        phone.answer(&made());
    };
    let (answer, ()) = join(phone.adapter.start(request()), script).await;
    assert_eq!(answer.unwrap(), refused());
    assert_eq!(late(&phone), [late_answer(made())]);
}

#[tokio::test(start_paused = true)]
async fn cbk_7_an_answer_about_a_sheet_that_was_swiped_away_is_late() {
    let phone = Phone::new();
    assert_eq!(pair_and_lose_the_sheet(&phone, Look::Down).await, PairingAnswer::default());
    phone.answer(&made());
    assert_eq!(late(&phone), [late_answer(made())]);
}

#[tokio::test(start_paused = true)]
async fn cbk_7_an_answer_about_a_start_that_was_dropped_is_late() {
    let phone = Phone::new();
    {
        let mut start = phone.adapter.start(request());
        assert!((&mut start).now_or_never().is_none());
        phone.sheet_shown().await;
        phone.answer(&refused());
    }
    phone.answer(&made());
    assert_eq!(late(&phone), [late_answer(refused()), late_answer(made())]);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_takes_its_sheet_away() {
    let phone = Phone::new();
    {
        let mut start = phone.adapter.start(request());
        assert!((&mut start).now_or_never().is_none());
        phone.sheet_shown().await;
        assert!(phone.adapter.sheet_is_up().await.unwrap());
    }
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    phone.world.subscribe().wait_for(|world| world.sheet.is_none()).await.unwrap();
    assert_eq!(pair(&phone, |phone| phone.answer(&made())).await.unwrap(), made());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_before_the_main_thread_has_time_shows_nothing() {
    let phone = Phone::new();
    let (has_time, busy) = std::sync::mpsc::channel::<()>();
    phone.main.run(move |_| busy.recv().unwrap());
    assert!(phone.adapter.start(request()).now_or_never().is_none());
    has_time.send(()).unwrap();
    assert!(phone.adapter.can_create_key(vin(1)).await.unwrap());
    // The question came after it, so it would have been given to Apple by now.
    assert_eq!(phone.world.borrow().shown, 0);
}

#[tokio::test(start_paused = true)]
async fn wel_4_apple_is_asked_with_the_makers_identifiers_and_without_a_password() {
    let phone = Phone::new();
    assert!(phone.adapter.can_create_key(vin(7)).await.unwrap());
    let asked = phone.world.borrow().configuration.clone().unwrap();
    assert!(asked.password.is_none());
    let identifiers = asked.identifiers;
    assert!(identifiers.radio_technologies == RadioTechnologies::Nfc);
    assert_eq!(identifiers.issuer.as_deref(), Some("issuer"));
    assert_eq!(identifiers.localized_description.as_deref(), Some(vin(7).as_str()));
}

#[tokio::test(start_paused = true)]
async fn gen_2_without_a_main_thread_every_call_ends_with_an_error_that_says_so() {
    let phone = Phone::without_main_thread();
    let error = phone.adapter.start(request()).await.unwrap_err();
    assert!(error.source().unwrap().to_string().contains("main thread"));
    assert!(!phone.adapter.sheet_is_up().await.unwrap());
    assert!(phone.adapter.can_create_key(vin(1)).await.is_err());
    assert!(phone.adapter.presence(key(1)).await.unwrap_err().is_retryable());
    assert!(phone.adapter.open(key(1)).await.unwrap_err().is_retryable());
}

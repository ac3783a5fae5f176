//! The contracts of the three ports, and the guarantees for a script.

#![allow(clippy::unwrap_used, reason = "the helpers are part of the tests")]

use digital_key_domain::{AppleErrorCode, DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingErrorKind, LateAnswer, LifecycleEvent, PairingPassword,
    PairingRequest, Wallet,
};
use digital_key_wallet_mock::{NoSheetError, ScriptedPhone};
use futures_util::FutureExt;
use tokio::task::yield_now;

fn key(id: &str) -> DigitalKeyId {
    DigitalKeyId::try_from(id).unwrap()
}

fn vin() -> Vin {
    "WBA00000000DEMO03".parse().unwrap()
}

fn request(digits: &str) -> PairingRequest {
    PairingRequest::new(vin(), PairingPassword::parse(digits).unwrap())
}

fn made(id: &str) -> PairingAnswer {
    PairingAnswer { pass: Some(key(id)), error: None }
}

mod wallet {
    use super::*;

    #[tokio::test]
    async fn a_key_is_present_exactly_when_it_is_held() {
        let phone = ScriptedPhone::new();
        let presence = |id| phone.presence(key(id)).map(Result::unwrap);
        assert_eq!(presence("K1").await, Presence::Absent);
        phone.add_key(key("K1"));
        phone.add_key(key("K2"));
        assert_eq!(presence("K1").await, Presence::Present);
        phone.delete_key(&key("K1"));
        assert_eq!(presence("K1").await, Presence::Absent);
        assert_eq!(presence("K2").await, Presence::Present);
        phone.clear();
        assert_eq!(presence("K2").await, Presence::Absent);
    }

    #[tokio::test]
    async fn absence_is_claimed_only_by_a_wallet_that_is_able_to_know() {
        let phone = ScriptedPhone::new();
        phone.add_key(key("K1"));
        phone.set_wallet_answers(false);
        for id in ["K1", "K2"] {
            let presence = phone.presence(key(id)).await.unwrap();
            assert_eq!(presence, Presence::CannotSay);
        }
        phone.set_wallet_answers(true);
        assert_eq!(phone.presence(key("K1")).await.unwrap(), Presence::Present);
    }

    #[tokio::test]
    async fn a_held_answer_is_what_the_wallet_held_when_it_was_asked() {
        let phone = ScriptedPhone::new();
        phone.add_key(key("K1"));
        phone.hold_presence();
        let asked = tokio::spawn({
            let phone = phone.clone();
            async move { phone.presence(key("K1")).await }
        });
        phone.presence_asked(1).await;
        phone.delete_key(&key("K1"));
        yield_now().await;
        assert!(!asked.is_finished());
        phone.release_presence();
        assert_eq!(asked.await.unwrap().unwrap(), Presence::Present);
        assert_eq!(phone.presence(key("K1")).await.unwrap(), Presence::Absent);
    }

    #[tokio::test]
    async fn the_wallet_app_opens_at_the_key() {
        let phone = ScriptedPhone::new();
        assert_eq!(phone.wallet_opened_at(), None);
        phone.open(key("K1")).await.unwrap();
        assert_eq!(phone.wallet_opened_at(), Some(key("K1")));
    }

    #[tokio::test]
    async fn a_change_wakes_and_one_between_two_calls_is_delivered_by_the_second() {
        let phone = ScriptedPhone::new();
        phone.add_key(key("before anyone asked"));
        let mut first = phone.next_change();
        assert!((&mut first).now_or_never().is_none());
        phone.add_key(key("K1"));
        first.await.unwrap();

        assert!(phone.next_change().now_or_never().is_none());
        phone.delete_key(&key("K1"));
        phone.clear();
        phone.next_change().await.unwrap();
        assert!(phone.next_change().now_or_never().is_none(), "one call delivers both");
    }

    #[tokio::test]
    async fn only_a_different_set_of_keys_is_a_change() {
        let phone = ScriptedPhone::new();
        phone.add_key(key("K1"));
        assert!(phone.next_change().now_or_never().is_none());
        phone.add_key(key("K1"));
        phone.delete_key(&key("K2"));
        phone.set_wallet_answers(false);
        phone.set_wallet_answers(true);
        assert!(phone.next_change().now_or_never().is_none());
    }
}

mod apple_pairing {
    use super::*;

    #[tokio::test]
    async fn wel_4_apple_says_whether_a_key_can_be_created() {
        let phone = ScriptedPhone::new();
        assert!(phone.can_create_key(vin()).await.unwrap());
        phone.set_can_create(false);
        assert!(!phone.can_create_key(vin()).await.unwrap());
        phone.set_can_create(true);
        assert!(phone.can_create_key(vin()).await.unwrap());
    }

    #[tokio::test]
    async fn a_sheet_is_up_until_its_answer_was_taken() {
        let phone = ScriptedPhone::new();
        assert!(!phone.sheet_is_up().await.unwrap());
        let mut pairing = phone.start(request("12345678"));
        assert!((&mut pairing).now_or_never().is_none());
        assert!(phone.sheet_is_up().await.unwrap());
        phone.answer(made("K1")).unwrap();
        assert!(phone.sheet_is_up().await.unwrap());
        assert_eq!(pairing.await.unwrap(), made("K1"));
        assert!(!phone.sheet_is_up().await.unwrap());
    }

    #[tokio::test]
    async fn all_four_shapes_of_an_answer_arrive() {
        let phone = ScriptedPhone::new();
        for pass in [None, Some(key("K1"))] {
            for error in [None, Some(AppleErrorCode::UserCanceled)] {
                let answer = PairingAnswer { pass: pass.clone(), error };
                let script = async {
                    phone.sheet_shown().await;
                    phone.answer(answer.clone()).unwrap();
                };
                let (answered, ()) = tokio::join!(phone.start(request("12345678")), script);
                assert_eq!(answered.unwrap(), answer);
            }
        }
    }

    #[tokio::test]
    async fn the_key_of_an_answer_is_in_the_wallet_at_once() {
        let phone = ScriptedPhone::new();
        assert!(phone.next_change().now_or_never().is_none());
        let mut pairing = phone.start(request("12345678"));
        assert!((&mut pairing).now_or_never().is_none());
        phone.answer(made("K1")).unwrap();
        assert_eq!(phone.presence(key("K1")).await.unwrap(), Presence::Present);
        phone.next_change().await.unwrap();
    }

    #[tokio::test]
    async fn gen_2_a_sheet_that_vanishes_ends_the_pairing_with_neither() {
        let phone = ScriptedPhone::new();
        let script = async {
            phone.sheet_shown().await;
            phone.dismiss_sheet().unwrap();
        };
        let (answered, ()) = tokio::join!(phone.start(request("12345678")), script);
        assert_eq!(answered.unwrap(), PairingAnswer::default());
        assert!(!phone.sheet_is_up().await.unwrap());
    }

    #[tokio::test]
    async fn a_dropped_start_takes_its_sheet_away() {
        let phone = ScriptedPhone::new();
        let mut pairing = phone.start(request("12345678"));
        assert!((&mut pairing).now_or_never().is_none());
        drop(pairing);
        assert!(!phone.sheet_is_up().await.unwrap());
        assert_eq!(phone.answer(made("K1")), Err(NoSheetError));
        assert_eq!(phone.presence(key("K1")).await.unwrap(), Presence::Absent);
    }

    #[tokio::test]
    async fn a_start_while_a_sheet_is_up_is_refused_and_does_not_count() {
        let phone = ScriptedPhone::new();
        let mut pairing = phone.start(request("12345678"));
        assert!((&mut pairing).now_or_never().is_none());
        let error = phone.start(request("87654321")).await.unwrap_err();
        assert_eq!(error.kind(), ApplePairingErrorKind::AlreadyRunning);
        assert!(phone.sheet_is_up().await.unwrap());
        assert_eq!(phone.pairings_started(), 1);
        assert_eq!(phone.last_request(), Some(request("12345678")));
        phone.dismiss_sheet().unwrap();
        pairing.await.unwrap();
        assert!(phone.start(request("87654321")).now_or_never().is_none());
        assert_eq!(phone.pairings_started(), 2);
        assert_eq!(phone.last_request(), Some(request("87654321")));
    }

    #[tokio::test]
    async fn cbk_7_a_second_answer_is_late_and_comes_after_the_start_has_ended() {
        let phone = ScriptedPhone::new();
        assert_eq!(phone.answer(made("K1")), Err(NoSheetError));
        assert_eq!(phone.dismiss_sheet(), Err(NoSheetError));
        let mut pairing = phone.start(request("12345678"));
        assert!((&mut pairing).now_or_never().is_none());
        phone.answer(PairingAnswer::default()).unwrap();
        assert_eq!(phone.dismiss_sheet(), Err(NoSheetError));
        phone.answer(made("K1")).unwrap();
        assert!(phone.next_late_answer().now_or_never().is_none(), "the start has not ended");
        assert_eq!(pairing.await.unwrap(), PairingAnswer::default());
        phone.answer(made("K2")).unwrap();
        for id in ["K1", "K2"] {
            let late = LateAnswer { vin: vin(), answer: made(id) };
            assert_eq!(phone.next_late_answer().await.unwrap(), Some(late));
            assert_eq!(phone.presence(key(id)).await.unwrap(), Presence::Present);
        }
        assert!(phone.next_late_answer().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_late_answer_belongs_to_its_sheet_while_the_next_one_is_up() {
        let phone = ScriptedPhone::new();
        let (ended, ()) = tokio::join!(phone.start(request("12345678")), async {
            phone.sheet_shown().await;
            phone.answer(PairingAnswer::default()).unwrap();
        });
        ended.unwrap();
        phone.answer(made("K1")).unwrap();
        let mut next = phone.start(request("87654321"));
        assert!((&mut next).now_or_never().is_none());
        assert_eq!(phone.next_late_answer().await.unwrap().unwrap().answer, made("K1"));
        phone.answer(made("K2")).unwrap();
        assert_eq!(next.await.unwrap(), made("K2"));
    }

    #[tokio::test]
    async fn gen_6_debug_shows_no_password_and_no_whole_vin() {
        let phone = ScriptedPhone::new();
        assert!(phone.start(request("12345678")).now_or_never().is_none());
        let debug = format!("{phone:?}");
        assert!(!debug.contains("12345678") && !debug.contains(vin().as_str()));
    }
}

mod app_lifecycle {
    use super::*;
    use LifecycleEvent::{CameToForeground, WentToBackground};

    #[tokio::test]
    async fn events_come_in_order_and_a_dropped_call_loses_none() {
        let phone = ScriptedPhone::new();
        assert!(phone.next_event().now_or_never().is_none());
        let mut waiting = phone.next_event();
        assert!((&mut waiting).now_or_never().is_none());
        phone.background();
        drop(waiting);
        phone.foreground();
        phone.background();
        for event in [WentToBackground, CameToForeground, WentToBackground] {
            assert_eq!(phone.next_event().await, Some(event));
        }
        assert!(phone.next_event().now_or_never().is_none());
    }

    #[tokio::test]
    async fn an_event_wakes_a_call_that_waits_for_it() {
        let phone = ScriptedPhone::new();
        let waiting = tokio::spawn({
            let phone = phone.clone();
            async move { phone.next_event().await }
        });
        yield_now().await;
        phone.foreground();
        assert_eq!(waiting.await.unwrap(), Some(CameToForeground));
    }
}

mod forgotten_app {
    use super::*;

    #[tokio::test]
    async fn the_sheet_and_pending_events_go_and_the_keys_stay() {
        let phone = ScriptedPhone::new();
        phone.set_can_create(false);
        phone.add_key(key("K1"));
        assert!(phone.next_change().now_or_never().is_none());
        let mut pairing = phone.start(request("12345678"));
        assert!((&mut pairing).now_or_never().is_none());
        phone.background();
        phone.add_key(key("K2"));

        phone.forget_app();
        assert!(!phone.sheet_is_up().await.unwrap());
        assert_eq!(phone.answer(made("K3")), Err(NoSheetError));
        assert_eq!(pairing.await.unwrap(), PairingAnswer::default());
        assert!(phone.next_event().now_or_never().is_none());
        assert!(phone.next_change().now_or_never().is_none());
        for id in ["K1", "K2"] {
            assert_eq!(phone.presence(key(id)).await.unwrap(), Presence::Present);
        }
        assert!(!phone.can_create_key(vin()).await.unwrap());
        assert_eq!(phone.pairings_started(), 1);
    }

    #[tokio::test]
    async fn the_end_of_an_old_start_leaves_the_new_sheet_alone() {
        let phone = ScriptedPhone::new();
        let mut old = phone.start(request("12345678"));
        assert!((&mut old).now_or_never().is_none());
        phone.forget_app();
        let mut new = phone.start(request("87654321"));
        assert!((&mut new).now_or_never().is_none());
        drop(old);
        assert!(phone.sheet_is_up().await.unwrap());
        phone.answer(made("K1")).unwrap();
        assert_eq!(new.await.unwrap(), made("K1"));
    }
}

#[tokio::test]
async fn a_script_can_wait_until_all_is_delivered() {
    let phone = ScriptedPhone::new();
    let app = phone.clone();
    let listener = tokio::spawn(async move {
        let mut events = 0;
        while events < 2 {
            app.next_event().await;
            events += 1;
        }
        let changes = app.next_change();
        let more = app.next_event();
        let (changed, _) = futures_util::future::join(changes, more).await;
        changed.unwrap();
    });
    phone.background();
    phone.foreground();
    phone.delivered().await;
    phone.add_key(DigitalKeyId::try_from("K1").unwrap());
    assert!(phone.delivered().now_or_never().is_none(), "the change is not delivered yet");
    listener.abort();
}

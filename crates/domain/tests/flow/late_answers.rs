//! Answers that come late, twice, or to a question that something else has overtaken.

use digital_key_domain::{
    Answer, AppleErrorCode, Effect, Event, KeyState, PageView, PasswordAnswer, Presence, Reason,
    RequestId, StoredPassword, Tap,
};

use crate::story::{A, B, Story, vin};

const CANCELED: Option<AppleErrorCode> = Some(AppleErrorCode::UserCanceled);

/// The ids of the passwords that were asked for, in order.
fn password_questions(story: &Story) -> Vec<RequestId> {
    let ids = story.log.iter().filter_map(|effect| match effect {
        Effect::AskPassword { id, .. } => Some(*id),
        _ => None,
    });
    ids.collect()
}

fn owner(story: &Story) -> String {
    story.record(A).key.owner().unwrap().id.as_str().to_owned()
}

fn answered(id: RequestId, answer: Answer) -> Event {
    Event::Answered { id, vin: vin(A), answer }
}

#[test]
fn wel_3_a_password_is_taken_once_and_only_for_the_question_that_is_open() {
    let mut story = Story::new();
    story.select(A).taps(&[Tap::Entry, Tap::Close]);
    story.hold("bff.pairing_password").hold("cache.store_password").run(Tap::Entry);
    let [before, open] = password_questions(&story)[..] else { panic!("two showings") };
    let fetched = Answer::Password(PasswordAnswer::Fetched);
    let stored = Answer::PasswordStored(Ok(StoredPassword::Stored));
    assert_eq!(story.ignored(answered(before, fetched.clone())), Reason::NotAwaited);
    assert_eq!(story.ignored(answered(open, stored.clone())), Reason::NotAwaited);
    story.run(answered(open, fetched.clone()));
    assert_eq!(story.ignored(answered(open, fetched)), Reason::NotAwaited);
    assert_eq!(story.ignored(answered(before, stored.clone())), Reason::NotAwaited);
    assert!(!story.view().page.continue_enabled());
    story.run(answered(open, stored));
    assert!(story.view().page.continue_enabled());
}

#[test]
fn ent_8_what_the_wallet_says_without_a_tap_on_the_entry_opens_no_page() {
    for presence in [Presence::Present, Presence::Absent, Presence::CannotSay] {
        let mut story = Story::new();
        story.owned_by("K1", true).presence = presence;
        story.select(A).hold("wallet.presence").taps(&[Tap::Entry, Tap::Close]);
        story.release("wallet.presence");
        assert_eq!(story.page(), "VehicleTab", "{presence:?}");
    }
}

#[test]
fn wel_2_a_question_to_the_wallet_that_is_open_already_serves_the_status_too() {
    let mut story = Story::new();
    story.reach_overview(true).hold("wallet.presence");
    let asked = story.calls("wallet.presence");
    story.run(Event::WalletChanged).release("wallet.presence");
    assert_eq!(story.calls("wallet.presence"), asked + 1);
}

#[test]
fn wel_2_an_open_question_about_another_key_does_not_serve_the_status() {
    let mut story = Story::new();
    story.reach_overview(true).hold("wallet.presence").owned_by("K2", true);
    story.run(Event::WalletChanged);
    assert_eq!(story.key_state(), KeyState::OtherDevice, "K2 is not asked about before K1");
    story.release("wallet.presence");
    assert_eq!(story.record(A).key.owner().unwrap().id.as_str(), "K2");
    assert_eq!(story.key_state(), KeyState::ActiveTracked);
}

#[test]
fn cbk_8_a_definite_no_lets_the_status_through() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.presence = Presence::Present;
    story.run(success).taps(&[Tap::Continue, Tap::Continue]);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveUntracked));
    story.presence = Presence::Absent;
    story.run(Event::WalletChanged);
    assert_eq!((story.page(), story.key_state()), ("KeyDeleted", KeyState::None));
}

#[test]
fn cbk_8_a_no_about_another_key_lets_nothing_through_before_the_own_key_was_asked_about() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    story.owned_by("K0", true).presence = Presence::Present;
    story.taps(&[Tap::Entry, Tap::Continue]);
    let late_success = story.apple(Some("K1"), None);
    story.run(late_success).hold("wallet.presence");
    let asked = story.calls("wallet.presence");
    story.run(Event::CameToForeground);
    assert_eq!(story.calls("wallet.presence"), asked + 1, "K0, which Overview remembers");
    story.presence = Presence::Absent;
    story.release("wallet.presence");
    assert_eq!(story.calls("wallet.presence"), asked + 3, "K1, and K0 of the status");
    assert_eq!(story.record(A).key.owner().unwrap().id.as_str(), "K0");
}

#[test]
fn cbk_7_a_success_after_an_error_is_recorded_and_moves_no_page() {
    for error in [CANCELED, None] {
        let mut story = Story::new();
        story.reach_sheet();
        let failure = story.apple(None, error);
        let success = story.apple(Some("K1"), None);
        story.run(failure.clone());
        assert_eq!(story.ignored(failure.clone()), Reason::NotAwaited);
        let asked = story.calls("bff.pairing_password");
        story.run(success.clone());
        assert_eq!(story.view().page, PageView::PairingError { reason: error });
        assert_eq!(story.calls("bff.pairing_password"), asked);
        assert_eq!(story.key_state(), KeyState::ActiveUntracked);
        assert_eq!(owner(&story), "K1");
        assert_eq!(story.uses(A), Some(0), "the password that was fetched meanwhile is unused");
        let another = story.apple(Some("K2"), None);
        for again in [success, failure, another] {
            assert_eq!(story.ignored(again), Reason::NotAwaited);
        }
    }
}

#[test]
fn cbk_5_a_success_after_an_error_deletes_the_password_that_was_used() {
    let mut story = Story::new();
    story.reach_sheet().password = PasswordAnswer::NoneFetched;
    let failure = story.apple(None, CANCELED);
    let success = story.apple(Some("K1"), None);
    story.run(failure);
    assert_eq!(story.uses(A), Some(1));
    story.run(success);
    assert_eq!(story.uses(A), None);
}

#[test]
fn cbk_7_a_success_after_a_late_error_is_recorded_for_its_vehicle() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    let failure = story.apple(None, CANCELED);
    let success = story.apple(Some("K1"), CANCELED);
    story.run(failure).select(B).run(Tap::Entry);
    story.run(success);
    assert_eq!((story.page(), story.key_state()), ("Welcome", KeyState::None));
    assert_eq!(story.view().warning, None);
    assert_eq!(owner(&story), "K1");
}

#[test]
fn cbk_7_a_success_of_the_pairing_before_does_not_end_the_next_one() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    let success = story.apple(Some("K1"), None);
    story.run(failure).run(Tap::Retry).run(success);
    assert!(story.view().pairing_runs);
    assert_eq!((story.page(), owner(&story).as_str()), ("PairingError", "K1"));
    let next = story.apple(Some("K2"), None);
    story.run(next);
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K2"));
}

#[test]
fn gen_5_after_a_sign_out_a_success_that_follows_an_error_is_dropped() {
    for signed_out_first in [false, true] {
        let mut story = Story::new();
        story.reach_sheet();
        let failure = story.apple(None, CANCELED);
        let success = story.apple(Some("K1"), None);
        let mut events = [failure, Event::SignedOut];
        if signed_out_first {
            events.reverse();
        }
        let [first, second] = events;
        story.run(first).run(second).select(A);
        assert_eq!(story.ignored(success), Reason::NotAwaited, "{signed_out_first}");
        assert_eq!(story.record(A).key.owner(), None);
    }
}

#[test]
fn cbk_7_of_many_sheets_without_a_pass_the_last_eight_may_still_succeed() {
    let mut story = Story::new();
    let mut successes = Vec::new();
    for round in 0..9 {
        story.reach_sheet();
        successes.push(story.apple(Some(&format!("K{round}")), None));
        let ended = if round % 2 == 0 { story.sheet_gone() } else { story.apple(None, CANCELED) };
        story.run(ended).run(Tap::Close);
    }
    assert_eq!(story.ignored(successes[0].clone()), Reason::NotAwaited);
    for (round, success) in (1..).zip(&successes[1..]) {
        story.run(success.clone());
        assert_eq!(owner(&story), format!("K{round}"));
    }
}

#[test]
fn cbk_7_a_success_is_recorded_however_many_vehicles_were_selected_since() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    let success = story.apple(Some("K1"), None);
    story.run(failure);
    for number in 0..200 {
        story.select(&format!("WBA000000000{number:05}"));
    }
    story.run(success);
    assert_eq!(owner(&story), "K1");
}

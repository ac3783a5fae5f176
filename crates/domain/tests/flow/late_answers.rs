//! Answers that come late, twice, or to a question that something else has overtaken.

use digital_key_domain::{
    Answer, Effect, Event, KeyState, PasswordAnswer, Presence, Reason, RequestId, StoredPassword,
    Tap,
};

use crate::story::{A, Story, vin};

/// The ids of the passwords that were asked for, in order.
fn password_questions(story: &Story) -> Vec<RequestId> {
    let ids = story.log.iter().filter_map(|effect| match effect {
        Effect::AskPassword { id, .. } => Some(*id),
        _ => None,
    });
    ids.collect()
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
fn cbk_7_of_many_sheets_without_an_answer_the_last_four_may_still_answer() {
    let mut story = Story::new();
    let mut successes = Vec::new();
    for round in 0..5 {
        story.reach_sheet();
        successes.push(story.apple(Some(&format!("K{round}")), None));
        let gone = story.sheet_gone();
        story.run(gone).run(Tap::Close);
    }
    assert_eq!(story.ignored(successes[0].clone()), Reason::NotAwaited);
    for (round, success) in (1..).zip(&successes[1..]) {
        story.run(success.clone());
        let key = format!("K{round}");
        assert_eq!(story.record(A).key.owner().unwrap().id.as_str(), key);
    }
}

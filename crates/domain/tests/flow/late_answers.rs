//! Answers that come late, twice, or to a question that something else has overtaken.

use digital_key_domain::{
    AppleErrorCode, Event, KeyState, PasswordFetch, Presence, Reason, Reply, RequestId,
    StoredPassword, Tap, Verdict,
};

use crate::story::{A, B, Story, vin};

const CANCELED: Option<AppleErrorCode> = Some(AppleErrorCode::UserCanceled);

/// The ids of the passwords that were asked for, in order.
fn password_questions(story: &Story) -> Vec<RequestId> {
    story.requests("bff.pairing_password").iter().map(|request| request.id).collect()
}

fn owner(story: &Story) -> String {
    story.record(A).key.owner().unwrap().id.as_str().to_owned()
}

fn replied(id: RequestId, reply: Reply) -> Event {
    Event::Replied { id, vin: vin(A), reply }
}

#[test]
fn wel_3_a_password_is_taken_once_and_only_for_the_question_that_is_open() {
    let mut story = Story::new();
    story.select(A).taps(&[Tap::Entry, Tap::Close]);
    story.hold("bff.pairing_password").hold("cache.store_password").run(Tap::Entry);
    let [before, open] = password_questions(&story)[..] else { panic!("two showings") };
    let fetched = Reply::Password(PasswordFetch::Fetched);
    let stored = Reply::PasswordStored(Ok(StoredPassword::Stored));
    assert_eq!(story.ignored(replied(before, fetched.clone())), Reason::NotAwaited);
    assert_eq!(story.ignored(replied(open, stored.clone())), Reason::NotAwaited);
    story.run(replied(open, fetched.clone()));
    assert_eq!(story.ignored(replied(open, fetched)), Reason::NotAwaited);
    assert_eq!(story.ignored(replied(before, stored.clone())), Reason::NotAwaited);
    assert!(!story.offers(Tap::Continue));
    story.run(replied(open, stored));
    assert!(story.offers(Tap::Continue));
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
fn cbk_7_a_success_after_an_error_is_recorded_and_shown() {
    for error in [CANCELED, None] {
        let mut story = Story::new();
        story.reach_sheet();
        let failure = story.apple(None, error);
        story.run(failure.clone());
        assert_eq!(story.ignored(failure.clone()), Reason::NotAwaited);
        assert_eq!(story.ignored(Story::late(None, CANCELED)), Reason::NotAwaited);
        let asked = story.calls("bff.pairing_password");
        story.run(Story::late(Some("K1"), None));
        assert_eq!(story.page(), "Tutorial1");
        assert_eq!(story.calls("bff.pairing_password"), asked);
        assert_eq!(story.key_state(), KeyState::ActiveUntracked);
        assert_eq!(owner(&story), "K1");
        assert_eq!(story.uses(A), Some(0), "the password that was fetched meanwhile is unused");
        let by_reply = story.apple(Some("K2"), None);
        for again in [Story::late(Some("K1"), None), failure, by_reply] {
            assert_eq!(story.ignored(again), Reason::NotAwaited);
        }
    }
}

#[test]
fn cbk_7_the_own_answer_of_a_sheet_that_seemed_gone_is_recorded_once() {
    let mut story = Story::new();
    story.reach_sheet();
    let gone = story.sheet_gone();
    let success = story.apple(Some("K1"), None);
    story.run(gone.clone()).run(success.clone());
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
    assert_eq!(story.ignored(success), Reason::NotAwaited);
    assert_eq!(story.ignored(gone), Reason::NotAwaited);
}

#[test]
fn cbk_7_an_error_of_a_sheet_that_seemed_gone_leaves_it_open_for_a_late_success() {
    let mut story = Story::new();
    story.reach_sheet();
    let gone = story.sheet_gone();
    let failure = story.apple(None, CANCELED);
    story.run(gone);
    let calls = story.log.len();
    assert_eq!(story.step(failure.clone()), Verdict::Accepted);
    assert_eq!(story.log.len(), calls, "a late error causes nothing");
    assert_eq!(story.ignored(failure), Reason::NotAwaited);
    story.run(Story::late(Some("K1"), None));
    assert_eq!(owner(&story), "K1");
}

#[test]
fn cbk_5_a_success_after_an_error_deletes_the_password_that_was_used() {
    let mut story = Story::new();
    story.reach_sheet().password = PasswordFetch::NoPassword;
    let failure = story.apple(None, CANCELED);
    story.run(failure);
    assert_eq!(story.uses(A), Some(1));
    story.run(Story::late(Some("K1"), None));
    assert_eq!(story.uses(A), None);
}

#[test]
fn cbk_7_a_success_after_a_late_error_is_recorded_for_its_vehicle() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    let failure = story.apple(None, CANCELED);
    story.run(failure).select(B).run(Tap::Entry);
    story.run(Story::late(Some("K1"), CANCELED));
    assert_eq!((story.page(), story.key_state()), ("Welcome", KeyState::None));
    assert_eq!(story.view().warning, None);
    assert_eq!(owner(&story), "K1");
}

#[test]
fn cbk_7_a_second_success_is_recorded() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    story.run(failure).run(Tap::Retry).run(Story::late(Some("K1"), None));
    let next = story.apple(Some("K2"), None);
    story.run(next);
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K2"));
}

#[test]
fn cbk_7_the_own_success_of_a_sheet_counts_although_a_late_answer_came_before() {
    let mut story = Story::new();
    story.reach_sheet();
    let (gone, success) = (story.sheet_gone(), story.apple(Some("K2"), None));
    story.run(gone).run(Story::late(Some("K1"), None)).run(success);
    assert_eq!(owner(&story), "K2");
}

#[test]
fn cbk_7_a_late_success_of_an_older_sheet_does_not_replace_a_newer_key() {
    let mut story = Story::new();
    story.reach_sheet();
    let (first_gone, first_success) = (story.sheet_gone(), story.apple(Some("K1"), None));
    story.run(first_gone).run(Tap::Retry);
    let second_success = story.apple(Some("K2"), None);
    story.run(second_success);
    for late in [first_success, Story::late(Some("K1"), None)] {
        assert_eq!(story.ignored(late), Reason::NotAwaited);
    }
    assert_eq!(owner(&story), "K2");
}

#[test]
fn cbk_7_a_late_success_disables_the_keys_of_older_sheets() {
    let mut story = Story::new();
    story.reach_sheet();
    let (first_gone, first_success) = (story.sheet_gone(), story.apple(Some("K1"), None));
    story.run(first_gone).run(Tap::Retry);
    let second_failure = story.apple(None, CANCELED);
    story.run(second_failure).run(Story::late(Some("K2"), None));
    assert_eq!(story.ignored(first_success), Reason::NotAwaited);
    assert_eq!(owner(&story), "K2");
}

#[test]
fn cbk_5_a_late_success_uses_up_the_password_also_when_a_status_named_the_key_before() {
    let mut story = Story::new();
    story.reach_sheet().password = PasswordFetch::NoPassword;
    let failure = story.apple(None, CANCELED);
    story.owned_by("K1", false).presence = Presence::Present;
    story.run(failure).taps(&[Tap::Close, Tap::Entry]);
    assert_eq!((story.key_state(), story.uses(A)), (KeyState::ActiveUntracked, Some(1)));
    story.run(Story::late(Some("K1"), None));
    assert_eq!(story.uses(A), None);
}

#[test]
fn cbk_7_a_success_that_overtakes_the_answer_of_its_own_sheet_is_recorded() {
    let mut story = Story::new();
    story.reach_sheet().run(Story::late(Some("K1"), None));
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
    assert_eq!(story.uses(A), None, "the password of the sheet is used up");
    assert_eq!(story.ignored(Story::late(Some("K1"), None)), Reason::NothingToChange);
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
}

#[test]
fn cbk_7_a_sheet_of_another_vehicle_makes_none_forgotten() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    story.run(failure).select(B);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue]);
    let failure = story.apple(None, CANCELED);
    story.run(failure).run(Story::late(Some("K1"), None));
    assert_eq!(owner(&story), "K1");
}

#[test]
fn cbk_7_without_a_sheet_a_late_answer_belongs_to_no_pairing() {
    let mut story = Story::new();
    assert_eq!(story.ignored(Story::late(Some("K1"), None)), Reason::NotAwaited);
    story.reach_ready_to_pair();
    assert_eq!(story.ignored(Story::late(Some("K1"), None)), Reason::NotAwaited);
    story.hold("cache.take_use").run(Tap::Continue);
    assert_eq!(story.ignored(Story::late(Some("K1"), None)), Reason::NotAwaited);
}

#[test]
fn gen_5_after_a_sign_out_a_late_success_is_dropped() {
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
        for late in [success, Story::late(Some("K1"), None)] {
            assert_eq!(story.ignored(late), Reason::NotAwaited, "{signed_out_first}");
        }
        assert_eq!(story.record(A).key.owner(), None);
    }
}

#[test]
fn gen_5_a_late_success_of_a_sheet_that_outlives_the_sign_out_is_dropped() {
    let mut story = Story::new();
    story.reach_sheet().run(Event::SignedOut).select(A);
    assert_eq!(story.ignored(Story::late(Some("K1"), None)), Reason::NotAwaited);
}

/// A late answer names the vehicle only: it may be of the sheet that was up at the sign-out.
#[test]
fn gen_5_gen_9_a_late_answer_is_not_taken_for_the_sheet_of_the_next_account() {
    for gone in [Event::SignedOut, Event::VehicleForgotten(vin(A))] {
        for made_key in [None, Some("K0")] {
            let mut story = Story::new();
            story.reach_sheet();
            let old_answer = story.apple(made_key, CANCELED);
            story.run(old_answer.clone()).run(gone.clone()).reach_sheet();
            let late = Story::late(Some("K1"), None);
            assert_eq!(story.ignored(late.clone()), Reason::NotAwaited, "{gone:?}");
            let failure = story.apple(None, CANCELED);
            story.run(failure);
            assert_eq!(story.ignored(late), Reason::NotAwaited, "{gone:?}");
            assert_eq!((story.page(), story.key_state()), ("PairingError", KeyState::None));
        }
    }
}

#[test]
fn gen_5_the_own_answer_of_a_sheet_counts_for_the_next_account() {
    let mut story = Story::new();
    story.reach_sheet().run(Event::SignedOut);
    let old_failure = story.apple(None, CANCELED);
    story.run(old_failure).reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
}

#[test]
fn cbk_7_a_late_success_counts_after_a_sign_out_if_only_this_account_has_a_sheet() {
    for gone in [Event::SignedOut, Event::VehicleForgotten(vin(A))] {
        let mut story = Story::new();
        story.select(A).run(gone.clone()).reach_sheet();
        let failure = story.apple(None, CANCELED);
        story.run(failure).run(Story::late(Some("K1"), None));
        assert_eq!(owner(&story), "K1", "{gone:?}");
    }
}

#[test]
fn cbk_7_of_many_sheets_that_seemed_gone_the_last_eight_may_still_succeed() {
    let mut story = Story::new();
    let mut successes = Vec::new();
    for round in 0..9 {
        story.reach_sheet();
        successes.push(story.apple(Some(&format!("K{round}")), None));
        let gone = story.sheet_gone();
        story.run(gone).run(Tap::Close);
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
    story.run(failure);
    for number in 0..200 {
        story.select(&format!("WBA000000000{number:05}"));
    }
    story.run(Story::late(Some("K1"), None));
    assert_eq!(owner(&story), "K1");
}

#[test]
fn cbk_8_a_status_that_a_pairing_has_overtaken_is_asked_again() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    story.run(failure).taps(&[Tap::Close]);
    story.hold("bff.pairing_status").run(Tap::Entry);
    story.presence = Presence::Present;
    story.run(Story::late(Some("K1"), None)).taps(&[Tap::Close]);
    let asked = story.calls("bff.pairing_status");
    story.release("bff.pairing_status");
    assert_eq!(story.calls("bff.pairing_status"), asked + 1);
    assert_eq!(story.key_state(), KeyState::ActiveUntracked);
}

#[test]
fn cbk_8_what_the_wallet_was_asked_before_a_pairing_says_nothing_about_the_new_key() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    story.run(failure).owned_by("K1", false).run(Tap::Close);
    story.hold("wallet.presence").run(Tap::Entry).run(Story::late(Some("K1"), None));
    story.presence = Presence::Absent;
    story.release("wallet.presence");
    assert_eq!(story.key_state(), KeyState::ActiveUntracked);
}

use digital_key_domain::{
    AppleErrorCode, CacheFailure, DigitalKeyId, Event, KeyState, PageView, PairingAnswer, Presence,
    Reason, Reply, Request, Tap,
};

use crate::story::{A, B, Story};

const CANCELED: Option<AppleErrorCode> = Some(AppleErrorCode::UserCanceled);

#[test]
fn key_1_rdy_1_the_way_to_the_checkbox() {
    let mut story = Story::new();
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert!(story.page() == "GrabYourTwoKeys" && story.offers(Tap::Continue));
    story.run(Tap::Continue);
    assert_eq!(story.view().page, PageView::ReadyToPair { checked: false, highlighted: false });
}

#[test]
fn rdy_2_continue_without_the_box_highlights_it() {
    let mut story = Story::new();
    story.reach_ready_to_pair().taps(&[Tap::UntickBox, Tap::Continue]);
    assert_eq!(story.view().page, PageView::ReadyToPair { checked: false, highlighted: true });
    assert_eq!(story.uses(A), Some(0));
    story.run(Tap::TickBox);
    assert_eq!(story.view().page, PageView::ReadyToPair { checked: true, highlighted: false });
}

#[test]
fn rdy_3_rdy_4_the_use_is_counted_before_the_sheet_is_shown() {
    let mut story = Story::new();
    story.reach_ready_to_pair().hold("cache.take_use").run(Tap::Continue);
    assert_eq!(story.calls("apple_pairing.start"), 0);
    story.release("cache.take_use");
    assert_eq!((story.calls("apple_pairing.start"), story.uses(A)), (1, Some(1)));
    assert!(story.view().pairing_runs);
}

#[test]
fn rdy_5_a_second_tap_neither_starts_nor_counts() {
    let mut story = Story::new();
    story.reach_ready_to_pair().hold("cache.take_use").run(Tap::Continue);
    assert_eq!(story.ignored(Tap::Continue), Reason::PairingRuns);
    story.release("cache.take_use");
    assert_eq!(story.ignored(Tap::Continue), Reason::PairingRuns);
    assert_eq!(story.ignored(Tap::Back), Reason::PairingRuns);
    assert_eq!((story.calls("apple_pairing.start"), story.uses(A)), (1, Some(1)));
}

#[test]
fn rdy_5_while_a_pairing_runs_continue_highlights_no_box_either() {
    let mut story = Story::new();
    story.reach_ready_to_pair().hold("cache.take_use").taps(&[Tap::Continue, Tap::UntickBox]);
    assert_eq!(story.ignored(Tap::Continue), Reason::PairingRuns);
    story.release("cache.take_use");
    assert_eq!(story.ignored(Tap::Continue), Reason::PairingRuns);
    assert_eq!(story.view().page, PageView::ReadyToPair { checked: false, highlighted: false });
}

#[test]
fn rdy_5_no_other_vehicle_starts_while_the_sheet_is_up() {
    let mut story = Story::new();
    story.reach_sheet().select(B);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::Continue, Tap::TickBox]);
    assert_eq!(story.ignored(Tap::Continue), Reason::PairingRuns);
    let end = story.apple(None, CANCELED);
    story.run(end).run(Tap::Continue);
    assert_eq!(story.calls("apple_pairing.start"), 2);
}

#[test]
fn rdy_6_the_take_decides() {
    let mut gone = Story::new();
    gone.reach_ready_to_pair().cache.clear();
    gone.run(Tap::Continue);
    assert_eq!(gone.page(), "PairingPasswordUnavailable");

    let mut used_up = Story::new();
    used_up.reach_ready_to_pair().use_up(A, 3);
    used_up.run(Tap::Continue);
    assert_eq!(used_up.page(), "PairingPasswordUnavailable");

    let mut broken = Story::new();
    broken.reach_ready_to_pair().cache_fails = Some(CacheFailure::Unavailable);
    broken.run(Tap::Continue);
    assert_eq!((broken.page(), broken.reports()), ("PairingPasswordUnavailable", 1));
    assert_eq!(broken.calls("apple_pairing.start"), 0);
}

#[test]
fn cbk_1_cbk_5_a_pass_is_a_success() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert_eq!((story.page(), story.key_state()), ("Tutorial1", KeyState::ActiveUntracked));
    assert_eq!(story.record(A).key.local().map(DigitalKeyId::as_str), Some("K1"));
    assert_eq!(story.uses(A), None, "the password is one-time");
    assert_eq!(story.view().warning, None);
    story.presence = Presence::Present;
    story.owned_by("K1", true).taps(&[Tap::Continue, Tap::Continue]);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveTracked));
}

#[test]
fn cbk_2_an_error_opens_the_page_and_refreshes_the_password_in_the_background() {
    let mut story = Story::new();
    story.reach_sheet().hold("bff.pairing_password");
    let error = story.apple(None, CANCELED);
    story.run(error);
    assert_eq!(story.view().page, PageView::PairingError { reason: CANCELED, refreshing: true });
    assert!(story.offers(Tap::Retry));
    assert_eq!((story.calls("bff.pairing_password"), story.uses(A)), (2, Some(1)));
    story.release("bff.pairing_password");
    assert_eq!(story.uses(A), Some(0));
}

#[test]
fn cbk_3_a_pass_with_an_error_is_a_success_with_a_warning() {
    let mut story = Story::new();
    story.reach_sheet();
    let both = story.apple(Some("K1"), Some(AppleErrorCode::GenericError));
    story.run(both);
    assert_eq!(story.page(), "Tutorial1");
    assert_eq!(story.view().warning, Some(AppleErrorCode::GenericError));
    story.taps(&[Tap::Continue, Tap::Close]);
    assert_eq!(story.view().warning, None);
}

#[test]
fn cbk_4_neither_is_like_an_error() {
    let mut story = Story::new();
    story.reach_sheet();
    let neither = story.apple(None, None);
    story.run(neither);
    assert_eq!(story.view().page, PageView::PairingError { reason: None, refreshing: false });
    assert_eq!(story.calls("bff.pairing_password"), 2);
}

#[test]
fn cbk_5_a_newer_password_outlives_the_success() {
    let mut story = Story::new();
    story.reach_sheet().hold("bff.pairing_password");
    let error = story.apple(None, CANCELED);
    story.run(error).run(Tap::Retry).release("bff.pairing_password");
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert_eq!(story.uses(A), Some(0), "the one that was fetched meanwhile was not used");
}

#[test]
fn cbk_7_a_duplicate_changes_nothing() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.run(success.clone());
    assert_eq!(story.ignored(success), Reason::NotAwaited);
}

#[test]
fn cbk_7_an_answer_to_the_pairing_before_does_not_end_the_next_one() {
    let mut story = Story::new();
    story.reach_sheet();
    let first = story.apple(None, CANCELED);
    story.run(first.clone()).hold("cache.take_use").run(Tap::Retry);
    assert_eq!(story.ignored(first.clone()), Reason::NotAwaited);
    story.release("cache.take_use");
    assert_eq!(story.ignored(first), Reason::NotAwaited);
    assert!(story.view().pairing_runs);
}

#[test]
fn cbk_7_nothing_answers_a_pairing_before_it_is_started() {
    let mut story = Story::new();
    story.reach_ready_to_pair().hold("cache.take_use").run(Tap::Continue);
    let [Request { id, vin, .. }] = story.requests("cache.take_use")[..] else { panic!() };
    let reply = Reply::Pairing(PairingAnswer::default());
    assert_eq!(story.ignored(Event::Replied { id, vin, reply }), Reason::NotAwaited);
    story.release("cache.take_use");
    assert_eq!(story.calls("apple_pairing.start"), 1);
}

#[test]
fn cbk_7_a_late_success_is_recorded_for_its_vehicle() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    assert_eq!(story.page(), "VehicleTab");
    assert!(story.view().pairing_runs, "the sheet is still up");
    let success = story.apple(Some("K1"), None);
    story.select(B).run(success);
    assert_eq!((story.page(), story.key_state()), ("VehicleTab", KeyState::Unknown));
    assert_eq!(story.record(A).key.state(), KeyState::ActiveUntracked);
    assert_eq!(story.uses(A), None);
}

#[test]
fn cbk_7_a_late_error_refreshes_nothing() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    let error = story.apple(None, CANCELED);
    story.run(error);
    assert_eq!((story.page(), story.calls("bff.pairing_password")), ("VehicleTab", 1));
    assert!(!story.view().pairing_runs);
}

#[test]
fn cbk_8_a_status_from_before_the_success_is_dropped() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    story.hold("bff.pairing_status").run(Tap::Entry);
    let success = story.apple(Some("K1"), None);
    story.presence = Presence::Present;
    story.run(success);
    assert_eq!(story.page(), "Welcome");
    story.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!(story.page(), "Overview");
    let asked = story.calls("bff.pairing_status");
    story.release("bff.pairing_status");
    assert_eq!(story.key_state(), KeyState::ActiveUntracked);
    assert_eq!(story.calls("bff.pairing_status"), asked + 1, "Overview asks anew");
}

#[test]
fn cbk_8_a_later_status_without_the_key_does_not_erase_it_while_the_wallet_holds_it() {
    for lagging in [None, Some("K0")] {
        let mut story = Story::new();
        story.reach_sheet();
        let success = story.apple(Some("K1"), None);
        story.presence = Presence::Present;
        if let Some(id) = lagging {
            story.owned_by(id, true);
        }
        story.run(success).taps(&[Tap::Continue, Tap::Continue]);
        assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveUntracked));
        assert_eq!(story.record(A).key.local().map(DigitalKeyId::as_str), Some("K1"));
        story.presence = Presence::Absent;
        story.run(Event::WalletChanged);
        assert_eq!(story.page(), "KeyDeleted");
        let expected = if lagging.is_some() { KeyState::OtherDevice } else { KeyState::None };
        assert_eq!(story.record(A).key.state(), expected);
    }
}

#[test]
fn cbk_8_after_a_status_has_named_the_key_another_one_is_the_truth() {
    for moved_to in [None, Some("K2")] {
        let mut story = Story::new();
        story.reach_sheet();
        let success = story.apple(Some("K1"), None);
        story.presence = Presence::Present;
        story.owned_by("K1", true).run(success).taps(&[Tap::Continue, Tap::Continue]);
        assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveTracked));
        match moved_to {
            Some(id) => drop(story.owned_by(id, true).hold("wallet.presence")),
            None => story.status.as_mut().unwrap().owner_key = None,
        }
        story.run(Event::CameToForeground);
        let expected = if moved_to.is_some() { KeyState::OtherDevice } else { KeyState::None };
        assert_eq!((story.page(), story.key_state()), ("Overview", expected));
        assert_eq!(story.record(A).key.local(), None);
    }
}

#[test]
fn cbk_8_a_pairing_on_this_phone_lets_the_backend_lag_anew() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.presence = Presence::Present;
    story.owned_by("K1", true).run(success).taps(&[Tap::Continue, Tap::Continue, Tap::Close]);
    story.presence = Presence::Absent;
    story.run(Tap::Entry).status.as_mut().unwrap().owner_key = None;
    story.taps(&[Tap::Close, Tap::Entry]);
    story.taps(&[Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue]);
    let success = story.apple(Some("K1"), None);
    story.presence = Presence::Present;
    story.run(success).taps(&[Tap::Continue, Tap::Continue]);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveUntracked));
}

#[test]
fn gen_2_a_sheet_that_is_gone_is_an_answer() {
    let mut story = Story::new();
    story.reach_sheet().run(Event::WentToBackground).run(Event::CameToForeground);
    assert_eq!(story.calls("apple_pairing.sheet_is_up"), 1);
    let gone = story.sheet_gone();
    story.run(gone.clone());
    assert_eq!(story.view().page, PageView::PairingError { reason: None, refreshing: false });
    assert!(!story.view().pairing_runs);
    assert_eq!(story.ignored(gone), Reason::NotAwaited);
    // The answer comes after all.
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert_eq!((story.page(), story.key_state()), ("Tutorial1", KeyState::ActiveUntracked));
}

#[test]
fn cbk_8_a_page_that_waits_for_a_dropped_status_asks_again() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    story.hold("bff.pairing_status").run(Tap::Entry);
    let success = story.apple(Some("K1"), None);
    story.presence = Presence::Present;
    story.run(success);
    assert!(story.page() == "Welcome" && !story.offers(Tap::Continue));
    let asked = story.calls("bff.pairing_status");
    story.release("bff.pairing_status");
    assert_eq!(story.calls("bff.pairing_status"), asked + 1);
    assert!(story.offers(Tap::Continue));
    story.run(Tap::Continue);
    assert_eq!(story.page(), "Overview");
}

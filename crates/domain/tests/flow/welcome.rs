use digital_key_domain::{
    Event, FailureKind, KeyCreation, KeyState, NoAnswer, PageView, PasswordFetch, Phone, Presence,
    Reason, Settings, Tap,
};

use crate::story::{A, B, Story};

fn on_phone(machine: &str, version: &str) -> Story {
    Story::on(Settings::new(Phone::Ios {
        machine: machine.parse().unwrap(),
        version: version.parse().unwrap(),
    }))
}

fn continue_enabled(story: &Story) -> bool {
    assert_eq!(story.page(), "Welcome");
    story.offers(Tap::Continue)
}

#[test]
fn wel_1_and_wel_3_both_are_fetched_at_the_same_time_on_every_showing() {
    let mut story = Story::new();
    story.hold("bff.pairing_status").hold("bff.pairing_password");
    story.select(A).run(Tap::Entry);
    assert_eq!((story.calls("bff.pairing_status"), story.calls("bff.pairing_password")), (1, 1));
    story.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!((story.calls("bff.pairing_status"), story.calls("bff.pairing_password")), (1, 1));
    story.release("bff.pairing_status").release("bff.pairing_password");
    assert!(continue_enabled(&story), "the joined outcomes count for the new showing");
    story.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!((story.calls("bff.pairing_status"), story.calls("bff.pairing_password")), (2, 2));
}

#[test]
fn wel_1_a_failure_is_about_this_showing_only() {
    let mut story = Story::new();
    story.select(A).taps(&[Tap::Entry, Tap::Close]);
    let good = story.status.clone();
    story.status = Err(NoAnswer::UNREACHABLE);
    story.run(Tap::Entry);
    assert_eq!(story.blockers(), ["BackendError"], "an older status does not hide it");
    story.run(Tap::Continue);
    assert_eq!(story.page(), "BackendError");
    story.status = good;
    story.run(Tap::Retry);
    assert_eq!(story.blockers(), [""; 0]);
}

/// An early answer must not name a blocker that a later one will precede.
#[test]
fn wel_4_no_blocker_is_named_before_continue_is_offered() {
    let mut story = Story::new();
    story.status = Err(NoAnswer::UNREACHABLE);
    story.password = PasswordFetch::NoPassword;
    story.hold("bff.pairing_status").select(A).run(Tap::Entry);
    assert!(!continue_enabled(&story));
    assert_eq!(story.blockers(), [""; 0]);
    story.release("bff.pairing_status");
    assert!(continue_enabled(&story));
    assert_eq!(story.blockers().first(), Some(&"BackendError"));
}

#[test]
fn wel_2_the_wallet_says_where_an_owner_key_is() {
    for (presence, state) in [
        (Presence::Present, KeyState::ActiveTracked),
        (Presence::Absent, KeyState::OtherDevice),
        (Presence::CannotSay, KeyState::OtherDevice),
    ] {
        let mut story = Story::new();
        story.presence = presence;
        story.owned_by("K1", true).select(A).run(Tap::Entry);
        assert_eq!((story.key_state(), story.record(A).key.state()), (state, state));
    }
}

#[test]
fn wel_2_cannot_say_keeps_the_last_definite_answer_for_the_same_key() {
    let mut story = Story::new();
    story.reach_overview(false).run(Tap::Close);
    story.presence = Presence::CannotSay;
    story.run(Tap::Entry);
    assert_eq!((story.page(), story.key_state()), ("Welcome", KeyState::ActiveUntracked));
    // Another key, once the wallet has let the first one go.
    story.presence = Presence::Absent;
    story.owned_by("K2", true).taps(&[Tap::Close, Tap::Entry]);
    story.presence = Presence::CannotSay;
    story.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!(story.key_state(), KeyState::OtherDevice);
}

#[test]
fn wel_3_what_is_no_success_leaves_the_password_and_its_counter() {
    let mut story = Story::new();
    story.reach_sheet();
    assert_eq!(story.uses(A), Some(1));
    story.run(Tap::Close);
    story.password = PasswordFetch::NoPassword;
    story.run(Tap::Entry);
    assert_eq!(story.uses(A), Some(1));
    assert_eq!(story.blockers(), [""; 0]);
    story.password = PasswordFetch::Fetched;
    story.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!(story.uses(A), Some(0));
}

#[test]
fn wel_4_a_failed_status_enables_continue_at_once() {
    let mut story = Story::new();
    story.status = Err(NoAnswer::UNREACHABLE);
    story.hold("bff.pairing_status").hold("bff.pairing_password");
    story.select(A).run(Tap::Entry);
    assert!(!continue_enabled(&story));
    assert_eq!(story.ignored(Tap::Continue), Reason::NotOffered);
    story.release("bff.pairing_status");
    assert!(continue_enabled(&story));
}

#[test]
fn wel_4_an_owner_key_waits_for_the_wallet_only() {
    let mut story = Story::new();
    story.hold("wallet.presence").hold("bff.pairing_password").hold("apple_pairing.can_create_key");
    story.owned_by("K1", true).select(A).run(Tap::Entry);
    assert!(!continue_enabled(&story));
    story.release("wallet.presence");
    assert!(continue_enabled(&story));
    story.run(Tap::Continue);
    assert_eq!(story.page(), "Overview");
}

#[test]
fn wel_4_otherwise_the_password_and_apple_are_waited_for() {
    for last in ["bff.pairing_password", "cache.store_password", "apple_pairing.can_create_key"] {
        let mut story = Story::new();
        story.hold(last).select(A).run(Tap::Entry);
        assert!(!continue_enabled(&story), "{last}");
        story.release(last);
        assert!(continue_enabled(&story), "{last}");
    }
}

#[test]
fn wel_4_a_rank_that_matches_waits_for_the_ranks_before_it_only() {
    let mut story = on_phone("iPhone10,6", "14.2");
    story.hold("bff.pairing_password").hold("apple_pairing.can_create_key");
    story.select(A).run(Tap::Entry);
    assert!(continue_enabled(&story));
    assert_eq!(story.blockers(), ["PhoneNotSupported"]);
    story.run(Tap::Continue);
    assert_eq!(story.page(), "PhoneNotSupported");
    // A secondary user waits for Apple, whose answer comes before, and for no password.
    let mut story = Story::new();
    story.status.as_mut().unwrap().primary_subscriber = false;
    story.hold("bff.pairing_password").hold("apple_pairing.can_create_key");
    story.select(A).run(Tap::Entry);
    assert!(!continue_enabled(&story));
    story.release("apple_pairing.can_create_key");
    assert!(continue_enabled(&story));
    assert_eq!(story.blockers(), ["NotPrimarySubscriber"]);
}

#[test]
fn wel_7_a_blocker_that_becomes_known_joins_the_list() {
    let mut story = on_phone("iPhone10,6", "14.2");
    story.key_creation = KeyCreation::Refused;
    story.password = PasswordFetch::NoPassword;
    story.hold("bff.pairing_password").hold("apple_pairing.can_create_key");
    story.select(A).run(Tap::Entry);
    let mut expected = vec!["PhoneNotSupported"];
    assert_eq!(story.blockers(), expected);
    story.release("bff.pairing_password");
    expected.push("PairingPasswordUnavailable");
    assert_eq!(story.blockers(), expected);
    story.release("apple_pairing.can_create_key");
    expected.insert(1, "PhoneSoftwareUpdateRequired");
    assert_eq!(story.blockers(), expected);
}

#[test]
fn wel_1_in_the_foreground_a_failed_status_is_fetched_again() {
    let mut story = Story::new();
    let good = std::mem::replace(&mut story.status, Err(NoAnswer::UNREACHABLE));
    story.password = PasswordFetch::NoPassword;
    story.select(A).run(Tap::Entry);
    assert_eq!(story.blockers(), ["BackendError"]);
    story.status = good;
    story.password = PasswordFetch::Fetched;
    story.hold("bff.pairing_status").run(Event::CameToForeground);
    assert!(!continue_enabled(&story), "the fetch decides where Continue leads");
    story.release("bff.pairing_status");
    assert_eq!(story.blockers(), [""; 0]);
    story.run(Tap::Continue);
    assert_eq!(story.page(), "GrabYourTwoKeys");
}

#[test]
fn wel_1_in_the_foreground_a_status_that_is_there_is_not_fetched_again() {
    let mut story = Story::new();
    story.select(A).run(Tap::Entry);
    assert_eq!(story.ignored(Event::CameToForeground), Reason::NotConcerned);
    story.run(Tap::Close).status = Err(NoAnswer::UNREACHABLE);
    story.run(Tap::Entry);
    assert_eq!(story.ignored(Event::WalletChanged), Reason::NotConcerned);
}

#[test]
fn mov_4_a_key_that_is_here_after_all_ends_the_move() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction]);
    story.hold("wallet.presence").run(Tap::ConfirmMove);
    assert!(!continue_enabled(&story), "the wallet decides where Continue leads");
    story.presence = Presence::Present;
    story.release("wallet.presence");
    assert!(matches!(story.view().page, PageView::Welcome { move_flow: false, .. }));
    story.run(Tap::Continue);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveTracked));
}

#[test]
fn gen_1_back_on_welcome_gives_the_move_up() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, Tap::ConfirmMove, Tap::Back]);
    assert_eq!(story.page(), "Overview");
    story.run(Tap::Back);
    assert_eq!(story.page(), "VehicleTab");
}

#[test]
fn wel_5_after_a_failed_status_a_cached_owner_key_leads_nowhere() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Close]);
    assert_eq!(story.key_state(), KeyState::OtherDevice);
    story.status = Err(NoAnswer::UNREACHABLE);
    story.taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "BackendError");
}

#[test]
fn wel_6_each_page_in_its_order() {
    let mut story = on_phone("iPhone9,1", "13.5");
    story.key_creation = KeyCreation::Refused;
    story.password = PasswordFetch::NoPassword;
    if let Ok(status) = &mut story.status {
        status.primary_subscriber = false;
        status.prepared = false;
    }
    story.select(A).run(Tap::Entry);
    assert_eq!(
        story.blockers(),
        [
            "PhoneNotSupported",
            "PhoneSoftwareUpdateRequired",
            "NotPrimarySubscriber",
            "VehicleNotPrepared",
            "PairingPasswordUnavailable"
        ]
    );
    story.run(Tap::Continue);
    assert_eq!(story.page(), "PhoneNotSupported");
    // An owner key comes before all of them.
    story.run(Tap::Close).owned_by("K1", true).run(Tap::Entry);
    assert_eq!(story.blockers(), [""; 0]);
    story.run(Tap::Continue);
    assert_eq!(story.page(), "Overview");
}

#[test]
fn wel_6_3_apple_says_that_no_key_can_be_made() {
    let mut story = Story::new();
    story.key_creation = KeyCreation::Refused;
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "PhoneSoftwareUpdateRequired");
    assert!(story.offers(Tap::Retry));
    let mut story = on_phone("iPhone12,1", "13.5");
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "PhoneSoftwareUpdateRequired");
    assert_eq!(story.ignored(Tap::Retry), Reason::NotOffered);
}

#[test]
fn wel_6_6_a_used_up_password_is_no_password() {
    let mut story = Story::new();
    story.select(A).taps(&[Tap::Entry, Tap::Close]);
    story.use_up(A, 3);
    let mut restarted = Story::new();
    restarted.cache = story.cache;
    restarted.password = PasswordFetch::NoPassword;
    restarted.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(restarted.page(), "PairingPasswordUnavailable");
}

#[test]
fn wel_8_an_unknown_phone_model_may_try() {
    let mut story = on_phone("arm64", "14.2");
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "GrabYourTwoKeys");
}

#[test]
fn wel_leaving_cancels_nothing_and_the_answer_is_stored() {
    let mut story = Story::new();
    story.hold("bff.pairing_status").owned_by("K1", true).select(A);
    story.taps(&[Tap::Entry, Tap::Back]);
    story.select(B).release("bff.pairing_status");
    assert_eq!(story.page(), "VehicleTab");
    assert_eq!(story.record(A).key.state(), KeyState::OtherDevice);
    assert_eq!(story.record(B).key.state(), KeyState::Unknown);
}

#[test]
fn mov_3_welcome_in_the_move_flow_does_not_lead_back_to_overview() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, Tap::ConfirmMove]);
    assert!(matches!(story.view().page, PageView::Welcome { move_flow: true, .. }));
    story.run(Tap::Continue);
    assert_eq!(story.page(), "GrabYourTwoKeys");
}

#[test]
fn mov_4_the_move_flow_ends_with_the_flow() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, Tap::ConfirmMove, Tap::Close]);
    story.taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "Overview");
    story.taps(&[Tap::CardAction, Tap::ConfirmMove]);
    story.select(B).select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "Overview");
}

fn busy(wait: u64) -> NoAnswer {
    NoAnswer { kind: FailureKind::Status { status: 429 }, wait: Some(wait) }
}

#[test]
fn gen_11_backend_error_asks_to_wait_as_long_as_the_failed_status_does() {
    let mut story = Story::new();
    story.status = Err(busy(30));
    story.select(A).taps(&[Tap::Entry]);
    assert_eq!(story.view().wait, None);
    story.run(Tap::Continue);
    assert_eq!((story.page(), story.view().wait), ("BackendError", Some(30)));
    story.status = Err(NoAnswer::UNREACHABLE);
    story.taps(&[Tap::Retry, Tap::Continue]);
    assert_eq!((story.page(), story.view().wait), ("BackendError", None));
    story.run(Tap::Close);
    assert_eq!(story.view().wait, None);
}

#[test]
fn gen_11_a_page_without_a_password_asks_to_wait_as_long_as_the_failed_fetch_does() {
    let mut story = Story::new();
    story.password = PasswordFetch::Failed(busy(90));
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!((story.page(), story.view().wait), ("PairingPasswordUnavailable", Some(90)));
    // The backend has none: nothing says how long that takes.
    story.password = PasswordFetch::NoPassword;
    story.taps(&[Tap::Retry, Tap::Continue]);
    assert_eq!((story.page(), story.view().wait), ("PairingPasswordUnavailable", None));
}

#[test]
fn gen_11_another_error_page_asks_for_no_wait() {
    let mut story = Story::new();
    story.password = PasswordFetch::Failed(busy(90));
    story.key_creation = KeyCreation::Refused;
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!((story.page(), story.view().wait), ("PhoneSoftwareUpdateRequired", None));
}

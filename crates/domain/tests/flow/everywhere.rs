use digital_key_domain::{
    AppleErrorCode, CacheFailure, Effect, EntryView, Event, KeyCreation, KeyState, NoAnswer,
    PairingAnswer, PasswordFetch, Presence, Question, Reason, Reply, Request, Support, Tap,
    Verdict,
};

use crate::story::{A, B, Story, key, vin};

#[test]
fn gen_1_back_and_close() {
    let mut story = Story::new();
    story.reach_ready_to_pair().run(Tap::Back);
    assert_eq!(story.page(), "GrabYourTwoKeys");
    story.run(Tap::Back);
    assert_eq!(story.page(), "Welcome");
    story.run(Tap::Back);
    assert_eq!(story.page(), "VehicleTab");
    assert_eq!(story.ignored(Tap::Back), Reason::NotOffered);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::Close]);
    assert_eq!(story.page(), "VehicleTab");
}

#[test]
fn gen_1_closing_before_the_sheet_is_up_shows_no_sheet() {
    let mut story = Story::new();
    story.reach_ready_to_pair().hold("cache.take_use").run(Tap::Continue);
    story.run(Tap::Close).release("cache.take_use");
    assert_eq!((story.calls("apple_pairing.start"), story.uses(A)), (0, Some(1)));
    assert_eq!(story.view().password_uses.map(|uses| uses.get()), Some(1));
    assert!(!story.view().pairing_runs);
}

#[test]
fn gen_2_without_a_vehicle_every_tap_is_ignored() {
    let mut story = Story::new();
    for tap in [Tap::Entry, Tap::Continue, Tap::Close, Tap::TickBox, Tap::ConfirmMove] {
        assert_eq!(story.ignored(tap), Reason::NotOffered);
    }
    assert_eq!(story.ignored(Event::CameToForeground), Reason::NotConcerned);
    assert_eq!(story.ignored(Event::WalletChanged), Reason::NotConcerned);
}

#[test]
fn gen_2_looking_after_the_sheet_is_no_ignored_event() {
    let mut story = Story::new();
    story.reach_sheet();
    assert_eq!(story.step(Event::CameToForeground), Verdict::Accepted);
    assert_eq!(story.calls("apple_pairing.sheet_is_up"), 1);
}

#[test]
fn gen_3_another_vehicle_ends_the_flow() {
    let mut story = Story::new();
    story.reach_overview(true).status = Err(NoAnswer::UNREACHABLE);
    story.select(B);
    assert_eq!((story.page(), story.key_state()), ("VehicleTab", KeyState::Unknown));
    assert_eq!(story.view().password_uses, None);
}

#[test]
fn gen_5_sign_out_forgets_everything() {
    let mut story = Story::new();
    story.hold("bff.pairing_status").select(A).taps(&[Tap::Entry]);
    story.run(Event::SignedOut);
    assert_eq!(story.view().vehicle, None);
    assert_eq!(story.view().entry, EntryView::Hidden);
    assert!(story.cache.is_empty());
    // The old answer comes and is dropped.
    assert_eq!(story.open.len(), 1);
    let Request { id, vin, .. } = story.take_open("bff.pairing_status");
    let reply = Reply::Status(story.status.clone());
    assert_eq!(story.ignored(Event::Replied { id, vin, reply }), Reason::NotAwaited);
}

#[test]
fn gen_5_apples_answer_from_before_is_dropped() {
    for reselected in [false, true] {
        let mut story = Story::new();
        story.reach_sheet().run(Event::SignedOut);
        assert!(story.view().pairing_runs, "the sheet is still up");
        if reselected {
            story.select(A);
        }
        let success = story.apple(Some("K1"), None);
        story.run(success);
        assert_eq!(story.record(A).key.state(), KeyState::Unknown);
        assert!(!story.view().pairing_runs);
    }
}

#[test]
fn gen_5_only_apples_answer_ends_a_forgotten_sheet() {
    let mut story = Story::new();
    story.reach_sheet().run(Event::SignedOut);
    let (id, vin) = story.last_pairing();
    let reply = Reply::CanCreateKey(KeyCreation::Possible);
    assert_eq!(story.ignored(Event::Replied { id, vin, reply }), Reason::NotAwaited);
    assert!(story.view().pairing_runs);
    let gone = story.sheet_gone();
    story.run(gone);
    assert!(!story.view().pairing_runs);
}

#[test]
fn gen_5_a_sheet_that_is_gone_is_forgotten_too() {
    let mut story = Story::new();
    story.reach_sheet().run(Event::SignedOut).select(A);
    let gone = story.sheet_gone();
    story.run(gone);
    let success = story.apple(Some("K1"), None);
    assert_eq!(story.ignored(success), Reason::NotAwaited);
}

#[test]
fn gen_7_a_lost_cache_is_rebuilt_and_reported_once() {
    let mut story = Story::new();
    story.cache_fails = Some(CacheFailure::Lost);
    story.select(A);
    assert_eq!(story.view().entry, EntryView::DigitalKey);
    story.cache_fails = None;
    story.select(B).run(Tap::Entry);
    assert_eq!((story.page(), story.reports()), ("Welcome", 1));
}

#[test]
fn gen_7_an_unavailable_cache_never_stops_the_app() {
    let mut story = Story::new();
    story.cache_fails = Some(CacheFailure::Unavailable);
    story.select(A).taps(&[Tap::Entry]);
    assert_eq!(story.blockers(), ["PairingPasswordUnavailable"]);
    assert_eq!(story.reports(), 1);
}

#[test]
fn err_4_a_generation_that_the_cache_has_seen_is_not_stored_twice() {
    // The record could not be read, so that this machine counts from the beginning.
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    let mut blind = Story::new();
    blind.cache = story.cache;
    blind.cache_fails = Some(CacheFailure::Unavailable);
    blind.select(A).cache_fails = None;
    blind.run(Tap::Entry);
    assert_eq!(blind.uses(A), Some(1), "the older number never resets the count");
    blind.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!(blind.uses(A), Some(0), "the next fetch has a newer number");
}

#[test]
fn ent_3_a_vehicle_in_memory_is_not_loaded_again() {
    let mut story = Story::new();
    story.select(A).select(B).select(A);
    assert_eq!(story.calls("cache.load"), 2);
}

#[test]
fn ent_6_a_vehicle_that_waits_for_an_answer_is_not_forgotten() {
    let mut story = Story::new();
    story.hold("bff.support").select(A);
    let Request { id, vin, .. } = story.take_open("bff.support");
    story.held.clear();
    for number in 0..200 {
        story.select(&format!("WBA{number:014}"));
    }
    let reply = Reply::Support(story.support);
    story.run(Event::Replied { id, vin, reply });
    assert_eq!(story.record(A).support, Some(Support::Supported { upgrade_required: false }));
}

#[test]
fn many_vehicles_make_room_for_new_ones() {
    let mut story = Story::new();
    story.reach_sheet().run(Tap::Close);
    for number in 0..200 {
        story.select(&format!("WBA{number:014}"));
    }
    let loaded = story.calls("cache.load");
    story.select("WBA00000000000000");
    assert_eq!(story.calls("cache.load"), loaded + 1, "the first one was forgotten");
    let success = story.apple(Some("K1"), None);
    story.run(success).presence = Presence::Present;
    story.select(A).run(Tap::Entry);
    assert_eq!(story.page(), "Overview", "the vehicle of the sheet was not forgotten");
}

#[test]
fn cbk_6_reasons_have_advice_of_their_own() {
    let mut advice: Vec<_> =
        AppleErrorCode::ALL.iter().map(|code| format!("{:?}", code.advice())).collect();
    advice.dedup();
    assert_eq!(advice.len(), AppleErrorCode::ALL.len());
}

#[test]
fn wel_3_no_password_at_all() {
    let mut story = Story::new();
    story.password = PasswordFetch::NoPassword;
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "PairingPasswordUnavailable");
    story.password = PasswordFetch::Fetched;
    story.taps(&[Tap::Retry, Tap::Continue]);
    assert_eq!(story.page(), "GrabYourTwoKeys");
}

/// Every tap on the page that is shown now, each on a copy of the machine.
fn taps_by_verdict(story: &Story) -> (Vec<Tap>, Vec<Tap>) {
    Tap::ALL.into_iter().partition(|tap| {
        let mut flow = story.flow.clone();
        flow.step((*tap).into(), &mut Vec::new()) != Verdict::Ignored(Reason::NotOffered)
    })
}

#[test]
fn gen_8_exactly_the_offered_taps_are_handled_on_each_page_of_the_way() {
    let mut story = Story::new();
    let check = |story: &mut Story, page: &str, offered: &[Tap]| {
        assert_eq!(story.page(), page);
        assert_eq!(story.view().offers.iter().collect::<Vec<_>>(), offered, "{page}");
        assert_eq!(taps_by_verdict(story).0, offered, "{page}");
    };
    check(&mut story, "VehicleTab", &[]);
    check(story.select(A), "VehicleTab", &[Tap::Entry]);
    story.hold("bff.pairing_password");
    check(story.run(Tap::Entry), "Welcome", &[Tap::Back, Tap::Close]);
    let welcome = [Tap::Continue, Tap::Back, Tap::Close];
    check(story.release("bff.pairing_password"), "Welcome", &welcome);
    check(story.run(Tap::Continue), "GrabYourTwoKeys", &welcome);
    let unchecked = [Tap::Continue, Tap::TickBox, Tap::Back, Tap::Close];
    check(story.run(Tap::Continue), "ReadyToPair", &unchecked);
    let checked = [Tap::Continue, Tap::UntickBox, Tap::Back, Tap::Close];
    check(story.run(Tap::TickBox), "ReadyToPair", &checked);
    check(story.run(Tap::Continue), "ReadyToPair", &checked);
    let failure = story.apple(None, None);
    let error = [Tap::Retry, Tap::ConfirmError, Tap::Back, Tap::Close];
    check(story.run(failure), "PairingError", &error);
    story.run(Tap::Retry);
    let success = story.apple(Some("K1"), None);
    check(story.run(success), "Tutorial1", &welcome);
    check(story.run(Tap::Continue), "Tutorial2", &welcome);
    story.presence = Presence::Present;
    let overview = [Tap::CardAction, Tap::Tutorial, Tap::Back, Tap::Close];
    check(story.run(Tap::Continue), "Overview", &overview);
    story.presence = Presence::Absent;
    let deleted = [Tap::ConfirmError, Tap::Back, Tap::Close];
    check(story.run(Event::CameToForeground), "KeyDeleted", &deleted);
}

#[test]
fn gen_8_move_key_warning_and_an_error_without_retry() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue, Tap::CardAction]);
    assert_eq!(story.page(), "MoveKeyWarning");
    let offered = [Tap::ConfirmMove, Tap::CancelMove, Tap::Back, Tap::Close];
    assert_eq!(taps_by_verdict(&story).0, offered);
    if let Ok(status) = &mut story.status {
        status.primary_subscriber = false;
    }
    story.taps(&[Tap::ConfirmMove, Tap::Continue]);
    assert_eq!(story.page(), "NotPrimarySubscriber");
    assert_eq!(taps_by_verdict(&story).0, [Tap::ConfirmError, Tap::Back, Tap::Close]);
}

#[test]
fn gen_9_a_forgotten_vehicle_leaves_nothing_and_ends_its_flow() {
    let mut story = Story::new();
    story.select(B).select(A).run(Tap::Entry);
    story.run(Event::VehicleForgotten(vin(A)));
    assert_eq!((story.view().vehicle, story.page()), (None, "VehicleTab"));
    assert!(!story.cache.contains_key(&vin(A)));
    assert!(story.cache.contains_key(&vin(B)));
    story.select(B);
    story.run(Event::VehicleForgotten(vin(A)));
    assert_eq!(story.view().vehicle, Some(vin(B)));
}

#[test]
fn gen_9_answers_that_belong_to_a_forgotten_vehicle_are_dropped() {
    let mut story = Story::new();
    story.hold("bff.pairing_status").hold("bff.pairing_password");
    story.select(A).run(Tap::Entry);
    let open = std::mem::take(&mut story.open);
    story.run(Event::VehicleForgotten(vin(A)));
    let mut dropped = 0;
    for effect in open {
        let Effect::Request(Request { id, vin, question }) = effect else { continue };
        let reply = match question {
            Question::Status => Reply::Status(story.status.clone()),
            Question::Password => Reply::Password(PasswordFetch::Fetched),
            _ => continue,
        };
        assert_eq!(story.ignored(Event::Replied { id, vin, reply }), Reason::NotAwaited);
        dropped += 1;
    }
    assert_eq!(dropped, 2);
    story.select(A);
    assert_eq!((story.uses(A), story.key_state()), (None, KeyState::Unknown));
    assert_eq!(story.calls("cache.store_password"), 0);
}

#[test]
fn gen_9_a_key_that_a_sheet_makes_after_its_vehicle_was_forgotten_is_dropped() {
    let mut story = Story::new();
    story.reach_sheet();
    story.run(Event::VehicleForgotten(vin(A)));
    assert!(story.view().pairing_runs);
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert!(!story.view().pairing_runs);
    let late = PairingAnswer { pass: Some(key("K1")), error: None };
    let late = Event::LateAnswer { vin: vin(A), answer: late };
    assert_eq!(story.ignored(late), Reason::NotAwaited);
    assert!(!story.cache.contains_key(&vin(A)));
}

use digital_key_domain::{
    Answer, AppleErrorCode, CacheFailure, Effect, EntryView, Event, Failed, Generation, KeyState,
    PasswordAnswer, PasswordUse, Presence, Reason, RecordChange, Support, Tap, UsageCounter,
    VehicleRecord, Verdict,
};

use crate::story::{A, B, Story};

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
    assert_eq!(story.ignored(Event::CameToForeground), Reason::NotOffered);
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
    story.reach_overview(true).status = Err(Failed);
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
    let open = std::mem::take(&mut story.open);
    assert_eq!(open.len(), 1);
    let Effect::AskStatus { id, vin } = open[0] else { panic!("{open:?}") };
    let answer = Answer::Status(story.status.clone());
    assert_eq!(story.ignored(Event::Answered { id, vin, answer }), Reason::NotAwaited);
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
    let answer = Answer::CanCreate(true);
    assert_eq!(story.ignored(Event::Answered { id, vin, answer }), Reason::NotAwaited);
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
fn err_4_the_same_generation_never_resets_the_counter() {
    let generation = Generation::new(1);
    let used = PasswordUse { generation, uses: UsageCounter::new(2) };
    let mut record = VehicleRecord::default();
    for change in [
        RecordChange::PasswordStored(generation),
        RecordChange::UseTaken(used),
        RecordChange::PasswordStored(generation),
    ] {
        record.apply(&change);
    }
    assert_eq!(record.password, Some(used));
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
    let open = std::mem::take(&mut story.open);
    let [Effect::AskSupport { id, vin }] = open[..] else { panic!("{open:?}") };
    story.held.clear();
    for number in 0..200 {
        story.select(&format!("WBA{number:014}"));
    }
    let answer = Answer::Support(story.support);
    story.run(Event::Answered { id, vin, answer });
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
    story.password = PasswordAnswer::NoneFetched;
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "PairingPasswordUnavailable");
    story.password = PasswordAnswer::Fetched;
    story.taps(&[Tap::Retry, Tap::Continue]);
    assert_eq!(story.page(), "GrabYourTwoKeys");
}

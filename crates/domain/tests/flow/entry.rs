use digital_key_domain::{
    DigitalKeyCapability, EntryMode, EntryView, Event, FailureKind, HiddenReason, Intent, KeyState,
    NoAnswer, PageView, Phone, Presence, Reason, Settings, Support, SupportAnswer, Tap,
};

use crate::story::{A, B, Story, vin};

#[test]
fn ent_1_an_unsupported_platform_shows_no_entry_and_asks_nothing() {
    let mut story = Story::on(Settings::new(Phone::Android));
    story.select(A);
    assert_eq!(story.view().entry, EntryView::Hidden);
    assert_eq!(story.log, []);
    assert_eq!(story.ignored(Tap::Entry), Reason::NotOffered);
}

#[test]
fn ent_2_an_unknown_vehicle_is_asked_about_and_stored() {
    let mut story = Story::new();
    story.select(A);
    assert_eq!(story.view().entry, EntryView::DigitalKey);
    assert_eq!(story.record(A).support, Some(Support::Supported { upgrade_required: false }));
    story.support = Ok(SupportAnswer::Known(Support::NotSupported));
    story.select(B);
    assert_eq!(story.view().entry, EntryView::Hidden);
    assert_eq!(story.record(B).support, Some(Support::NotSupported));
}

#[test]
fn ent_3_a_known_vehicle_is_decided_from_the_cache() {
    let mut story = Story::new();
    for (vehicle, support, entry) in [
        (A, Support::Supported { upgrade_required: true }, EntryView::DigitalKey),
        (B, Support::NotSupported, EntryView::Hidden),
    ] {
        story.cache.entry(vehicle.parse().unwrap()).or_default().support = Some(support);
        story.select(vehicle);
        assert_eq!(story.view().entry, entry);
    }
    assert_eq!(story.calls("bff.support"), 0);
}

#[test]
fn ent_4_a_failure_leaves_it_unknown_and_the_next_selection_asks_again() {
    for answer in [Err(NoAnswer::UNREACHABLE), Ok(SupportAnswer::Unknown)] {
        let mut story = Story::new();
        story.support = answer;
        story.select(A);
        assert_eq!(story.view().entry, EntryView::Hidden);
        assert_eq!(story.record(A).support, None);
        story.support = Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false }));
        story.select(A);
        assert_eq!(story.calls("bff.support"), 2);
        assert_eq!(story.view().entry, EntryView::DigitalKey);
    }
}

// ENT-5 is about what is not there, which no scenario can show.
#[test]
fn ent_4_in_the_foreground_a_failed_request_is_made_again() {
    let mut story = Story::new();
    let good = std::mem::replace(&mut story.support, Err(NoAnswer::UNREACHABLE));
    story.select(A);
    assert_eq!(story.view().entry, EntryView::Hidden);
    assert_eq!(story.ignored(Event::WalletChanged), Reason::NotConcerned);
    story.support = good;
    story.run(Event::CameToForeground);
    assert_eq!(story.view().entry, EntryView::DigitalKey);
    assert_eq!(story.ignored(Event::CameToForeground), Reason::NotConcerned);
    assert_eq!(story.calls("bff.support"), 2);
}

#[test]
fn ent_1_in_the_foreground_android_asks_nothing() {
    let mut story = Story::on(Settings::new(Phone::Android));
    story.select(A);
    assert_eq!(story.ignored(Event::CameToForeground), Reason::NotConcerned);
    assert_eq!(story.calls("bff.support"), 0);
}

#[test]
fn ent_5_nothing_about_remote_services_is_known() {
    let mut story = Story::new();
    // All fields of a support answer: with a new one this test does not compile until it has a value here.
    let capability = DigitalKeyCapability {
        state: Some("ACTIVATED"),
        package: Some("SMACC_1_5"),
        ..Default::default()
    };
    story.support = Ok(SupportAnswer::decide(Some(capability)));
    story.select(A);
    assert_eq!(story.view().entry, EntryView::DigitalKey);
}

#[test]
fn ent_6_an_answer_is_stored_for_the_vehicle_that_was_asked_about() {
    let mut story = Story::new();
    story.hold("bff.support").select(A);
    story.select(B);
    story.select(A);
    assert_eq!(story.calls("bff.support"), 2, "the open request of A is joined");
    story.select(B).release("bff.support");
    assert!(story.record(A).support.is_some() && story.record(B).support.is_some());
    assert_eq!(story.view().vehicle, Some(B.parse().unwrap()));
}

#[test]
fn ent_6_a_vehicle_that_is_not_selected_any_more_is_not_asked_about() {
    let mut story = Story::new();
    story.hold("cache.load").select(A).select(B).release("cache.load");
    assert_eq!((story.calls("cache.load"), story.calls("bff.support")), (2, 1));
    assert_eq!(story.record(A).support, None);
    story.select(A);
    assert_eq!(story.view().entry, EntryView::DigitalKey);
}

#[test]
fn ent_6_selecting_the_selected_vehicle_again() {
    let mut story = Story::new();
    story.hold("bff.support").select(A);
    let again = Event::Intent(Intent::SelectVehicle(A.parse().unwrap()));
    assert_eq!(story.ignored(again.clone()), Reason::AlreadySelected);
    story.release("bff.support").run(Tap::Entry);
    assert_eq!(story.page(), "Welcome");
    assert_eq!(story.ignored(again), Reason::AlreadySelected);
}

#[test]
fn ent_7_coming_soon_follows_the_same_rules_and_leads_nowhere() {
    let mut settings = Settings::new(Phone::Ios {
        machine: "iPhone12,1".parse().unwrap(),
        version: "14.2".parse().unwrap(),
    });
    settings.entry_mode = EntryMode::ComingSoon;
    let mut story = Story::on(settings);
    story.select(A);
    assert_eq!(story.view().entry, EntryView::ComingSoon);
    assert_eq!(story.ignored(Tap::Entry), Reason::NotOffered);
    story.support = Ok(SupportAnswer::Known(Support::NotSupported));
    story.select(B);
    assert_eq!(story.view().entry, EntryView::Hidden);
}

#[test]
fn ent_8_a_confirmed_key_opens_overview_directly() {
    let mut story = Story::new();
    story.reach_overview(true).run(Tap::Close);
    story.run(Tap::Entry);
    assert_eq!(story.page(), "Overview");
    assert_eq!(story.calls("bff.pairing_password"), 1, "Welcome was shown once only");
}

#[test]
fn ent_8_a_definite_no_corrects_the_cache_and_opens_welcome() {
    let mut story = Story::new();
    story.reach_overview(true).run(Tap::Close);
    story.presence = Presence::Absent;
    story.hold("bff.pairing_status").run(Tap::Entry);
    assert_eq!(story.page(), "Welcome");
    assert_eq!(story.key_state(), KeyState::OtherDevice);
    assert_eq!(story.record(A).key.state(), KeyState::OtherDevice);
    assert_eq!(story.record(A).key.owner().unwrap().id.as_str(), "K1", "the id is kept");
}

#[test]
fn ent_9_a_wallet_that_cannot_say_opens_welcome_and_corrects_nothing() {
    let mut story = Story::new();
    story.reach_overview(true).run(Tap::Close);
    story.presence = Presence::CannotSay;
    story.hold("bff.pairing_status").run(Tap::Entry);
    assert_eq!(story.page(), "Welcome");
    assert_eq!(story.key_state(), KeyState::ActiveTracked);
}

#[test]
fn ent_9_no_information_or_a_key_elsewhere_opens_welcome_without_the_wallet() {
    let mut story = Story::new();
    story.select(A).run(Tap::Entry);
    assert_eq!(story.page(), "Welcome");
    story.owned_by("K1", true).taps(&[Tap::Close, Tap::Entry, Tap::Close]);
    let asked = story.calls("wallet.presence");
    story.hold("bff.pairing_status").run(Tap::Entry);
    assert_eq!((story.page(), story.calls("wallet.presence")), ("Welcome", asked));
}

#[test]
fn ent_8_while_the_wallet_is_asked_a_second_tap_does_nothing() {
    let mut story = Story::new();
    story.reach_overview(true).run(Tap::Close);
    story.hold("wallet.presence").run(Tap::Entry);
    assert_eq!(story.page(), "VehicleTab");
    assert_eq!(story.ignored(Tap::Entry), Reason::NotOffered);
    story.release("wallet.presence");
    assert_eq!(story.page(), "Overview");
}

#[test]
fn req_5_a_needed_upgrade_reaches_the_view() {
    let mut story = Story::new();
    story.support = Ok(SupportAnswer::Known(Support::Supported { upgrade_required: true }));
    story.select(A);
    assert!(story.view().vehicle_upgrade_required);
}

/// Returns why there is no entry.
fn hidden(story: &Story) -> Option<HiddenReason> {
    match story.view().page {
        PageView::VehicleTab { hidden, .. } => hidden,
        page => panic!("{page:?}"),
    }
}

#[test]
fn ent_4_the_view_says_why_there_is_no_entry() {
    let mut story = Story::new();
    assert_eq!(hidden(&story), Some(HiddenReason::NoVehicle));
    story.hold("bff.support").select(A);
    assert_eq!(hidden(&story), Some(HiddenReason::Asking));
    let no_answer = NoAnswer { kind: FailureKind::Status { status: 503 }, wait: Some(12) };
    story.support = Err(no_answer);
    story.release("bff.support");
    assert_eq!(hidden(&story), Some(HiddenReason::Failed(no_answer)));
    // GEN-11
    assert_eq!(story.view().wait, Some(12));
    story.support = Ok(SupportAnswer::Unknown);
    story.select(A);
    assert_eq!(hidden(&story), Some(HiddenReason::UnknownValue));
    assert_eq!(story.view().wait, None);
    story.hold("bff.support").select(A);
    assert_eq!(hidden(&story), Some(HiddenReason::Asking));
    story.support = Ok(SupportAnswer::Known(Support::NotSupported));
    story.release("bff.support");
    assert_eq!(hidden(&story), Some(HiddenReason::NotSupported));
    story.support = Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false }));
    story.select(B);
    assert_eq!(hidden(&story), None);

    let mut story = Story::on(Settings::new(Phone::Android));
    assert_eq!(hidden(&story), Some(HiddenReason::Platform));
    story.select(A);
    assert_eq!(hidden(&story), Some(HiddenReason::Platform));
}

#[test]
fn ent_10_a_refresh_asks_again_and_the_cached_answer_goes_on_deciding() {
    let mut story = Story::new();
    story.select(A).run(Tap::Entry);
    story.hold("bff.support").run(Event::RefreshRequested(vin(A)));
    assert_eq!((story.calls("bff.support"), story.page()), (2, "Welcome"));
    assert_eq!(story.view().entry, EntryView::DigitalKey);
    // One request stays in flight.
    assert_eq!(story.ignored(Event::RefreshRequested(vin(A))), Reason::NothingToChange);
    story.support = Ok(SupportAnswer::Known(Support::NotSupported));
    story.release("bff.support");
    assert_eq!((story.view().entry, story.page()), (EntryView::Hidden, "Welcome"));
    assert_eq!(story.cache[&vin(A)].support, Some(Support::NotSupported));
}

#[test]
fn ent_10_a_refresh_that_fails_or_brings_an_unknown_value_changes_nothing() {
    for answer in [Err(NoAnswer::UNREACHABLE), Ok(SupportAnswer::Unknown)] {
        let mut story = Story::new();
        story.select(A);
        let (view, record) = (story.view(), story.record(A).clone());
        story.support = answer;
        story.run(Event::RefreshRequested(vin(A)));
        assert_eq!(story.calls("bff.support"), 2);
        assert_eq!((story.view(), story.record(A).clone()), (view, record));
    }
}

#[test]
fn ent_10_a_vehicle_that_is_not_selected_is_refreshed_for_its_next_selection() {
    let mut story = Story::new();
    story.run(Event::RefreshRequested(vin(A)));
    assert_eq!((story.calls("cache.load"), story.calls("bff.support")), (1, 1));
    assert_eq!(story.view().vehicle, None);
    story.select(A);
    assert_eq!((story.calls("bff.support"), story.view().entry), (1, EntryView::DigitalKey));

    let mut android = Story::on(Settings::new(Phone::Android));
    assert_eq!(android.ignored(Event::RefreshRequested(vin(A))), Reason::NothingToChange);
}

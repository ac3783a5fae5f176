//! A late success of the vehicle whose pairing is on the screen (CBK-7).

use digital_key_domain::{AppleErrorCode, PasswordFetch, Tap};

use crate::story::{A, Story};

const CANCELED: Option<AppleErrorCode> = Some(AppleErrorCode::UserCanceled);

fn owner(story: &Story) -> String {
    story.record(A).key.owner().unwrap().id.as_str().to_owned()
}

#[test]
fn cbk_7_a_success_of_the_pairing_before_leaves_the_next_one() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    story.run(failure).run(Tap::Retry).run(Story::late(Some("K1"), None));
    assert!(story.view().pairing_runs, "the sheet of the next one is still up");
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
    let asked = story.calls("bff.pairing_password");
    let next = story.apple(None, CANCELED);
    story.run(next);
    assert_eq!((story.page(), story.calls("bff.pairing_password")), ("Tutorial1", asked));
}

#[test]
fn cbk_7_a_success_of_the_pairing_before_opens_no_sheet_over_it() {
    let mut story = Story::new();
    story.reach_sheet();
    let failure = story.apple(None, CANCELED);
    story.run(failure).hold("cache.take_use").run(Tap::Retry).run(Story::late(Some("K1"), None));
    assert_eq!((story.page(), story.view().pairing_runs), ("Tutorial1", false));
    story.release("cache.take_use");
    assert_eq!(story.calls("apple_pairing.start"), 1);
}

#[test]
fn cbk_7_a_late_success_is_shown_on_the_pages_of_its_pairing() {
    for (page, taps) in [
        ("Welcome", &[Tap::Close, Tap::Entry][..]),
        ("GrabYourTwoKeys", &[Tap::Close, Tap::Entry, Tap::Continue]),
        ("ReadyToPair", &[Tap::Close, Tap::Entry, Tap::Continue, Tap::Continue]),
    ] {
        let mut story = Story::new();
        story.reach_sheet();
        let failure = story.apple(None, CANCELED);
        story.run(failure).taps(taps);
        assert_eq!(story.page(), page);
        story.run(Story::late(Some("K1"), CANCELED));
        assert_eq!(owner(&story), "K1");
        // On Welcome, Continue leads to Overview once the status was read again.
        let (expected, warning) =
            if page == "Welcome" { ("Welcome", None) } else { ("Tutorial1", CANCELED) };
        assert_eq!((story.page(), story.view().warning), (expected, warning));
    }
}

#[test]
fn cbk_7_a_success_of_a_sheet_whose_page_was_left_is_shown_on_the_way_to_the_next() {
    let mut story = Story::new();
    story.reach_sheet().taps(&[Tap::Close, Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "GrabYourTwoKeys");
    let success = story.apple(Some("K1"), None);
    story.run(success);
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
}

#[test]
fn cbk_7_a_late_success_is_shown_where_no_attempt_was_left() {
    let mut story = Story::new();
    story.reach_sheet().password = PasswordFetch::NoPassword;
    for _ in 0..3 {
        let failure = story.apple(None, CANCELED);
        story.run(failure).run(Tap::Retry);
    }
    assert_eq!(story.page(), "PairingAttemptsExhausted");
    story.run(Story::late(Some("K1"), None));
    assert_eq!((story.page(), owner(&story).as_str()), ("Tutorial1", "K1"));
}

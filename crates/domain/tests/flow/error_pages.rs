use digital_key_domain::{
    AppleErrorCode, KeyCreation, NoAnswer, PageView, PairingStatus, PasswordFetch, Reason, Tap,
};

use crate::story::{A, Story};

const CANCELED: Option<AppleErrorCode> = Some(AppleErrorCode::UserCanceled);

#[test]
fn err_1_closing_leaves_the_flow() {
    for tap in [Tap::Close, Tap::Back, Tap::ConfirmError] {
        let mut story = Story::new();
        story.reach_sheet();
        let error = story.apple(None, CANCELED);
        story.run(error).run(tap);
        assert_eq!(story.page(), "VehicleTab");
    }
}

#[test]
fn err_2_err_3_three_tries_and_then_a_generic_error() {
    let mut story = Story::new();
    story.reach_sheet();
    story.password = PasswordFetch::NoPassword;
    for uses in 1..=3 {
        assert_eq!(story.uses(A), Some(uses));
        let error = story.apple(None, CANCELED);
        story.run(error);
        assert_eq!(story.page(), "PairingError");
        story.run(Tap::Retry);
    }
    assert_eq!(story.page(), "PairingAttemptsExhausted");
    assert_eq!(story.calls("apple_pairing.start"), 3);
    assert!(!story.offers(Tap::Retry));
    assert_eq!(story.ignored(Tap::Retry), Reason::NotOffered);
    story.run(Tap::ConfirmError);
    assert_eq!(story.page(), "VehicleTab");
}

#[test]
fn err_3_the_page_says_while_a_password_is_refreshed() {
    let refreshing = |story: &Story| match story.view().page {
        PageView::PairingError { refreshing, .. } => refreshing,
        page => panic!("{page:?}"),
    };
    for held in ["bff.pairing_password", "cache.store_password"] {
        let mut story = Story::new();
        story.reach_sheet().hold(held);
        let error = story.apple(None, CANCELED);
        story.run(error);
        assert!(refreshing(&story), "{held}");
        story.release(held);
        assert!(!refreshing(&story), "{held}");
    }
}

#[test]
fn err_5_a_phone_that_may_sign_in_to_icloud_is_offered_retry() {
    for answer in [KeyCreation::Refused, KeyCreation::NoAnswer] {
        let mut story = Story::new();
        story.key_creation = answer;
        story.select(A).taps(&[Tap::Entry, Tap::Continue]);
        assert_eq!(story.page(), "PhoneSoftwareUpdateRequired");
        story.key_creation = KeyCreation::Possible;
        story.taps(&[Tap::Retry, Tap::Continue]);
        assert_eq!(story.page(), "GrabYourTwoKeys", "{answer:?}");
    }
}

#[test]
fn err_4_a_refresh_belongs_to_the_next_attempt() {
    let mut story = Story::new();
    story.reach_sheet().hold("bff.pairing_password");
    let error = story.apple(None, CANCELED);
    story.run(error).run(Tap::Retry);
    assert_eq!(story.uses(A), Some(2), "the old value was handed out");
    story.release("bff.pairing_password");
    assert_eq!(story.uses(A), Some(0));
    let error = story.apple(None, CANCELED);
    story.hold("bff.pairing_password").run(error).run(Tap::Retry);
    assert_eq!(story.uses(A), Some(1), "the new value was handed out");
}

#[test]
fn err_5_which_pages_offer_retry() {
    let mut story = Story::new();
    story.status = Err(NoAnswer::UNREACHABLE);
    story.select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert!(story.page() == "BackendError" && story.offers(Tap::Retry));
    story.run(Tap::Retry);
    assert_eq!(story.page(), "Welcome");
    story.status = Ok(PairingStatus { owner_key: None, primary_subscriber: false, prepared: true });
    story.taps(&[Tap::Back, Tap::Entry, Tap::Continue]);
    assert_eq!(story.page(), "NotPrimarySubscriber");
    assert_eq!(story.ignored(Tap::Retry), Reason::NotOffered);
    story.run(Tap::Back);
    assert_eq!(story.page(), "VehicleTab");
}

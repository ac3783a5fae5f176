use digital_key_domain::{KeyState, PageView, Presence, Tap};

use crate::story::{A, B, Story};

#[test]
fn mov_1_the_warning_comes_before_anything_is_done_to_the_key() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue]);
    let before = (story.log.len(), story.key_state());
    story.run(Tap::CardAction);
    assert_eq!(story.view().page, PageView::MoveKeyWarning);
    assert_eq!((story.log.len(), story.key_state()), before);
}

#[test]
fn mov_2_cancel_leads_back() {
    for tap in [Tap::CancelMove, Tap::Back] {
        let mut story = Story::new();
        story.owned_by("K1", true).select(A);
        story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, tap]);
        assert_eq!(story.page(), "Overview");
    }
}

#[test]
fn mov_4_a_late_success_ends_the_move_flow_of_its_own_vehicle_only() {
    for (vehicle, move_flow_after) in [(A, false), (B, true)] {
        let mut story = Story::new();
        story.reach_sheet().run(Tap::Close).owned_by("K0", true).select(vehicle);
        story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, Tap::ConfirmMove]);
        let success = story.apple(Some("K1"), None);
        story.run(success);
        assert!(matches!(
            story.view().page,
            PageView::Welcome { move_flow, .. } if move_flow == move_flow_after
        ));
    }
}

#[test]
fn mov_4_a_success_ends_the_move_flow() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A);
    story.taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, Tap::ConfirmMove]);
    story.taps(&[Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue]);
    let success = story.apple(Some("K2"), None);
    story.presence = Presence::Present;
    story.run(success).owned_by("K2", false).taps(&[Tap::Back]);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveUntracked));
    story.taps(&[Tap::Close, Tap::Entry]);
    assert_eq!(story.page(), "Overview");
}

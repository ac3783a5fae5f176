use digital_key_domain::{
    CardAction, CardView, Diagnostic, DigitalKeyId, Effect, Event, KeyState, NoAnswer, Notice,
    PageView, Presence, Question, Reason, Reply, Request, Tap,
};

use crate::story::{A, Story, key};

fn card(story: &Story) -> CardView {
    match story.view().page {
        PageView::Overview { card, .. } => card,
        page => panic!("{page:?}"),
    }
}

fn return_to_foreground(story: &mut Story) {
    story.run(Event::WentToBackground).run(Event::CameToForeground);
}

#[test]
fn ovr_1_the_wallet_is_asked_about_a_key_that_was_here_when_the_page_was_loaded() {
    for (presence, questions) in [(Presence::Present, 1), (Presence::Absent, 0)] {
        let mut story = Story::new();
        story.presence = presence;
        story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue]);
        let asked = story.calls("wallet.presence");
        story.hold("bff.pairing_status");
        return_to_foreground(&mut story);
        assert_eq!(story.calls("wallet.presence"), asked + questions, "{presence:?}");
    }
}

#[test]
fn ovr_2_a_deleted_key_is_shown_and_corrects_the_cache() {
    let mut story = Story::new();
    story.reach_overview(true).presence = Presence::Absent;
    return_to_foreground(&mut story);
    assert_eq!(story.page(), "KeyDeleted");
    assert_eq!(story.record(A).key.state(), KeyState::OtherDevice);
    story.run(Tap::ConfirmError);
    assert_eq!(story.page(), "VehicleTab");
}

#[test]
fn ovr_2_only_a_definite_no_is_a_deletion() {
    let mut story = Story::new();
    story.reach_overview(true).presence = Presence::CannotSay;
    return_to_foreground(&mut story);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveTracked));
}

#[test]
fn ovr_2_another_key_that_is_not_here_is_no_deletion() {
    let mut story = Story::new();
    story.reach_overview(true).hold("bff.pairing_status").owned_by("K2", true);
    story.run(Event::WalletChanged);
    story.presence = Presence::Absent;
    story.release("bff.pairing_status");
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::OtherDevice));
}

#[test]
fn ovr_2_a_key_elsewhere_is_not_deleted() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue]);
    return_to_foreground(&mut story);
    assert_eq!(story.page(), "Overview");
}

#[test]
fn ovr_2_holds_on_the_tutorials_that_were_opened_from_overview() {
    for taps in [&[Tap::Tutorial][..], &[Tap::Tutorial, Tap::Continue]] {
        let mut story = Story::new();
        story.reach_overview(true).taps(taps).presence = Presence::Absent;
        return_to_foreground(&mut story);
        assert_eq!(story.page(), "KeyDeleted");
    }
}

#[test]
fn ovr_1_a_key_that_the_wallet_reports_later_is_watched_too() {
    let mut story = Story::new();
    story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::OtherDevice));
    story.presence = Presence::Present;
    story.run(Event::WalletChanged);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveTracked));
    story.presence = Presence::Absent;
    story.run(Event::CameToForeground);
    assert_eq!(story.page(), "KeyDeleted");
}

#[test]
fn ovr_2_the_tutorials_depend_on_the_phone_and_on_a_key_that_was_here() {
    let mut story = Story::new();
    for event in [Event::WalletChanged, Event::CameToForeground] {
        story.reach_overview(true).run(Tap::Tutorial);
        let asked = (story.calls("wallet.presence"), story.calls("bff.pairing_status"));
        story.run(event);
        let asks = (story.calls("wallet.presence"), story.calls("bff.pairing_status"));
        assert_eq!(asks, (asked.0 + 1, asked.1), "the wallet is asked, and only that");
        story.run(Tap::Close);
    }
    for event in [Event::WalletChanged, Event::CameToForeground] {
        let mut story = Story::new();
        story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue, Tap::Tutorial]);
        assert_eq!(story.page(), "Tutorial1");
        assert_eq!(story.ignored(event), Reason::NotConcerned);
    }
}

#[test]
fn ovr_2_does_not_hold_on_the_tutorial_after_a_pairing() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.run(success);
    return_to_foreground(&mut story);
    assert_eq!((story.page(), story.calls("wallet.presence")), ("Tutorial1", 0));
}

#[test]
fn ovr_3_ovr_4_ovr_6_what_the_card_shows() {
    for (tracked, cannot_unlock) in [(true, false), (false, true)] {
        let mut story = Story::new();
        story.reach_overview(tracked);
        assert_eq!(card(&story).cannot_unlock, cannot_unlock);
        assert_eq!(card(&story).action, CardAction::EditInWallet);
        story.run(Tap::CardAction);
        assert_eq!(opened_at(&story), Some(key("K1")));
        assert_eq!(story.view().notice, None);
        assert_eq!(story.page(), "Overview");
    }
    let mut story = Story::new();
    story.owned_by("K1", false).select(A).taps(&[Tap::Entry, Tap::Continue]);
    assert_eq!(card(&story).action, CardAction::MoveToThisPhone);
    assert!(!card(&story).cannot_unlock);
    assert!(matches!(
        story.view().page,
        PageView::Overview { more_information, .. } if &*more_information == "https://bmw.com/digitalkey"
    ));
    story.run(Tap::CardAction);
    assert_eq!(story.page(), "MoveKeyWarning");
}

#[test]
fn ovr_5_the_tutorial_leads_back() {
    let mut story = Story::new();
    story.reach_overview(true).run(Tap::Tutorial);
    assert_eq!(story.page(), "Tutorial1");
    story.taps(&[Tap::Continue, Tap::Back]);
    assert_eq!(story.page(), "Tutorial1");
    story.run(Tap::Back);
    assert_eq!(story.page(), "Overview");
    story.taps(&[Tap::Tutorial, Tap::Continue, Tap::Continue]);
    assert_eq!(story.page(), "Overview");
}

#[test]
fn tut_1_tut_2_continue_leads_to_overview() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("K1"), None);
    story.presence = Presence::Present;
    story.run(success);
    for page in ["Tutorial1", "Tutorial2"] {
        assert!(story.page() == page && story.offers(Tap::Continue));
        story.run(Tap::Continue);
    }
    assert_eq!(story.page(), "Overview");
}

#[test]
fn ovr_7_the_status_is_read_again() {
    let mut story = Story::new();
    story.reach_overview(false);
    let asked = story.calls("bff.pairing_status");
    story.owned_by("K1", true).run(Event::WalletChanged);
    assert_eq!(story.calls("bff.pairing_status"), asked + 1);
    assert_eq!(story.key_state(), KeyState::ActiveTracked);
    return_to_foreground(&mut story);
    assert_eq!(story.calls("bff.pairing_status"), asked + 2);
    story.status = Err(NoAnswer::UNREACHABLE);
    story.run(Event::WalletChanged);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::ActiveTracked));
}

#[test]
fn ovr_7_a_deletion_shows_at_a_wallet_change() {
    let mut story = Story::new();
    story.reach_overview(true).status = Err(NoAnswer::UNREACHABLE);
    story.presence = Presence::Absent;
    story.run(Event::WalletChanged);
    assert_eq!(story.page(), "KeyDeleted");
}

#[test]
fn ovr_7_nobody_listens_elsewhere_or_in_the_background() {
    let mut story = Story::new();
    story.reach_overview(true).run(Event::WentToBackground);
    assert_eq!(story.ignored(Event::WalletChanged), Reason::NotConcerned);
    story.run(Event::CameToForeground).run(Tap::Close);
    assert_eq!(story.ignored(Event::WalletChanged), Reason::NotConcerned);
}

/// With CarPlay, iOS may never report background and foreground.
#[test]
fn ovr_2_a_wallet_change_shows_a_deletion_on_the_pages_behind_overview() {
    for taps in [&[Tap::Tutorial][..], &[Tap::Tutorial, Tap::Continue]] {
        let mut story = Story::new();
        story.reach_overview(true).taps(taps).presence = Presence::Absent;
        story.run(Event::WalletChanged);
        assert_eq!(story.page(), "KeyDeleted");
    }
}

#[test]
fn ovr_1_a_local_key_is_asked_about_when_the_page_is_loaded() {
    let mut story = Story::new();
    story.reach_overview(true).run(Tap::Tutorial).presence = Presence::Absent;
    story.status = Err(NoAnswer::UNREACHABLE);
    story.run(Tap::Back);
    assert_eq!(story.page(), "KeyDeleted", "whatever the backend answers");
}

#[test]
fn ovr_7_a_key_that_neither_backend_nor_wallet_knows_was_deleted() {
    for here_before in [true, false] {
        let mut story = Story::new();
        story.presence = if here_before { Presence::Present } else { Presence::Absent };
        story.owned_by("K1", true).select(A).taps(&[Tap::Entry, Tap::Continue]);
        assert_eq!(story.page(), "Overview");
        story.status.as_mut().unwrap().owner_key = None;
        story.presence = Presence::Absent;
        story.run(Event::CameToForeground);
        assert_eq!(story.page(), "KeyDeleted", "{here_before}");
        story.run(Tap::ConfirmError);
        assert_eq!(story.page(), "VehicleTab");
    }
}

#[test]
fn ovr_7_a_pass_without_an_owner_key_can_be_removed_in_the_wallet() {
    for presence in [Presence::Present, Presence::CannotSay] {
        let mut story = Story::new();
        story.reach_overview(true).status.as_mut().unwrap().owner_key = None;
        story.presence = presence;
        story.run(Event::CameToForeground);
        assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::None));
        let edit = CardView { cannot_unlock: true, action: CardAction::EditInWallet };
        assert_eq!(card(&story), edit, "{presence:?}");
        // Also after other pages, and when the key is removed there.
        story.taps(&[Tap::Tutorial, Tap::Back]);
        assert_eq!(card(&story), edit, "{presence:?}");
        story.run(Tap::CardAction);
        assert_eq!(opened_at(&story), Some(key("K1")));
        story.presence = Presence::Absent;
        story.run(Event::WalletChanged);
        assert_eq!(story.page(), "KeyDeleted");
    }
}

#[test]
fn ovr_7_an_owner_key_that_is_named_again_is_one() {
    let mut story = Story::new();
    story.reach_overview(true).status.as_mut().unwrap().owner_key = None;
    story.run(Event::CameToForeground).owned_by("K2", true).hold("wallet.presence");
    story.run(Event::WalletChanged);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::OtherDevice));
    assert_eq!(card(&story).action, CardAction::MoveToThisPhone);
}

/// Ids are opaque: two spellings are two keys, and the host is notified once.
#[test]
fn a_key_that_the_backend_spells_in_another_case_is_diagnosed_once() {
    let mut story = Story::new();
    story.reach_sheet();
    let success = story.apple(Some("0a1b"), None);
    story.presence = Presence::Present;
    story.owned_by("0A1B", true).run(success).taps(&[Tap::Continue, Tap::Continue]);
    assert_eq!(story.key_state(), KeyState::ActiveUntracked);
    let diagnostic = Diagnostic::KeyIdCaseMismatch {
        vin: A.parse().unwrap(),
        local: key("0a1b"),
        reported: key("0A1B"),
    };
    assert!(story.log.contains(&Effect::Diagnose(diagnostic)));
    story.run(Event::WalletChanged);
    assert_eq!(story.calls("diagnose"), 1);
}

#[test]
fn another_key_is_no_other_spelling() {
    let mut story = Story::new();
    story.reach_overview(true).owned_by("K2", true).run(Event::WalletChanged);
    assert_eq!(story.calls("diagnose"), 0);
}

#[test]
fn ovr_7_a_re_read_that_is_due_waits_for_the_one_that_is_on_its_way() {
    let mut story = Story::new();
    story.reach_overview(false).hold("bff.pairing_status").run(Event::WalletChanged);
    let asked = story.calls("bff.pairing_status");
    let old = story.status.clone();
    story.owned_by("K1", true);
    story.run(Event::WentToBackground).run(Event::CameToForeground);
    assert_eq!(story.calls("bff.pairing_status"), asked, "one request at a time");
    // The old answer comes first, then the one that was due.
    let new = std::mem::replace(&mut story.status, old);
    let Request { id, vin, .. } = story.take_open("bff.pairing_status");
    let reply = Reply::Status(story.status.clone());
    story.status = new;
    story.run(Event::Replied { id, vin, reply });
    assert_eq!(story.calls("bff.pairing_status"), asked + 1);
    story.release("bff.pairing_status");
    assert_eq!(story.key_state(), KeyState::ActiveTracked);
}

#[test]
fn ovr_2_a_deletion_is_seen_although_the_wallet_was_being_asked() {
    let mut story = Story::new();
    story.reach_overview(true).hold("wallet.presence").run(Event::WalletChanged);
    let Request { id, vin, .. } = story.take_open("wallet.presence");
    story.presence = Presence::Absent;
    story.run(Event::WalletChanged);
    story.run(Event::Replied { id, vin, reply: Reply::Presence(Presence::Present) });
    assert_eq!(story.page(), "Overview");
    story.release("wallet.presence");
    assert_eq!(story.page(), "KeyDeleted");
}

#[test]
fn ovr_2_a_deletion_shows_also_when_the_status_names_another_key_first() {
    let mut story = Story::new();
    story.reach_overview(true).hold("wallet.presence").owned_by("K2", true);
    story.presence = Presence::Absent;
    story.run(Event::CameToForeground);
    assert_eq!(story.key_state(), KeyState::OtherDevice);
    story.release("wallet.presence");
    assert_eq!(story.page(), "KeyDeleted");
}

#[test]
fn wel_2_a_key_that_was_not_made_here_follows_the_status() {
    let mut story = Story::new();
    story.reach_overview(true).owned_by("K2", true).presence = Presence::CannotSay;
    story.run(Event::CameToForeground);
    assert_eq!((story.page(), story.key_state()), ("Overview", KeyState::OtherDevice));
    assert_eq!(story.record(A).key.owner().unwrap().id.as_str(), "K2");
}

/// Returns the key that the wallet was opened at last.
fn opened_at(story: &Story) -> Option<DigitalKeyId> {
    story.log.iter().rev().find_map(|effect| match effect {
        Effect::Request(Request { question: Question::OpenWallet(key), .. }) => Some(key.clone()),
        _ => None,
    })
}

#[test]
fn ovr_4_a_wallet_that_does_not_open_is_said_until_the_next_tap() {
    let mut story = Story::new();
    story.reach_overview(true);
    story.wallet_opens = false;
    story.run(Tap::CardAction);
    assert_eq!(story.view().notice, Some(Notice::WalletNotOpened));
    // What happens outside leaves it on the page.
    story.run(Event::WalletChanged);
    return_to_foreground(&mut story);
    assert_eq!(story.view().notice, Some(Notice::WalletNotOpened));
    story.wallet_opens = true;
    story.run(Tap::CardAction);
    assert_eq!(story.view().notice, None);
    story.wallet_opens = false;
    story.run(Tap::CardAction);
    story.taps(&[Tap::Tutorial, Tap::Back]);
    assert_eq!((story.page(), story.view().notice), ("Overview", None));
}

#[test]
fn ovr_4_the_wallet_is_opened_once_at_a_time_and_only_overview_reports_a_failure() {
    let mut story = Story::new();
    story.reach_overview(true);
    story.hold("wallet.open").run(Tap::CardAction);
    assert_eq!(story.ignored(Tap::CardAction), Reason::NothingToChange);
    assert_eq!(story.calls("wallet.open"), 1);
    story.run(Tap::Tutorial);
    story.wallet_opens = false;
    story.release("wallet.open");
    assert_eq!((story.page(), story.view().notice), ("Tutorial1", None));
}

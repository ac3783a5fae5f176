//! Sessions: links, time, the world that answers by itself, and the gallery.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::BTreeSet;

use digital_key_domain::Tap;
use digital_key_playground::{
    Answer, Asked, Change, Move, Picture, Session, SessionError, SheetAnswer, feature, gallery,
    rules,
};
use digital_key_texts::Language;

fn session(moves: &[Move]) -> Session {
    let mut session = Session::default();
    for made in moves {
        session.make(*made).unwrap();
    }
    session
}

fn page(session: &Session) -> &'static str {
    session.now().view().page.name()
}

/// From the vehicle tab to Apple's sheet.
const TO_THE_SHEET: [Move; 6] = [
    Move::Select(0),
    Move::Tap(Tap::Entry),
    Move::Tap(Tap::Continue),
    Move::Tap(Tap::Continue),
    Move::Tap(Tap::TickBox),
    Move::Tap(Tap::Continue),
];

#[test]
fn the_world_answers_by_itself_up_to_a_pairing() {
    let mut session = session(&TO_THE_SHEET);
    assert_eq!(session.now().sheet(), Some(0));
    session.make(Move::Sheet(0, SheetAnswer::Pass)).unwrap();
    assert_eq!(page(&session), "Tutorial1");
    assert_eq!(session.now().truth.wallet, [1]);
}

#[test]
fn a_link_holds_the_whole_session() {
    let mut session = session(&TO_THE_SHEET);
    session.go(3);
    let again = Session::of_link(&session.link()).unwrap();
    assert_eq!(again.cursor(), 3);
    assert_eq!(again.entries().len(), session.entries().len());
    assert_eq!(again.link(), session.link());
    assert_eq!(again.now().view(), session.now().view());
    assert!(session.link().len() < 120, "{}", session.link());
}

#[test]
fn a_broken_link_is_refused_by_the_word_that_is_wrong() {
    assert_eq!(Session::of_link("2.v0").unwrap_err(), SessionError::Version);
    for (link, part) in [
        ("1.zz", "\"zz\""),
        ("1.v7", "\"v7\""),
        ("1.v0.r0sq", "\"r0sq\""),
        ("1.r0sy", "move 1, r0sy"),
        ("1.v0.s0p", "move 2, s0p"),
        ("1.xd9", "\"xd9\""),
        ("1.é", "\"é\""),
        ("1..", "\"\""),
    ] {
        let error = Session::of_link(link).unwrap_err().to_string();
        assert!(error.contains(part), "{link}: {error}");
    }
    let endless = format!("1{}", ".b.f".repeat(2_000));
    assert_eq!(Session::of_link(&endless).unwrap_err(), SessionError::TooLong);
}

#[test]
fn each_move_is_a_word_of_its_own() {
    let mut moves = vec![
        Move::Select(1),
        Move::Background,
        Move::Foreground,
        Move::SignOut,
        Move::Kill,
        Move::Refresh(0),
        Move::Forget(1),
        Move::SheetGone(0),
    ];
    moves.extend(Tap::ALL.map(Move::Tap));
    for asked in Asked::ALL {
        moves.extend(asked.answers().into_iter().map(|answer| Move::Answer(1, asked, answer)));
        moves.push(Move::World(Change::Held(asked, true)));
    }
    moves.extend(SheetAnswer::all().map(|answer| Move::Sheet(0, answer)));
    moves.extend(SheetAnswer::all().map(|answer| Move::Late(1, answer)));
    moves.extend(
        [
            Change::Supports(0, false),
            Change::Prepared(0, false),
            Change::Primary(1, false),
            Change::Password(0, true),
            Change::Owner(0, 0),
            Change::Owner(1, 12),
            Change::Tracked(0, false),
            Change::Wallet(3, false),
            Change::WalletAnswers(true),
            Change::Failing(Asked::Status, true),
            Change::Phone(4),
            Change::Version(3),
            Change::AppleIsReady(false),
            Change::ComingSoon(true),
        ]
        .map(Move::World),
    );
    let words: BTreeSet<_> = moves.iter().map(Move::to_string).collect();
    assert_eq!(words.len(), moves.len());
    for made in moves {
        assert_eq!(made.to_string().parse(), Ok(made), "{made}");
    }
}

#[test]
fn a_move_in_the_past_branches_off() {
    let mut session = session(&TO_THE_SHEET);
    session.go(1);
    assert!(session.entries().len() > 1);
    session.make(Move::SignOut).unwrap();
    assert_eq!(session.entries().len(), 2);
    assert_eq!(session.now().view().vehicle, None);
}

#[test]
fn a_refused_move_changes_nothing() {
    let mut session = session(&TO_THE_SHEET);
    let link = session.link();
    let error = session.make(Move::Answer(0, Asked::Support, Answer::Yes)).unwrap_err();
    assert!(error.to_string().contains("not possible"), "{error}");
    assert_eq!(session.link(), link);
}

#[test]
fn a_held_answer_is_what_the_world_was_when_it_was_asked() {
    let mut session = session(&[
        Move::World(Change::Held(Asked::Support, true)),
        Move::Select(0),
        Move::World(Change::Supports(0, false)),
    ]);
    let open: Vec<_> = session.now().open_questions().collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].natural, Answer::Yes);
    session.make(Move::World(Change::Held(Asked::Support, false))).unwrap();
    assert_eq!(session.now().open_questions().count(), 0);
    assert!(session.now().view().offers.contains(Tap::Entry));
}

#[test]
fn the_host_refreshes_and_forgets_a_vehicle() {
    let mut session = session(&[
        Move::World(Change::Supports(0, false)),
        Move::Select(0),
        Move::World(Change::Supports(0, true)),
    ]);
    assert!(!session.now().view().offers.contains(Tap::Entry));
    session.make(Move::Refresh(0)).unwrap();
    assert!(session.now().view().offers.contains(Tap::Entry));
    session.make(Move::Forget(0)).unwrap();
    assert_eq!(session.now().view().vehicle, None);
}

#[test]
fn waiting_lets_every_question_fail() {
    let mut session = session(&[
        Move::World(Change::Held(Asked::Status, true)),
        Move::Select(0),
        Move::Tap(Tap::Entry),
    ]);
    assert!(!session.now().view().offers.contains(Tap::Continue));
    session.wait().unwrap();
    session.make(Move::Tap(Tap::Continue)).unwrap();
    assert_eq!(page(&session), "BackendError");
}

#[test]
fn another_phone_starts_the_app_anew() {
    let mut session = session(&[Move::Select(0), Move::World(Change::Phone(1))]);
    assert_eq!(session.now().view().vehicle, None);
    session.make(Move::Select(0)).unwrap();
    session.make(Move::Tap(Tap::Entry)).unwrap();
    session.make(Move::Tap(Tap::Continue)).unwrap();
    assert_eq!(page(&session), "PhoneNotSupported");
}

#[test]
fn the_gallery_has_every_page_and_every_blocker() {
    let places = gallery();
    let mut expected: BTreeSet<_> = [
        "VehicleTab",
        "Welcome",
        "GrabYourTwoKeys",
        "ReadyToPair",
        "PairingError",
        "Tutorial1",
        "Tutorial2",
        "Overview",
        "MoveKeyWarning",
        "PairingAttemptsExhausted",
        "KeyDeleted",
    ]
    .into();
    expected.extend([
        "BackendError",
        "PhoneNotSupported",
        "PhoneSoftwareUpdateRequired",
        "NotPrimarySubscriber",
        "VehicleNotPrepared",
        "PairingPasswordUnavailable",
    ]);
    let mut found = BTreeSet::new();
    for place in &places {
        let session = Session::of_link(&place.link).unwrap();
        found.insert(page(&session));
        assert!(place.name.starts_with(page(&session)), "{}", place.name);
    }
    assert_eq!(found, expected);
}

#[test]
fn each_rule_that_decides_has_a_sentence() {
    let known: BTreeSet<_> = rules().map(|rule| rule.number).collect();
    for place in gallery() {
        let session = Session::of_link(&place.link).unwrap();
        for entry in session.entries() {
            for rule in &entry.rules {
                assert!(known.contains(rule), "{rule}");
            }
        }
    }
}

#[test]
fn the_page_after_a_move_has_a_reason() {
    for place in gallery() {
        let session = Session::of_link(&place.link).unwrap();
        let mut before = "VehicleTab";
        for entry in session.entries() {
            let page = entry.after.view().page.name();
            assert!(page == before || !entry.rules.is_empty(), "{} to {page}", entry.made);
            before = page;
        }
    }
}

#[test]
fn the_picture_has_what_the_page_draws() {
    let mut session = session(&TO_THE_SHEET);
    let picture = Picture::of(&session, Language::English);
    assert!(picture.phone.has_sheet);
    assert_eq!(picture.cards.len(), 1);
    assert!(picture.why.iter().any(|rule| rule.number == "RDY-3" || rule.number == "RDY-4"));
    assert!(picture.sequence.iter().any(|it| it.to == "Apple"));
    session.make(Move::Sheet(0, SheetAnswer::Neither)).unwrap();
    let picture = Picture::of(&session, Language::German);
    assert_eq!(picture.phone.page, "PairingError");
    assert!(!picture.diff.is_empty());
}

#[test]
fn a_scenario_says_what_happened() {
    let mut session = session(&TO_THE_SHEET);
    session.make(Move::Sheet(0, SheetAnswer::Pass)).unwrap();
    let text = feature(&session);
    for line in [
        "When vehicle \"WBA00000000DEMO01\" is selected",
        "When the entry is tapped",
        "When the box is ticked",
        "When Apple returns pass \"K1\"",
        "Then the page is \"Tutorial1\"",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains('#'), "{text}");
}

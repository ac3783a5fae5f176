//! What the screen shows, as text, and what keys and mouse do.

use std::sync::Arc;

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use digital_key::texts::Language;
use expect_test::{ExpectFile, expect_file};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::state::{Action, Focus, State};
use crate::harness::{CacheDirectory, Harness, OwnBackend, supported_phone};
use crate::play::command::Command;
use crate::play::control::BackendControl;
use crate::play::player::{Player, Session};
use crate::recordings::RecordOption;
use crate::screen::log::Log;
use crate::screen::theme::Theme;
use crate::words;

/// A whole `play` without a terminal.
struct Played {
    session: Session,
    state: State,
}

impl Played {
    async fn start(language: Language) -> Self {
        let backend = OwnBackend::start(Default::default(), None).await.unwrap();
        let directory = CacheDirectory::new(None).unwrap();
        let url = backend.backend().bff_url();
        let control = BackendControl::own(backend);
        let phone = supported_phone().unwrap();
        let (held, record) = (control.held(), RecordOption::default());
        let harness = Harness::start(&url, "token", directory, phone, held, record).await.unwrap();
        let texts = Arc::new(words::texts(language));
        let session = Player::new(harness, control, Arc::clone(&texts)).start().unwrap();
        let snapshot = session.snapshot.borrow().clone();
        Self { state: State::new(snapshot, texts, Theme::plain()), session }
    }

    /// Sends what follows from an event, and shows what follows from that.
    async fn act(&mut self, action: Action) {
        let Action::Send(command) = action else { return };
        self.session.send_and_wait(command).await;
        while let Ok(note) = self.session.notes.try_recv() {
            self.state.note(note);
        }
        self.state.update(self.session.snapshot.borrow_and_update().clone());
    }

    async fn key(&mut self, code: KeyCode) {
        let action = self.state.on_event(&Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        self.act(action).await;
    }

    async fn keys(&mut self, characters: &str) {
        for character in characters.chars() {
            match character {
                '\n' => self.key(KeyCode::Enter).await,
                character => self.key(KeyCode::Char(character)).await,
            }
        }
    }

    async fn click(&mut self, column: u16, row: u16) {
        let kind = MouseEventKind::Down(MouseButton::Left);
        let mouse = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        let action = self.state.on_event(&Event::Mouse(mouse));
        self.act(action).await;
    }

    /// Draws the screen, and returns it as text.
    fn draw(&mut self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| super::draw(frame, &mut self.state)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(|y| row(y) + "\n").collect()
    }

    /// Empties the log: parallel requests are answered in any order.
    fn clear_log(&mut self) {
        self.state.log = Log::default();
    }

    fn expect(&mut self, small: ExpectFile, large: ExpectFile) {
        small.assert_eq(&self.draw(80, 24));
        large.assert_eq(&self.draw(120, 40));
    }
}

#[tokio::test]
async fn the_first_screen_lists_the_vehicles() {
    let mut played = Played::start(Language::English).await;
    played.expect(
        expect_file!["snapshots/first.80x24.txt"],
        expect_file!["snapshots/first.120x40.txt"],
    );
}

#[tokio::test]
async fn buttons_keep_their_places_and_a_disabled_one_shows_it() {
    let mut played = Played::start(Language::English).await;
    played.keys("\n:hold status\n1").await;
    let waiting = played.draw(80, 24);
    assert!(waiting.contains("1 ( Continue )") && waiting.contains("2 [ Back ]"), "{waiting}");
    played.expect(
        expect_file!["snapshots/waiting.80x24.txt"],
        expect_file!["snapshots/waiting.120x40.txt"],
    );
    // The screen answers while the request is under way: a disabled button says why it is.
    played.keys("1").await;
    assert!(played.draw(80, 24).contains("This is not possible on this page."));
    played.keys(":release status\n").await;
    let ready = played.draw(80, 24);
    assert!(ready.contains("1 [ Continue ]") && ready.contains("2 [ Back ]"), "{ready}");
}

#[tokio::test]
async fn the_sheet_is_a_dialog_with_its_answers_and_uses_are_counted() {
    let mut played = Played::start(Language::English).await;
    played.keys("\n111").await;
    played.clear_log();
    played.keys("12").await;
    assert_eq!(played.state.focus, Focus::Phone);
    played.expect(
        expect_file!["snapshots/sheet.80x24.txt"],
        expect_file!["snapshots/sheet.120x40.txt"],
    );
    // The password endpoint fails, so that the counter is not reset; then the user cancels.
    played.keys(":fail password 500\n5").await;
    let failed = played.draw(80, 24);
    assert!(failed.contains("PairingError") && failed.contains("use 1 of 3"), "{failed}");
    played.keys("1").await;
    assert!(played.draw(80, 24).contains("use 2 of 3"));
    played.key(KeyCode::Down).await;
    played.key(KeyCode::Up).await;
    played.key(KeyCode::Enter).await;
    let made = played.draw(80, 24);
    assert!(made.contains("Tutorial1") && made.contains("KEY-1"), "{made}");
}

#[tokio::test]
async fn the_phone_speaks_german() {
    let mut played = Played::start(Language::German).await;
    played.keys("\n1").await;
    played.clear_log();
    played.expect(
        expect_file!["snapshots/german.80x24.txt"],
        expect_file!["snapshots/german.120x40.txt"],
    );
}

#[tokio::test]
async fn the_world_is_changed_by_arrows_and_mouse() {
    let mut played = Played::start(Language::English).await;
    let screen = played.draw(80, 24);
    let row = screen.lines().position(|line| line.contains("WBADKEY0000000001")).unwrap();
    played.click(50, row.try_into().unwrap()).await;
    assert_eq!(played.state.snapshot.view.vehicle, Some("WBADKEY0000000001".parse().unwrap()));
    assert!(played.draw(80, 24).contains("selected"));
    // The first button of the phone is at the bottom.
    let screen = played.draw(80, 24);
    let row = screen.lines().position(|line| line.contains("[ Digital Key ]")).unwrap();
    played.click(4, row.try_into().unwrap()).await;
    assert_eq!(played.state.snapshot.view.page.name(), "Welcome");
    // From the vehicles down to `prepared`.
    played.key(KeyCode::Tab).await;
    for _ in 0..4 {
        played.key(KeyCode::Down).await;
    }
    played.key(KeyCode::Right).await;
    let screen = played.draw(80, 24);
    assert!(
        screen.lines().any(|line| line.contains("prepared") && line.contains("no")),
        "{screen}"
    );
    assert!(screen.contains("not prepared"), "{screen}");
}

#[tokio::test]
async fn the_prompt_takes_commands_remembers_them_and_names_errors() {
    let mut played = Played::start(Language::English).await;
    played.keys(":selekt 1\n").await;
    assert!(played.draw(80, 24).contains("\"selekt 1\" is not a command"));
    played.keys(":").await;
    played.key(KeyCode::Up).await;
    assert!(played.draw(80, 24).contains(":selekt 1"));
    played.key(KeyCode::Esc).await;
    assert!(played.state.prompt.is_none());
    played.keys(":").await;
    for _ in 0..1000 {
        played.key(KeyCode::Char('ü')).await;
    }
    played.draw(80, 24);
    played.key(KeyCode::Enter).await;
    played.draw(80, 24);
}

#[tokio::test]
async fn quitting_has_three_ways() {
    let mut played = Played::start(Language::English).await;
    let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    for key in [control_c, KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE)] {
        assert!(matches!(played.state.on_event(&Event::Key(key)), Action::Quit));
    }
    played.keys(":quit").await;
    let enter = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
    assert!(matches!(played.state.on_event(&Event::Key(enter)), Action::Quit));
}

/// Every size is drawn, with and without the sheet, the prompt and the help; nobody panics.
#[tokio::test]
async fn each_terminal_size_is_drawn() {
    let mut played = Played::start(Language::English).await;
    played.session.send_and_wait(Command::Help(crate::play::command::Topic::Overview)).await;
    played.keys("\n").await;
    for keys in ["", "?", "x111", "12", "?", "x:abc"] {
        played.keys(keys).await;
        for focus in [Focus::Phone, Focus::World, Focus::Log] {
            played.state.focus = focus;
            for width in [0, 1, 2, 3, 5, 10, 20, 63, 64, 80, 200] {
                for height in [0, 1, 2, 3, 4, 5, 10, 16, 17, 24, 60] {
                    played.draw(width, height);
                }
            }
        }
        played.state.focus = Focus::Phone;
    }
}

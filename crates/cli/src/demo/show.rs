//! The story on the full screen, at the pace of somebody who reads.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use digital_key::texts::{PageText, Texts};
use digital_key::{Tap, View};
use futures_util::StreamExt as _;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};
use tokio::time::Instant;

use super::stage::Step;
use crate::error::CommandError;
use crate::render;
use crate::screen::log::{Entry, Log};
use crate::screen::phone::Phone;
use crate::screen::theme::Theme;
use crate::screen::wrap::wrap;
use crate::screen::{Screen, can_fill_the_screen};

/// How many chapters the story has.
const CHAPTERS: usize = 7;
/// How long a button is shown as pressed.
const PRESSED: Duration = Duration::from_millis(500);
/// The least time that a page is shown.
const LEAST: Duration = Duration::from_millis(900);
/// The time that a reader needs for a character.
const CHARACTER: Duration = Duration::from_millis(12);

/// The full screen with the story.
pub(super) struct Show {
    screen: Screen,
    events: EventStream,
    picture: Picture,
    pace: Pace,
}

/// How fast the story goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Reading,
    Paused,
    Fast,
    /// The person ended it.
    Ended,
}

impl Show {
    /// Takes the terminal; `None` if it cannot draw.
    pub(super) fn start(texts: &Arc<Texts>, logs: bool) -> Result<Option<Self>, CommandError> {
        if !can_fill_the_screen(logs) {
            return Ok(None);
        }
        let picture = Picture::new(Arc::clone(texts), Theme::of_environment());
        let screen = Screen::enter()?;
        Ok(Some(Self { screen, events: EventStream::new(), picture, pace: Pace::Reading }))
    }

    pub(super) fn chapter(&mut self, key: &str) {
        self.picture.chapter = self.picture.texts.text(key);
        self.picture.chapters += 1;
    }

    pub(super) async fn before_tap(&mut self, view: &View, tap: Tap) -> Result<(), CommandError> {
        self.picture.show(view);
        self.picture.press(tap);
        self.wait(PRESSED).await
    }

    pub(super) async fn step(&mut self, step: &Step<'_>) -> Result<(), CommandError> {
        self.picture.step(step);
        let pause = LEAST + CHARACTER * self.picture.characters();
        self.wait(pause).await
    }

    pub(super) fn problem(&mut self, line: &str) {
        self.picture.log.push(Entry::Said(line.to_owned()));
    }

    /// Gives the terminal back.
    pub(super) fn end(self) {
        drop(self.screen);
    }

    /// Shows the picture for this time, or until a key.
    async fn wait(&mut self, pause: Duration) -> Result<(), CommandError> {
        let end = Instant::now() + pause;
        loop {
            self.picture.is_paused = self.pace == Pace::Paused;
            self.screen.draw(|frame| self.picture.draw(frame))?;
            match self.pace {
                Pace::Fast => return Ok(()),
                Pace::Ended => return Err(CommandError::ended()),
                Pace::Reading | Pace::Paused => {}
            }
            let event = tokio::select! {
                event = self.events.next() => event,
                () = tokio::time::sleep_until(end), if self.pace == Pace::Reading => return Ok(()),
            };
            // A terminal that is gone sends no more events.
            let Some(Ok(event)) = event else { return Err(CommandError::ended()) };
            let Event::Key(key) = event else { continue };
            if key.kind != KeyEventKind::Release && self.on_key(key) {
                return Ok(());
            }
        }
    }

    /// Returns `true` if the story goes on at once.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a terminal has more keys than this program uses"
    )]
    fn on_key(&mut self, key: KeyEvent) -> bool {
        let is_control_c =
            key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
        match key.code {
            _ if is_control_c => self.pace = Pace::Ended,
            KeyCode::Char('q') | KeyCode::Esc => self.pace = Pace::Ended,
            KeyCode::Char('f') => self.pace = Pace::Fast,
            KeyCode::Char('p') if self.pace == Pace::Paused => self.pace = Pace::Reading,
            KeyCode::Char('p') => self.pace = Pace::Paused,
            _ => return true,
        }
        false
    }
}

/// What is drawn: always the same frame, with the phone and the calls at their places.
struct Picture {
    texts: Arc<Texts>,
    theme: Theme,
    chapter: String,
    chapters: usize,
    number: usize,
    what: String,
    view: Option<View>,
    page: Option<PageText>,
    /// The button that is pressed.
    pressed: Option<usize>,
    log: Log,
    is_paused: bool,
}

impl Picture {
    fn new(texts: Arc<Texts>, theme: Theme) -> Self {
        Self {
            texts,
            theme,
            chapter: String::new(),
            chapters: 0,
            number: 0,
            what: String::new(),
            view: None,
            page: None,
            pressed: None,
            log: Log::default(),
            is_paused: false,
        }
    }

    fn show(&mut self, view: &View) {
        self.page = Some(PageText::of(view, &self.texts));
        self.view = Some(view.clone());
        self.pressed = None;
    }

    fn press(&mut self, tap: Tap) {
        let buttons = self.page.as_ref().map(|page| &page.buttons);
        self.pressed = buttons.and_then(|all| all.iter().position(|button| button.tap == tap));
    }

    fn step(&mut self, step: &Step<'_>) {
        self.show(step.view);
        self.number = step.number;
        self.what = step.what.to_owned();
        self.log.push(Entry::Did(step.what.to_owned()));
        for call in step.calls {
            self.log.push(Entry::Call(call));
        }
    }

    /// How much there is to read.
    fn characters(&self) -> u32 {
        let page = self.page.iter().flat_map(|page| &page.lines);
        let all = page.map(|line| line.text.len()).sum::<usize>() + self.what.len();
        u32::try_from(all).unwrap_or(u32::MAX)
    }

    fn draw(&mut self, frame: &mut Frame<'_>) {
        let rows = [Constraint::Length(3), Constraint::Min(0), Constraint::Length(1)];
        let [header, main, footer] = Layout::vertical(rows).areas(frame.area());
        self.draw_header(frame, header);
        let columns = [Constraint::Percentage(52), Constraint::Min(0)];
        let [phone, log] = Layout::horizontal(columns).areas(main);
        self.draw_phone(frame, phone);
        self.log.draw(frame, log, &self.texts, self.theme, false);
        let keys = if self.is_paused { "demo-paused" } else { "demo-keys" };
        let keys = format!(" {}", self.texts.text(keys));
        frame.render_widget(Paragraph::new(keys).style(self.theme.disabled()), footer);
    }

    fn draw_header(&self, frame: &mut Frame<'_>, area: Rect) {
        let bar: String =
            (1..=CHAPTERS).map(|it| if it <= self.chapters { '■' } else { '□' }).collect();
        let lines = vec![
            Line::styled(format!(" {bar}  {}", self.chapter), self.theme.title()),
            Line::styled(format!(" {:>2}. {}", self.number, self.what), self.theme.done()),
        ];
        frame.render_widget(Paragraph::new(lines), area);
    }

    fn draw_phone(&self, frame: &mut Frame<'_>, area: Rect) {
        let (Some(page), Some(view)) = (&self.page, &self.view) else { return };
        let phone = Phone {
            page,
            name: view.page.name(),
            counter: &render::counter(view, &self.texts),
            selected: self.pressed,
            has_focus: true,
            theme: self.theme,
        };
        phone.draw(frame, area);
        if view.pairing_runs {
            self.draw_sheet(frame, area);
        }
    }

    /// Apple's sheet over the lower half of the phone.
    fn draw_sheet(&self, frame: &mut Frame<'_>, phone: Rect) {
        let area = Rect {
            x: phone.x.saturating_add(1),
            y: phone.y + phone.height / 2,
            width: phone.width.saturating_sub(2),
            height: (phone.height / 2).saturating_sub(1),
        }
        .intersection(phone);
        let block = Block::bordered()
            .border_type(BorderType::Double)
            .border_style(self.theme.title())
            .title(format!(" {} ", self.texts.text("sheet-title")));
        let text = self.texts.text("sheet-body");
        let lines = wrap(&text, usize::from(area.width.saturating_sub(2)));
        let lines: Vec<_> = lines.into_iter().map(Line::from).collect();
        frame.render_widget(Clear, area);
        frame.render_widget(Paragraph::new(lines).block(block), area);
    }
}

#[cfg(test)]
mod tests {
    use digital_key::texts::Language;
    use expect_test::expect_file;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::harness::{CacheDirectory, Harness, OwnBackend, supported_phone};
    use crate::recordings::RecordOption;
    use crate::words;

    /// The picture before the first tap.
    async fn picture() -> (Picture, View) {
        let backend = OwnBackend::start(Default::default(), None).await.unwrap();
        let directory = CacheDirectory::new(None).unwrap();
        let url = backend.backend().bff_url();
        let held = Some(backend.control().held());
        let phone = supported_phone().unwrap();
        let record = RecordOption::default();
        let harness = Harness::start(&url, "token", directory, phone, held, record).await.unwrap();
        harness.dispatch(digital_key::Intent::SelectVehicle(backend.vehicles[0])).await.unwrap();
        let mut picture = Picture::new(Arc::new(words::texts(Language::English)), Theme::plain());
        picture.chapter = picture.texts.text("chapter-vehicles");
        picture.chapters = 1;
        let view = harness.view().unwrap();
        let calls = ["cache.load", "bff.support"];
        picture.step(&Step {
            number: 1,
            what: "a vehicle is selected",
            view: &view,
            calls: &calls,
        });
        (picture, view)
    }

    fn draw(picture: &mut Picture, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| picture.draw(frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..height).map(|y| row(y) + "\n").collect()
    }

    #[tokio::test]
    async fn the_phone_and_the_calls_have_their_places() {
        let (mut picture, _) = picture().await;
        expect_file!["snapshots/step.80x24.txt"].assert_eq(&draw(&mut picture, 80, 24));
        expect_file!["snapshots/step.120x40.txt"].assert_eq(&draw(&mut picture, 120, 40));
    }

    #[tokio::test]
    async fn each_size_is_drawn_also_with_the_sheet() {
        let (mut picture, mut view) = picture().await;
        view.pairing_runs = true;
        picture.show(&view);
        picture.press(Tap::Entry);
        assert_eq!(picture.pressed, Some(0));
        for width in [0, 1, 2, 3, 10, 40, 80, 200] {
            for height in [0, 1, 2, 3, 4, 5, 10, 24, 60] {
                draw(&mut picture, width, height);
            }
        }
        assert!(draw(&mut picture, 80, 24).contains("Apple Wallet"));
    }
}

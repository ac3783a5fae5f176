//! What the page draws, as one value.

use digital_key_domain::{EntryView, Tap};
use digital_key_texts::{Language, LineKind, PageText, Texts};
use serde::Serialize;

use crate::answer::{Answer, Asked};
use crate::moves::{Move, SheetAnswer, VehicleNumber};
use crate::session::Session;
use crate::truth::{PHONES, Truth, VERSIONS};
use crate::why::{self, Rule};
use crate::{VINS, sequence, words};

/// What the page draws.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// The link of the session.
    pub link: String,
    /// How many moves have happened.
    pub cursor: usize,
    /// All moves, those after the cursor included.
    pub timeline: Vec<TimelineEntry>,
    /// The phone.
    pub phone: PhonePicture,
    /// The cards: what can be answered next.
    pub cards: Vec<Card>,
    /// What is true in the world around the app.
    pub truth: Truth,
    /// The vehicles.
    pub vins: [&'static str; VINS.len()],
    /// The rules that decided the last move.
    pub why: Vec<Rule>,
    /// The numbers of the rules that this session has touched.
    pub touched: Vec<&'static str>,
    /// Who called whom.
    pub sequence: Vec<sequence::Arrow>,
    /// The facts of the machine that the last move changed.
    pub diff: Vec<DiffLine>,
}

/// One move of the timeline.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// What happened.
    pub words: String,
    /// The world answered by itself.
    pub is_automatic: bool,
    /// The machine ignored it, for this reason.
    pub ignored: Option<String>,
    /// The page afterwards.
    pub page: &'static str,
}

/// The phone, laid out from the view alone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhonePicture {
    /// The name of the page.
    pub page: &'static str,
    /// The title.
    pub title: String,
    /// The lines.
    pub lines: Vec<LinePicture>,
    /// The buttons, always at their places.
    pub buttons: Vec<ButtonPicture>,
    /// Whether the entry of the vehicle tab is shown.
    pub has_entry: bool,
    /// Apple's sheet is on the screen.
    pub has_sheet: bool,
}

/// A line of the phone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinePicture {
    /// `body`, `hint`, `warning`, `progress` or `link`.
    pub kind: &'static str,
    /// The text.
    pub text: String,
}

/// A button of the phone.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ButtonPicture {
    /// The move that a tap makes.
    pub code: String,
    /// The name of the tap in the acceptance language.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// The page offers it.
    pub is_enabled: bool,
    /// It is a checkbox, and this is whether it is checked.
    pub is_checked: Option<bool>,
    /// It is a highlighted checkbox.
    pub is_highlighted: bool,
}

/// A question with its answers.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// The question.
    pub title: String,
    /// Who answers.
    pub from: &'static str,
    /// The vehicle.
    pub vehicle: &'static str,
    /// The answers.
    pub answers: Vec<CardAnswer>,
}

/// An answer of a card.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardAnswer {
    /// The move.
    pub code: String,
    /// The answer in words.
    pub words: String,
    /// It is what the world says.
    pub is_natural: bool,
}

/// A line of the difference between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffLine {
    /// `+`, `-` or a space.
    pub mark: char,
    /// The fact.
    pub text: String,
}

/// What does not change: what the page can choose from, and the flow.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choices {
    phones: Vec<&'static str>,
    versions: [&'static str; VERSIONS.len()],
    vins: [&'static str; VINS.len()],
    rules: Vec<Rule>,
    arrows: Vec<FlowArrow>,
}

/// An arrow of the flow: what leads from a page to the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowArrow {
    from: &'static str,
    to: &'static str,
    text: String,
}

impl Choices {
    /// Returns all of them.
    #[must_use]
    pub fn all() -> Self {
        Self {
            phones: PHONES.iter().map(|(words, _)| *words).collect(),
            versions: VERSIONS,
            vins: VINS,
            rules: why::all().collect(),
            arrows: FLOW.lines().filter_map(flow_arrow).collect(),
        }
    }
}

/// The generated page about the flow, whose diagram has an arrow a line.
/// A link to `docs/generated/flow.md`, so that the published crate has it.
const FLOW: &str = include_str!("flow.txt");

fn flow_arrow(line: &'static str) -> Option<FlowArrow> {
    let (from, rest) = line.trim().split_once(' ')?;
    let (text, to) = rest.split_once("|\"")?.1.split_once("\"| ")?;
    Some(FlowArrow { from, to, text: text.replace("<br>", " ") })
}

impl Picture {
    /// Draws a session in a language.
    #[must_use]
    pub fn of(session: &Session, language: Language) -> Self {
        let happened = &session.entries()[..session.cursor()];
        let last = happened.last();
        let mut touched: Vec<_> = happened.iter().flat_map(|it| it.rules.iter().copied()).collect();
        touched.sort_unstable();
        touched.dedup();
        Self {
            link: session.link(),
            cursor: session.cursor(),
            timeline: timeline(session),
            phone: phone(session, language),
            cards: cards(session),
            truth: session.now().truth.clone(),
            vins: VINS,
            why: last.iter().flat_map(|it| &it.rules).filter_map(|it| why::rule(it)).collect(),
            touched,
            sequence: sequence::of(happened),
            diff: diff(session),
        }
    }
}

fn timeline(session: &Session) -> Vec<TimelineEntry> {
    let entries = session.entries().iter();
    entries
        .map(|entry| TimelineEntry {
            words: words::of_move(entry.made),
            is_automatic: entry.is_automatic,
            ignored: entry.steps.first().and_then(|step| match step.verdict {
                digital_key_domain::Verdict::Accepted => None,
                digital_key_domain::Verdict::Ignored(reason) => Some(reason.to_string()),
            }),
            page: entry.after.view().page.name(),
        })
        .collect()
}

fn phone(session: &Session, language: Language) -> PhonePicture {
    let view = session.now().view();
    let page = PageText::of(&view, &Texts::new(language));
    PhonePicture {
        page: view.page.name(),
        title: page.title,
        lines: page
            .lines
            .into_iter()
            .map(|line| LinePicture { kind: kind(line.kind), text: line.text })
            .collect(),
        buttons: page
            .buttons
            .into_iter()
            .map(|button| ButtonPicture {
                code: Move::Tap(button.tap).to_string(),
                name: Tap::name(button.tap),
                label: button.label,
                is_enabled: button.is_enabled,
                is_checked: button.checkbox.map(|it| it.is_checked),
                is_highlighted: button.checkbox.is_some_and(|it| it.is_highlighted),
            })
            .collect(),
        has_entry: view.entry != EntryView::Hidden,
        has_sheet: session.now().sheet().is_some(),
    }
}

fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Body => "body",
        LineKind::Hint => "hint",
        LineKind::Warning => "warning",
        LineKind::Progress => "progress",
        LineKind::Link => "link",
    }
}

fn cards(session: &Session) -> Vec<Card> {
    let now = session.now();
    let mut cards: Vec<_> = now
        .open_questions()
        .map(|open| {
            let mut answers = open.asked.answers();
            answers.retain(|answer| *answer != open.natural);
            answers.insert(0, open.natural);
            Card {
                title: open.asked.words().into(),
                from: open.asked.answered_by(),
                vehicle: vin(open.vehicle),
                answers: answers
                    .into_iter()
                    .map(|answer| question_answer(open.vehicle, open.asked, answer, open.natural))
                    .collect(),
            }
        })
        .collect();
    if let Some(vehicle) = now.sheet() {
        cards.push(sheet_card(vehicle, "Apple's sheet is up: what does it answer?", Move::Sheet));
    }
    if let Some(vehicle) = now.checked_sheet() {
        let gone = Move::SheetGone(vehicle).to_string();
        let words = "no, and there was no answer".into();
        cards.push(Card {
            title: "Is the sheet still up?".into(),
            from: "Apple",
            vehicle: vin(vehicle),
            answers: vec![CardAnswer { code: gone, words, is_natural: false }],
        });
    }
    for vehicle in now.late_sheets() {
        cards.push(sheet_card(vehicle, "Apple may call back once more", Move::Late));
    }
    cards
}

fn question_answer(
    vehicle: VehicleNumber,
    asked: Asked,
    answer: Answer,
    natural: Answer,
) -> CardAnswer {
    CardAnswer {
        code: Move::Answer(vehicle, asked, answer).to_string(),
        words: answer.words(asked),
        is_natural: answer == natural,
    }
}

fn sheet_card(
    vehicle: VehicleNumber,
    title: &str,
    make: fn(VehicleNumber, SheetAnswer) -> Move,
) -> Card {
    let answers = SheetAnswer::all().map(|answer| CardAnswer {
        code: make(vehicle, answer).to_string(),
        words: words::of_sheet(answer),
        is_natural: false,
    });
    Card { title: title.into(), from: "Apple", vehicle: vin(vehicle), answers: answers.collect() }
}

fn vin(vehicle: VehicleNumber) -> &'static str {
    VINS.get(usize::from(vehicle)).copied().unwrap_or_default()
}

/// Returns the facts of the machine that the last move changed. Facts are lines, and a line that both
/// moments have is left out.
fn diff(session: &Session) -> Vec<DiffLine> {
    let Some(before) = session.cursor().checked_sub(1) else { return Vec::new() };
    let facts = |moves| {
        let flow = format!("{:#?}", session.at(moves).world.flow());
        flow.lines().map(|line| line.trim_end_matches(',').to_owned()).collect::<Vec<_>>()
    };
    changed_lines(&facts(before), &facts(session.cursor()))
}

/// The longest common subsequence decides which lines are kept.
fn changed_lines(before: &[String], after: &[String]) -> Vec<DiffLine> {
    let same_start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[same_start..], &after[same_start..]);
    let ends = before.iter().rev().zip(after.iter().rev());
    let same_end = ends.take_while(|(one, other)| one == other).count();
    let (before, after) = (&before[..before.len() - same_end], &after[..after.len() - same_end]);
    let mut lengths = vec![vec![0_u16; after.len() + 1]; before.len() + 1];
    for (row, one) in before.iter().enumerate().rev() {
        for (column, other) in after.iter().enumerate().rev() {
            lengths[row][column] = if one == other {
                lengths[row + 1][column + 1] + 1
            } else {
                lengths[row + 1][column].max(lengths[row][column + 1])
            };
        }
    }
    let mut lines = Vec::new();
    let (mut row, mut column) = (0, 0);
    while row < before.len() || column < after.len() {
        if row < before.len() && column < after.len() && before[row] == after[column] {
            row += 1;
            column += 1;
        } else if column == after.len()
            || (row < before.len() && lengths[row + 1][column] >= lengths[row][column + 1])
        {
            lines.push(DiffLine { mark: '-', text: before[row].clone() });
            row += 1;
        } else {
            lines.push(DiffLine { mark: '+', text: after[column].clone() });
            column += 1;
        }
    }
    lines
}

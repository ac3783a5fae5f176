//! A session as a scenario of the acceptance language.
//!
//! In that language the backend answers as the world is. An answer that was chosen by hand becomes a
//! change of the world around the step that asks, and one that came later is held back until then.
//! What the language cannot say becomes a comment.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use digital_key_domain::{KeyState, PageView, Tap};

use crate::answer::{Answer, Asked};
use crate::change::Change;
use crate::moves::{Move, SheetAnswer, VehicleNumber};
use crate::session::{Entry, Moment, Session};
use crate::truth::{PHONES, Truth, VERSIONS};
use crate::{VINS, words};

/// Returns the moves that have happened as a feature file with one scenario.
#[must_use]
pub fn feature(session: &Session) -> String {
    let mut scenario = Scenario { lines: Vec::new(), has_acted: false, page: "VehicleTab" };
    let happened = &session.entries()[..session.cursor()];
    let mut at = 0;
    while at < happened.len() {
        let group = 1 + happened[at + 1..].iter().take_while(|it| is_answer(it.made)).count();
        scenario.add_group(session, at, &happened[at..at + group], happened);
        at += group;
    }
    scenario.check(session.now());
    let mut text = String::from(
        "Feature: A session, step by step\n\n  Scenario: what happened, in the order in which it happened\n",
    );
    for line in scenario.lines {
        let _ = writeln!(text, "    {line}");
    }
    text
}

struct Scenario {
    lines: Vec<String>,
    /// A step has acted on the app, so that it runs.
    has_acted: bool,
    /// The page that was checked last.
    page: &'static str,
}

fn is_answer(made: Move) -> bool {
    matches!(made, Move::Answer(..))
}

/// An answer to a question that a group asks.
struct LaterAnswer {
    vehicle: VehicleNumber,
    asked: Asked,
    /// What the world would have answered.
    natural: Answer,
    answer: Answer,
    /// It comes after this group.
    is_late: bool,
}

impl Scenario {
    fn given(&mut self, text: impl Into<String>) {
        self.lines.push(format!("Given {}", text.into()));
    }

    fn when(&mut self, text: impl Into<String>) {
        self.lines.push(format!("When {}", text.into()));
        self.has_acted = true;
    }

    fn comment(&mut self, text: &str) {
        self.lines.push(format!("# {text}"));
    }

    /// Adds a move and the answers that came before the next one.
    fn add_group(&mut self, session: &Session, at: usize, group: &[Entry], happened: &[Entry]) {
        let before = session.at(at);
        let answers = answers_to(session, at, group.len(), happened);
        let truth = &group[0].after.truth;
        for answer in &answers {
            self.prepare(answer);
        }
        self.add_move(group[0].made, before, &group[0].after);
        for answer in &answers {
            self.restore(answer, truth);
        }
        self.release(before, group, &group[group.len() - 1].after.truth);
        let page = group[group.len() - 1].after.view().page.name();
        if page != self.page && self.has_acted {
            self.page = page;
            self.lines.push(format!("Then the page is \"{page}\""));
        }
    }

    /// Lets the world be such that it gives this answer.
    fn prepare(&mut self, answer: &LaterAnswer) {
        if answer.is_late
            && let Some(endpoint) = answer.asked.endpoint()
        {
            self.given(format!("the backend holds back \"{endpoint}\" answers"));
        } else if answer.is_late {
            self.comment(&format!(
                "Here {} answers later; this language cannot say so.",
                answer.asked.answered_by()
            ));
        }
        if answer.natural == answer.answer {
            return;
        }
        let lines = world_of(answer.vehicle, answer.asked, answer.answer);
        if lines.is_empty() {
            self.comment(&format!(
                "Here {} answers \"{}\"; this language cannot say so.",
                answer.asked.answered_by(),
                answer.answer.words(answer.asked)
            ));
        }
        for line in lines {
            self.given(line);
        }
    }

    /// Lets the world be again what it is.
    fn restore(&mut self, answer: &LaterAnswer, truth: &Truth) {
        if answer.natural == answer.answer
            || world_of(answer.vehicle, answer.asked, answer.answer).is_empty()
        {
            return;
        }
        if matches!(answer.answer, Answer::Fails(_)) {
            self.given("the backend answers normally again");
            for asked in &truth.failing {
                self.given(Change::Failing(*asked, true).words());
            }
            return;
        }
        if answer.asked == Asked::Presence {
            self.given(Change::WalletAnswers(truth.wallet_answers).words());
            for key in &truth.wallet {
                self.given(Change::Wallet(*key, true).words());
            }
            return;
        }
        for line in world_of(answer.vehicle, answer.asked, answer.natural) {
            self.given(line);
        }
    }

    /// Releases the answers of this group to questions of an earlier one.
    fn release(&mut self, before: &Moment, group: &[Entry], truth: &Truth) {
        let asked_before: Vec<_> = before.open_questions().collect();
        let mut released = BTreeSet::new();
        for entry in group {
            let Move::Answer(vehicle, asked, _) = entry.made else { continue };
            let is_older = asked_before.iter().any(|it| (it.vehicle, it.asked) == (vehicle, asked));
            if is_older
                && let Some(endpoint) = asked.endpoint()
                && released.insert(endpoint)
            {
                self.when(format!("the backend releases the \"{endpoint}\" answers"));
                if truth.held.contains(&asked) {
                    self.given(format!("the backend holds back \"{endpoint}\" answers"));
                }
            }
        }
    }

    fn add_move(&mut self, made: Move, before: &Moment, after: &Moment) {
        let vin = |vehicle: VehicleNumber| VINS.get(usize::from(vehicle)).copied().unwrap_or("?");
        match made {
            Move::Select(vehicle) => self.when(format!("vehicle \"{}\" is selected", vin(vehicle))),
            Move::Tap(tap) => self.when(tap_step(tap)),
            Move::Background => self.when("the app goes to the background"),
            Move::Foreground => self.when("the app comes to the foreground"),
            Move::SignOut => self.when("the user signs out"),
            Move::Kill => self.when("the app is killed and started again"),
            Move::Refresh(vehicle) => {
                self.when(format!("vehicle \"{}\" is refreshed", vin(vehicle)))
            }
            Move::Forget(vehicle) => {
                self.when(format!("vehicle \"{}\" is forgotten", vin(vehicle)))
            }
            Move::Sheet(_, answer) | Move::Late(_, answer) => {
                self.when(sheet_step(answer, &after.truth));
            }
            Move::SheetGone(_) => {
                self.comment(
                    "Here the sheet is gone without an answer; this language cannot say so.",
                );
            }
            Move::World(change) => self.change(change, before, after),
            // The first move of a group is an answer only at the beginning of a session.
            Move::Answer(..) => self.comment(&words::of_move(made)),
        }
    }

    fn change(&mut self, change: Change, before: &Moment, after: &Moment) {
        let truth = &after.truth;
        match change {
            Change::Phone(_) | Change::Version(_) => self.given(phone_step(truth)),
            Change::Wallet(key, false) => {
                self.when(format!("key \"K{key}\" is deleted from the wallet"));
            }
            Change::Tracked(vehicle, _) => {
                for line in owner_step(vehicle, truth) {
                    self.given(line);
                }
            }
            // Only the answers that come late are held back: see `prepare`.
            Change::Held(..) => {}
            Change::Failing(_, false) => {
                self.given("the backend answers normally again");
                for asked in &truth.failing {
                    self.given(Change::Failing(*asked, true).words());
                }
            }
            other => self.given(other.words()),
        }
        if change.restarts() && self.has_acted && before.truth != after.truth {
            self.when("the app is killed and started again");
        }
    }

    /// Checks what is shown in the end.
    fn check(&mut self, now: &Moment) {
        let view = now.view();
        let mut then = |text: String| self.lines.push(format!("Then {text}"));
        then(format!("the page is \"{}\"", view.page.name()));
        match &view.page {
            PageView::VehicleTab { .. } if view.vehicle.is_some() => {
                let is_hidden = view.entry == digital_key_domain::EntryView::Hidden;
                then(format!("the entry is {}", if is_hidden { "hidden" } else { "shown" }));
            }
            PageView::Welcome { .. } => {
                let offered = view.offers.contains(Tap::Continue);
                then(format!("continue is {}", if offered { "enabled" } else { "disabled" }));
            }
            PageView::Overview { .. } => {
                then(format!("the key state is \"{}\"", key_state(view.key_state)));
            }
            _ => {}
        }
        then(format!("{} pairing is running", if view.pairing_runs { "a" } else { "no" }));
    }
}

/// Returns the answers to the questions that a group asks, but for those that the world gave at once.
fn answers_to(session: &Session, at: usize, group: usize, happened: &[Entry]) -> Vec<LaterAnswer> {
    let mut answers = Vec::new();
    let mut open: Vec<_> = session.at(at).open_questions().collect();
    for number in at..at + group {
        let after = &happened[number].after;
        for question in after.open_questions() {
            let is_new =
                !open.iter().any(|it| (it.vehicle, it.asked) == (question.vehicle, question.asked));
            if !is_new {
                continue;
            }
            let mut rest = happened.iter().enumerate().skip(number + 1);
            let answered = rest.find_map(|(place, entry)| match entry.made {
                Move::Answer(vehicle, asked, answer)
                    if (vehicle, asked) == (question.vehicle, question.asked) =>
                {
                    Some((place, answer))
                }
                _ => None,
            });
            let (is_late, answer) = match answered {
                Some((place, answer)) => (place >= at + group, answer),
                None => (true, question.natural),
            };
            let (vehicle, asked, natural) = (question.vehicle, question.asked, question.natural);
            answers.push(LaterAnswer { vehicle, asked, natural, answer, is_late });
        }
        open = after.open_questions().collect();
    }
    answers
}

/// Returns the steps after which the world gives an answer; none if there are no such steps.
fn world_of(vehicle: VehicleNumber, asked: Asked, answer: Answer) -> Vec<String> {
    match (asked, answer) {
        (Asked::Support, Answer::Yes) => vec![Change::Supports(vehicle, true).words()],
        (Asked::Support, Answer::No) => vec![Change::Supports(vehicle, false).words()],
        (Asked::Status, Answer::Status { owner, primary, prepared }) => {
            let vin = VINS.get(usize::from(vehicle)).copied().unwrap_or("?");
            let owner = match owner {
                None => format!("vehicle \"{vin}\" has no owner key"),
                Some((key, tracked)) => {
                    let article = if tracked { "a tracked" } else { "an untracked" };
                    format!("vehicle \"{vin}\" has {article} owner key \"K{key}\"")
                }
            };
            vec![
                owner,
                Change::Primary(vehicle, primary).words(),
                Change::Prepared(vehicle, prepared).words(),
            ]
        }
        (Asked::Password, Answer::Yes) => vec![Change::Password(vehicle, true).words()],
        (Asked::Password, Answer::No) => vec![Change::Password(vehicle, false).words()],
        (Asked::Support | Asked::Status | Asked::Password, Answer::Fails(fault)) => {
            let endpoint = asked.endpoint().unwrap_or_default();
            let fault = fault.name();
            vec![format!("the backend fails on \"{endpoint}\" requests with \"{fault}\"")]
        }
        (Asked::Presence, Answer::Unknown) => vec![Change::WalletAnswers(false).words()],
        (Asked::Presence, Answer::No) => {
            vec![Change::WalletAnswers(true).words(), "the wallet is empty".into()]
        }
        _ => Vec::new(),
    }
}

fn tap_step(tap: Tap) -> &'static str {
    match tap {
        Tap::Entry => "the entry is tapped",
        Tap::Continue => "continue is tapped",
        Tap::Retry => "retry is tapped",
        Tap::TickBox => "the box is ticked",
        Tap::UntickBox => "the box is unticked",
        Tap::CardAction => "the card action is tapped",
        Tap::Tutorial => "the tutorial is tapped",
        Tap::ConfirmMove => "the move is confirmed",
        Tap::CancelMove => "the move is cancelled",
        Tap::ConfirmError => "the error is confirmed",
        Tap::Back => "back is tapped",
        Tap::Close => "the page is closed",
    }
}

fn sheet_step(answer: SheetAnswer, after: &Truth) -> String {
    let key = after.wallet.last().copied().unwrap_or_default();
    match answer {
        SheetAnswer::Pass => format!("Apple returns pass \"K{key}\""),
        SheetAnswer::PassAndError(_) => format!("Apple returns pass \"K{key}\" with an error"),
        SheetAnswer::Error(code) => format!("Apple returns the error \"{}\"", code.name()),
        SheetAnswer::Neither => "Apple returns neither a pass nor an error".into(),
    }
}

fn phone_step(truth: &Truth) -> String {
    let version = VERSIONS.get(usize::from(truth.version)).copied().unwrap_or_default();
    match PHONES.get(usize::from(truth.phone)).and_then(|(_, machine)| *machine) {
        Some(machine) => format!("an iPhone \"{machine}\" running iOS \"{version}\""),
        None => "an Android phone".into(),
    }
}

fn owner_step(vehicle: VehicleNumber, truth: &Truth) -> Vec<String> {
    let Some(it) = truth.vehicles.get(usize::from(vehicle)) else { return Vec::new() };
    let owner = it.owner.map(|key| (key, it.tracked));
    let status = Answer::Status { owner, primary: it.primary, prepared: it.prepared };
    world_of(vehicle, Asked::Status, status).into_iter().take(1).collect()
}

fn key_state(state: KeyState) -> &'static str {
    match state {
        KeyState::Unknown => "Unknown",
        KeyState::None => "None",
        KeyState::OtherDevice => "OtherDevice",
        KeyState::ActiveTracked => "ActiveTracked",
        KeyState::ActiveUntracked => "ActiveUntracked",
    }
}

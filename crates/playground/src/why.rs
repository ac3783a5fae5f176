//! Why the page is what it is: the rules that decided a move, and their sentences.

use digital_key_domain::{
    Effect, Event, Intent, KeyState, PageView, Question, Reply, Support, SupportAnswer, Tap,
    Verdict, View,
};
use digital_key_exploration::WorldStep;
use serde::Serialize;

use crate::moves::Move;

/// The page about the rules: a line for each.
/// A link to `docs/rules.md`, so that the published crate has it.
const RULES: &str = include_str!("rules.txt");

/// A rule and its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The number, such as `ENT-3`.
    pub number: &'static str,
    /// The sentence.
    pub sentence: &'static str,
}

/// Returns all rules, in the order of their page.
pub fn all() -> impl Iterator<Item = Rule> {
    RULES.lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("- ")?.split_once(" [")?;
        let (_, sentence) = rest.split_once("] ")?;
        Some(Rule { number, sentence })
    })
}

/// Returns the rule with this number.
pub(crate) fn rule(number: &str) -> Option<Rule> {
    all().find(|rule| rule.number == number)
}

/// Returns the numbers of the rules that decided a move.
pub(crate) fn rules(before: &View, made: Move, steps: &[WorldStep]) -> Vec<&'static str> {
    let mut rules = Vec::new();
    if made == Move::Kill {
        rules.push("GEN-4");
    }
    let mut before = before.clone();
    for step in steps {
        let after = step.after.view();
        rules.extend(step_rules(&before, step, &after));
        before = after;
    }
    let mut seen = Vec::new();
    rules.retain(|rule| {
        let is_new = !seen.contains(rule);
        seen.push(*rule);
        is_new
    });
    rules
}

fn step_rules(before: &View, step: &WorldStep, after: &View) -> Vec<&'static str> {
    if let Verdict::Ignored(_) = step.verdict {
        return ignored(before, &step.event);
    }
    let mut rules = Vec::new();
    match &step.event {
        Event::Intent(Intent::SelectVehicle(_)) => {
            let is_in_flow = !matches!(before.page, PageView::VehicleTab { .. });
            rules.push(if is_in_flow { "GEN-3" } else { "ENT-6" });
            if step.effects.is_empty() && before.vehicle != after.vehicle {
                rules.push("ENT-1");
            }
        }
        Event::Intent(Intent::Tap(tap)) => rules.extend(tap_rules(before, *tap, after)),
        Event::SignedOut => rules.push("GEN-5"),
        Event::RefreshRequested(_) => rules.push("ENT-10"),
        Event::VehicleForgotten(_) => rules.push("GEN-9"),
        Event::LateAnswer { .. } => rules.push("CBK-7"),
        Event::CacheFailed(_) => rules.push("GEN-7"),
        Event::Replied { reply, .. } => rules.extend(reply_rules(before, reply, after)),
        Event::WentToBackground => {}
        Event::CameToForeground => {
            rules.extend(asked_again(before));
            if asks(step, |question| matches!(question, Question::CheckSheet)) {
                rules.push("GEN-2");
            }
        }
        Event::WalletChanged => rules.extend(["OVR-2", "OVR-7"]),
    }
    if before.page.name() != "Welcome" && after.page.name() == "Welcome" {
        rules.extend(["WEL-1", "WEL-3"]);
    }
    if before.page.name() != "Overview" && after.page.name() == "Overview" {
        rules.push("OVR-1");
    }
    if after.key_state == KeyState::ActiveUntracked && after.page.name() == "Overview" {
        rules.push("OVR-3");
    }
    rules
}

/// An event that changed nothing has a rule, too.
fn ignored(before: &View, event: &Event) -> Vec<&'static str> {
    match event {
        Event::Intent(Intent::Tap(_)) if before.pairing_runs => vec!["RDY-5", "GEN-8"],
        Event::Intent(Intent::Tap(_)) => vec!["GEN-8"],
        Event::Intent(Intent::SelectVehicle(_)) => vec!["ENT-6"],
        Event::LateAnswer { .. } => vec!["CBK-7"],
        _ => vec!["GEN-2"],
    }
}

fn asks(step: &WorldStep, is_meant: impl Fn(&Question) -> bool) -> bool {
    step.effects
        .iter()
        .any(|effect| matches!(effect, Effect::Request(request) if is_meant(&request.question)))
}

fn asked_again(before: &View) -> Vec<&'static str> {
    match before.page.name() {
        "VehicleTab" => vec!["ENT-4"],
        "Welcome" => vec!["WEL-1"],
        "Overview" => vec!["OVR-2", "OVR-7"],
        "Tutorial1" | "Tutorial2" | "MoveKeyWarning" => vec!["OVR-2"],
        _ => vec![],
    }
}

fn tap_rules(before: &View, tap: Tap, after: &View) -> Vec<&'static str> {
    let page = before.page.name();
    match (page, tap) {
        ("PairingError", Tap::Close | Tap::Back | Tap::ConfirmError) => vec!["ERR-1"],
        (_, Tap::Close) => vec!["GEN-1"],
        (_, Tap::Back) if matches!(before.page, PageView::Error(_)) => vec!["ERR-5"],
        (_, Tap::Back) => vec!["GEN-1"],
        ("VehicleTab", _) if after.page.name() == "Welcome" => vec!["ENT-9"],
        ("VehicleTab", _) => vec!["ENT-8"],
        ("Welcome", _) if after.page.name() == "BackendError" => vec!["WEL-5"],
        ("Welcome", _) => vec!["WEL-6"],
        ("GrabYourTwoKeys", _) => vec!["KEY-1"],
        ("ReadyToPair", Tap::Continue) if after.pairing_runs => vec!["RDY-3"],
        ("ReadyToPair", _) => vec!["RDY-2"],
        ("PairingError", _) if after.pairing_runs => vec!["ERR-2"],
        ("PairingError" | "PairingAttemptsExhausted", _) => vec!["ERR-3"],
        ("KeyDeleted", _) => vec!["OVR-2"],
        ("Tutorial1", _) => vec!["TUT-1"],
        ("Tutorial2", _) => vec!["TUT-2"],
        ("Overview", Tap::Tutorial) => vec!["OVR-5"],
        ("Overview", _) => vec!["OVR-4"],
        ("MoveKeyWarning", Tap::CancelMove) => vec!["MOV-2"],
        ("MoveKeyWarning", _) => vec!["MOV-3"],
        _ => vec!["ERR-5"],
    }
}

fn reply_rules(before: &View, reply: &Reply, after: &View) -> Vec<&'static str> {
    let page = (before.page.name(), after.page.name());
    match reply {
        Reply::Record(Err(_)) => vec!["GEN-7"],
        Reply::Record(Ok(record)) if record.support.is_some() => vec!["ENT-3"],
        Reply::Record(Ok(_)) => vec!["ENT-2"],
        Reply::Support(Err(_)) => vec!["ENT-4"],
        Reply::Support(Ok(SupportAnswer::Unknown)) => vec!["REQ-5"],
        Reply::Support(Ok(SupportAnswer::Known(Support::NotSupported))) => vec!["ENT-2", "REQ-5"],
        Reply::Support(Ok(_)) => vec!["ENT-2"],
        Reply::Status(answer) => {
            let mut rules = if page.0 == "Overview" { vec!["OVR-7"] } else { vec!["WEL-1"] };
            if answer.as_ref().is_ok_and(|status| status.owner_key.is_some()) {
                rules.push("WEL-2");
            }
            rules.extend(certain(before, after));
            rules
        }
        Reply::Password(_) => {
            let mut rules = if page.0 == "Welcome" { vec!["WEL-3"] } else { vec!["ERR-4"] };
            rules.extend(certain(before, after));
            rules
        }
        Reply::PasswordStored(_) => certain(before, after),
        Reply::CanCreateKey(_) => {
            let mut rules = vec!["WEL-4"];
            rules.extend(certain(before, after));
            rules
        }
        Reply::Presence(_) => match page {
            (_, "KeyDeleted") => vec!["OVR-2"],
            ("VehicleTab", "Overview") => vec!["ENT-8"],
            ("VehicleTab", "Welcome") => vec!["ENT-9"],
            ("Welcome", _) => vec!["WEL-2"],
            _ => vec!["OVR-2"],
        },
        Reply::WalletOpened(_) => vec!["OVR-4"],
        Reply::UseTaken(_) if after.pairing_runs => vec!["RDY-4"],
        Reply::UseTaken(_) => vec!["RDY-6"],
        Reply::Pairing(answer) => match (&answer.pass, &answer.error) {
            (Some(_), Some(_)) => vec!["CBK-3", "CBK-5"],
            (Some(_), None) => vec!["CBK-1", "CBK-5"],
            (None, Some(_)) => vec!["CBK-2", "CBK-6"],
            (None, None) => vec!["CBK-4"],
        },
        Reply::SheetGone => vec!["GEN-2", "CBK-4"],
    }
}

/// Continue on Welcome is offered since this answer (WEL-4).
fn certain(before: &View, after: &View) -> Vec<&'static str> {
    let offered = |view: &View| {
        matches!(view.page, PageView::Welcome { .. }) && view.offers.contains(Tap::Continue)
    };
    if !offered(before) && offered(after) { vec!["WEL-4", "WEL-7"] } else { vec![] }
}

//! The diagram of the flow, in Mermaid's words.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use digital_key_domain::Tap;

use super::observed::{Observed, Step};
use super::words::{self, HAPPY_PATH, Leads, PAGES, What};

/// What the diagram shows and what it leaves out.
pub(super) const LEGEND: &str = "\
| in the diagram | means |
|---|---|
| thick arrow, green page | the happy path: the pairing succeeds at once |
| thin arrow | another tap of the user |
| dotted arrow | an answer: no tap is needed |
| red page | an error page |
| \"no owner key\" | the vehicle has none, or the user moves it to this phone |
| left out | Back, Close and OK; selecting another vehicle; signing out |
";

/// Apple's sheet: it opens above a page, and is drawn as one.
const SHEET: &str = "Sheet";

/// The kinds of arrows, in the order in which they are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    HappyPath,
    Tap,
    Answer,
}

/// Returns the diagram.
pub(super) fn mermaid(observed: &Observed) -> String {
    let mut text = String::from("flowchart TD\n");
    for (page, title) in PAGES {
        let class = match page {
            _ if is_on_happy_path(page) => ":::happy",
            _ if words::is_error(page) => ":::error",
            _ => "",
        };
        let _ = writeln!(text, "    {page}[\"{title}\"]{class}");
        if page == "ReadyToPair" {
            let _ = writeln!(text, "    {SHEET}([\"Apple's sheet\"]):::happy");
        }
    }
    let mut arrows: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for step in observed.steps.keys() {
        if let Some((from, to, kind)) = arrow(step) {
            // The arrows of the sheet follow those of the page that it opens above.
            let page = if from == SHEET { "ReadyToPair" } else { from };
            let key = (words::place(page), from == SHEET, kind, words::place(to), from, to);
            let labels = arrows.entry(key).or_default();
            if !labels.contains(&label(step)) {
                labels.push(label(step));
            }
        }
    }
    for ((.., kind, _, from, to), labels) in arrows {
        let arrow = match kind {
            Kind::HappyPath => "==>",
            Kind::Tap => "-->",
            Kind::Answer => "-.->",
        };
        let _ = writeln!(text, "    {from} {arrow}|\"{}\"| {to}", labels.join("<br>or "));
    }
    text + "    classDef happy stroke:#1a7f37,stroke-width:3px\n    \
            classDef error stroke:#cf222e,stroke-width:2px\n"
}

/// Returns the ends of the arrow of a step, and its kind; `None` = it is not drawn.
fn arrow(step: &Step) -> Option<(&'static str, &'static str, Kind)> {
    let to = match step.leads {
        Leads::To(page) => page,
        Leads::ToSheet => SHEET,
        Leads::Stays(_) => return None,
    };
    let (from, kind) = match step.what {
        What::Tap(Tap::Back | Tap::Close | Tap::ConfirmError) | What::User(_) => return None,
        What::Tap(_) => (step.from, Kind::Tap),
        What::Sheet(_) => (SHEET, Kind::Answer),
        What::Phone(_) | What::Answer(_) => (step.from, Kind::Answer),
    };
    let is_happy = HAPPY_PATH.contains(&(step.from, step.what, step.leads));
    // The same answer of the sheet, on the page that a retry was tapped on.
    let is_drawn = !(matches!(step.what, What::Sheet(_)) && step.from == "PairingError");
    is_drawn.then_some((from, to, if is_happy { Kind::HappyPath } else { kind }))
}

fn is_on_happy_path(page: &'static str) -> bool {
    HAPPY_PATH.iter().any(|(from, _, leads)| *from == page || *leads == Leads::To(page))
}

/// Returns what happens, with its condition.
fn label(step: &Step) -> String {
    let parts = [step.what.words(), step.condition];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::observed::tests::observed;
    use super::*;

    #[test]
    fn each_kind_of_step_has_its_arrow() {
        let diagram = mermaid(&observed(&[
            ("VehicleTab", What::Tap(Tap::Entry), Some("Welcome")),
            ("VehicleTab", What::Answer("the wallet cannot say"), Some("Welcome")),
            ("GrabYourTwoKeys", What::Tap(Tap::Back), Some("Welcome")),
            ("ReadyToPair", What::Sheet("Apple makes no key"), Some("PairingError")),
            ("ReadyToPair", What::Sheet("the sheet is gone"), Some("PairingError")),
            ("Overview", What::Tap(Tap::CardAction), Some("MoveKeyWarning")),
            ("BackendError", What::Tap(Tap::Retry), Some("Welcome")),
        ]));
        let arrows: Vec<_> = diagram.lines().filter(|line| line.contains('|')).collect();
        assert_eq!(
            arrows,
            [
                "    VehicleTab ==>|\"Digital Key, no key on this phone\"| Welcome",
                "    VehicleTab -.->|\"the wallet cannot say\"| Welcome",
                "    Sheet -.->|\"Apple makes no key<br>or the sheet is gone\"| PairingError",
                "    Overview -->|\"Action of the card, key on another phone\"| MoveKeyWarning",
                "    BackendError -->|\"Retry\"| Welcome",
            ]
        );
        assert!(diagram.contains("    Welcome[\"Welcome\"]:::happy\n"));
        assert!(diagram.contains("    BackendError[\"Something went wrong\"]:::error\n"));
    }
}

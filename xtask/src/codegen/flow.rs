//! The pages about the flow: what leads from page to page, as a table and as diagrams.

use std::collections::{BTreeMap, BTreeSet};

use super::diagram::Diagram;
use super::drive::{Outcome, Step, steps};
use super::world::{Name, World};
use super::{Page, svg};
use crate::Failure;

/// The table with a diagram for Markdown, and the diagram by itself.
pub(super) fn pages() -> Result<Vec<Page>, Failure> {
    let table = Table::of(&steps(&World::all()?)?);
    let diagram = Diagram::of(&table);
    Ok(vec![
        Page { path: "docs/generated/flow.md", text: markdown(&table, &diagram) },
        Page { path: "docs/generated/flow.svg", text: svg::draw(&diagram) },
    ])
}

/// What an event can lead to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum After {
    Opens(&'static str),
    Stays,
    /// The event is ignored, for this reason.
    Ignored(String),
}

/// Calls of ports.
type Calls = BTreeSet<&'static str>;

/// What each event can lead to, with the calls that it can cause.
type Events = BTreeMap<Name, BTreeMap<After, Calls>>;

/// What each event can lead to on each page.
pub(super) struct Table {
    /// The pages in the order in which they were met.
    pub(super) pages: Vec<&'static str>,
    pub(super) events: BTreeMap<&'static str, Events>,
    /// What answers can cause without opening a page, whatever page is shown.
    answers: BTreeMap<Name, Calls>,
    /// What has the same outcome on every page, or opens this page from every other one.
    pub(super) everywhere: BTreeMap<Name, (After, Calls)>,
}

impl Table {
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut table = Self {
            pages: Vec::new(),
            events: BTreeMap::new(),
            answers: BTreeMap::new(),
            everywhere: BTreeMap::new(),
        };
        for Step { from, event, outcome } in steps {
            if !table.pages.contains(from) {
                table.pages.push(from);
            }
            let (after, calls) = match outcome {
                Outcome::Ignored(reason) => (After::Ignored(reason.to_string()), &[][..]),
                Outcome::Accepted { to, calls } if to == from => (After::Stays, &calls[..]),
                Outcome::Accepted { to, calls } => (After::Opens(to), &calls[..]),
            };
            let known = match (event, &after) {
                (Name::Answer(..), After::Stays) => table.answers.entry(*event).or_default(),
                (Name::Answer(..), After::Ignored(_)) => continue,
                _ => {
                    let events = table.events.entry(from).or_default();
                    events.entry(*event).or_default().entry(after).or_default()
                }
            };
            known.extend(calls);
        }
        table.find_what_holds_everywhere();
        table
    }

    /// Answers are left out: they have a place of their own.
    fn find_what_holds_everywhere(&mut self) {
        let names = self.events.values().flat_map(BTreeMap::keys).copied();
        let names: BTreeSet<_> =
            names.filter(|name| matches!(name, Name::User(_) | Name::News(_))).collect();
        let targets = self.pages.iter().map(|page| After::Opens(page)).chain([After::Stays]);
        for after in targets {
            for &name in &names {
                let only = |page: &&str| {
                    let outcomes = self.events.get(page)?.get(&name)?;
                    let calls = outcomes.get(&after).filter(|_| outcomes.len() == 1)?;
                    Some(calls.clone())
                };
                let others = self.pages.iter().filter(|page| After::Opens(page) != after);
                let all: Option<BTreeSet<Calls>> = others.map(only).collect();
                if let Some(mut all) = all
                    && let (Some(calls), true) = (all.pop_first(), all.is_empty())
                {
                    self.everywhere.insert(name, (after.clone(), calls));
                }
            }
        }
    }

    /// What an event leads to on a page, unless that is so everywhere.
    pub(super) fn on(&self, page: &str) -> impl Iterator<Item = (Name, &After, &Calls)> {
        let events = self.events.get(page).into_iter().flatten();
        events.flat_map(|(name, outcomes)| {
            outcomes.iter().map(|(after, calls)| (*name, after, calls)).filter(
                |(name, after, _)| {
                    self.everywhere.get(name).is_none_or(|(everywhere, _)| everywhere != *after)
                },
            )
        })
    }
}

fn markdown(table: &Table, diagram: &Diagram) -> String {
    let mut page = format!(
        "<!-- Written by `cargo xtask codegen flow`, which drives the flow machine. -->\n\n\
         # The flow\n\n\
         Every row was seen: the machine was driven through what a user, the phone, the backend and \
         Apple's sheet can do, and this is what it did. \"Calls\" are the calls of ports that an \
         event can cause; not each time all of them.\n\n\
         ## From page to page\n\n\
         [The same as an image](flow.svg). What holds everywhere is not drawn.\n\n\
         ```mermaid\n{}```\n\n\
         ## Everywhere\n\n",
        diagram.mermaid()
    );
    page += "On every page, or on every page but the one that is opened.\n\n";
    page += &rows(table.everywhere.iter().map(|(name, (after, calls))| (*name, after, calls)));
    for name in &table.pages {
        page += &format!("\n## {name}\n\n");
        let (ignored, taken): (Vec<_>, Vec<_>) =
            table.on(name).partition(|(_, after, _)| matches!(after, After::Ignored(_)));
        page += &rows(taken.into_iter());
        page += &reasons(&ignored);
    }
    page += "\n## Answers\n\nWhat they can cause, whatever page is shown, when they open none.\n\n";
    page += &rows(table.answers.iter().map(|(name, calls)| (*name, &After::Stays, calls)));
    page
}

fn rows<'a>(events: impl Iterator<Item = (Name, &'a After, &'a Calls)>) -> String {
    let mut text = String::from("| event | opens | calls |\n|---|---|---|\n");
    for (name, after, calls) in events {
        let opens = match after {
            After::Opens(page) => page,
            After::Stays | After::Ignored(_) => "",
        };
        let calls: Vec<_> = calls.iter().map(|call| format!("`{call}`")).collect();
        text += &format!("| {name} | {opens} | {} |\n", calls.join(", "));
    }
    text
}

/// What is ignored, reason by reason.
fn reasons(ignored: &[(Name, &After, &Calls)]) -> String {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, after, _) in ignored {
        if let After::Ignored(reason) = after {
            reasons.entry(reason).or_default().push(name.to_string());
        }
    }
    let lines = reasons
        .iter()
        .map(|(reason, names)| format!("\nIgnored, as {reason}: {}.\n", names.join(", ")));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK: Name = Name::User("back");
    const GO: Name = Name::User("go");
    const YES: Name = Name::Answer("wallet.presence", "present");

    fn opens(from: &'static str, event: Name, to: &'static str, calls: &[&'static str]) -> Step {
        Step { from, event, outcome: Outcome::Accepted { to, calls: calls.into() } }
    }

    fn ignored(from: &'static str, event: Name) -> Step {
        Step { from, event, outcome: Outcome::Ignored(digital_key_domain::Reason::NotReady) }
    }

    #[test]
    fn the_table_puts_together_what_was_seen() {
        let table = Table::of(&[
            opens("A", GO, "B", &["bff.support"]),
            opens("A", GO, "B", &["cache.load", "bff.support"]),
            opens("A", GO, "A", &[]),
            ignored("A", GO),
            opens("B", GO, "B", &[]),
            opens("B", YES, "B", &["cache.store"]),
            opens("B", YES, "A", &[]),
            ignored("B", YES),
        ]);
        assert_eq!(table.pages, ["A", "B"]);
        let told: Vec<_> = ["A", "B"]
            .iter()
            .flat_map(|page| table.on(page).map(move |row| (page, row)))
            .map(|(page, (name, after, calls))| format!("{page} {name} {after:?} {calls:?}"))
            .collect();
        assert_eq!(
            told,
            [
                r#"A go Opens("B") {"bff.support", "cache.load"}"#,
                "A go Stays {}",
                r#"A go Ignored("the page is not ready for this yet") {}"#,
                "B go Stays {}",
                r#"B wallet.presence = present Opens("A") {}"#,
            ]
        );
        assert_eq!(table.answers[&YES], Calls::from(["cache.store"]));
        assert!(table.everywhere.is_empty());
    }

    #[test]
    fn what_holds_everywhere_is_told_once() {
        let table = Table::of(&[
            opens("A", BACK, "A", &["bff.support"]),
            opens("B", BACK, "A", &[]),
            opens("C", BACK, "A", &[]),
            opens("A", GO, "A", &[]),
            opens("B", GO, "B", &[]),
            opens("C", GO, "C", &["cache.load"]),
        ]);
        assert_eq!(
            table.everywhere,
            BTreeMap::from([(BACK, (After::Opens("A"), Calls::new()))]),
            "`go` differs in its calls"
        );
        assert_eq!(table.on("A").count(), 2, "A has a row of its own for `back`");
        assert_eq!(table.on("B").count(), 1);
    }
}

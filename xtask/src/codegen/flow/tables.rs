//! The tables: for each page what it offers, what a tap leads to, and what else moves the page.

use std::fmt::Write as _;

use super::cases::CASES;
use super::observed::{Calls, Observed, Step};
use super::words::{self, EVERYWHERE, Leads, What};

/// The cells of one row.
type Row = [String; 3];

/// Returns the tables of all pages; pages with equal tables have one.
pub(super) fn markdown(observed: &Observed) -> String {
    let mut text = String::from(
        "## Everywhere\n\n\
         From each page of the flow these lead to the vehicle tab; the tables do not repeat them.\n\n",
    );
    for what in EVERYWHERE {
        let _ = writeln!(text, "- {}", capitalized(what.words()));
    }
    let mut tables: Vec<(Vec<&str>, Vec<Row>)> = Vec::new();
    for page in observed.pages() {
        let rows = rows(observed, page);
        match tables.iter_mut().find(|(_, known)| *known == rows) {
            Some((pages, _)) => pages.push(page),
            None => tables.push((vec![page], rows)),
        }
    }
    for (pages, rows) in tables {
        let titles: Vec<_> = pages.iter().map(|page| words::title(page)).collect();
        let names: Vec<_> = pages.iter().map(|page| format!("`{page}`")).collect();
        let _ = write!(text, "\n## {}\n\n{}\n\n", titles.join(" · "), names.join(", "));
        text += "| what happens | leads to | calls |\n|---|---|---|\n";
        for [what, leads, calls] in rows {
            let _ = writeln!(text, "| {what} | {leads} | {calls} |");
        }
    }
    text
}

/// Steps without a condition that lead to the same and cause the same calls have one row.
fn rows(observed: &Observed, page: &str) -> Vec<Row> {
    let mut steps: Vec<_> =
        observed.from(page).filter(|(step, _)| !EVERYWHERE.contains(&step.what)).collect();
    steps.sort_by_key(|(step, _)| (step.what, case_number(step)));
    let mut rows: Vec<(Row, bool)> = Vec::new();
    for (step, calls) in steps {
        let has_condition = !step.condition.is_empty();
        let [what, leads, calls] =
            [cell(observed, page, step), words_of(step.leads), listed(calls)];
        let is_alike = |(row, other): &&mut (Row, bool)| {
            !has_condition && !*other && [&row[1], &row[2]] == [&leads, &calls]
        };
        match rows.iter_mut().find(is_alike) {
            Some((row, _)) => row[0] += &format!(" · {what}"),
            None => rows.push(([what, leads, calls], has_condition)),
        }
    }
    rows.into_iter().map(|(row, _)| row).collect()
}

/// Returns what happens, whether a tap is always offered, and the condition.
fn cell(observed: &Observed, page: &str, step: &Step) -> String {
    let mut text = match step.what {
        What::Tap(tap) if observed.is_always_offered(page, tap) => {
            format!("**{}**", step.what.words())
        }
        What::Tap(_) => format!("**{}** (when offered)", step.what.words()),
        What::User(_) | What::Phone(_) | What::Sheet(_) | What::Answer(_) => {
            capitalized(step.what.words())
        }
    };
    if !step.condition.is_empty() {
        text += &format!(", {}", step.condition);
    }
    text
}

fn case_number(step: &Step) -> Option<usize> {
    CASES
        .iter()
        .position(|case| (case.from, case.what, case.leads) == (step.from, step.what, step.leads))
}

fn words_of(leads: Leads) -> String {
    match leads {
        Leads::To(page) => words::title(page).to_owned(),
        Leads::ToSheet => "Apple's sheet, with one use of the password".to_owned(),
        Leads::Stays(happens) => format!("stays: {happens}"),
    }
}

fn listed(calls: &Calls) -> String {
    calls.iter().map(|call| format!("`{call}`")).collect::<Vec<_>>().join(", ")
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use digital_key_domain::Tap;

    use super::super::observed::tests::observed;
    use super::*;

    #[test]
    fn equal_rows_are_one_row_and_equal_tables_one_table() {
        let back = What::Tap(Tap::Back);
        let confirm = What::Tap(Tap::ConfirmError);
        let text = markdown(&observed(&[
            ("KeyDeleted", back, Some("VehicleTab")),
            ("KeyDeleted", confirm, Some("VehicleTab")),
            ("BackendError", back, Some("VehicleTab")),
            ("BackendError", confirm, Some("VehicleTab")),
            ("BackendError", What::Tap(Tap::Close), Some("VehicleTab")),
            ("Overview", What::Tap(Tap::CardAction), Some("MoveKeyWarning")),
            ("Overview", What::Answer("the wallet cannot say"), Some("MoveKeyWarning")),
        ]));
        let tables = text.split_once("\n## Your digital key").unwrap().1;
        assert_eq!(
            tables,
            "\n\n`Overview`\n\n\
             | what happens | leads to | calls |\n|---|---|---|\n\
             | **Action of the card** (when offered), key on another phone \
             | Move the key to this phone? |  |\n\
             | The wallet cannot say | Move the key to this phone? |  |\n\
             \n## Something went wrong · The key was deleted\n\n`BackendError`, `KeyDeleted`\n\n\
             | what happens | leads to | calls |\n|---|---|---|\n\
             | **OK** (when offered) · **Back** (when offered) | Vehicle tab |  |\n"
        );
    }
}

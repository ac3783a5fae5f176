//! Whether the rules of a page are cited in the page's file.

use crate::codegen::rules::{self, LIST, Number};

/// The folder of the pages.
const FOLDER: &str = "crates/domain/src/flow/page/";

/// The first rule of a page, and its file; the next ones of the group belong to it, too, up to the
/// next row.
const PAGES: &[(&str, u32, &str)] = &[
    // ENT-1 to ENT-6 are about the support of a vehicle.
    ("ENT", 7, "vehicle_tab.rs"),
    ("WEL", 1, "welcome.rs"),
    ("KEY", 1, "grab_your_two_keys.rs"),
    ("RDY", 1, "ready_to_pair.rs"),
    ("ERR", 1, "pairing_error.rs"),
    ("ERR", 5, "error_page.rs"),
    ("TUT", 1, "tutorial1.rs"),
    ("TUT", 2, "tutorial2.rs"),
    ("OVR", 1, "overview.rs"),
    ("MOV", 1, "move_key_warning.rs"),
];

/// The rules that the file of their page does not cite; `read` returns the text of a file.
pub(super) fn problems(read: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, String> {
    let groups = rules::parse(&read(LIST).unwrap_or_default())?;
    let mut problems = Vec::new();
    for rule in groups.iter().flat_map(|group| &group.rules) {
        let Some(page) = page_of(&rule.number) else { continue };
        let text = read(&format!("{FOLDER}{page}")).unwrap_or_default();
        if !rules::cited_in(&text).contains(&rule.number) {
            problems.push(format!("{FOLDER}{page} does not cite {}", rule.number));
        }
    }
    Ok(problems)
}

fn page_of(number: &Number) -> Option<&'static str> {
    let rows = PAGES.iter().rev();
    let is_above =
        |(group, first, _): &&(&str, u32, &str)| *group == number.group && *first <= number.place;
    rows.filter(is_above).map(|(_, _, page)| *page).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_cited_in_the_file_of_its_page() {
        let read = |file: &str| {
            let text = match file.rsplit('/').next()? {
                "rules.md" => {
                    "## E\n- ENT-6 [S] A.\n- ENT-8 [S] A.\n- ERR-4 [S] A.\n- ERR-6 [S] A."
                }
                "vehicle_tab.rs" => "// ENT-7 to ENT-9",
                "pairing_error.rs" => "// ERR-6",
                _ => return None,
            };
            Some(text.to_owned())
        };
        assert_eq!(
            problems(read).unwrap(),
            [
                "crates/domain/src/flow/page/pairing_error.rs does not cite ERR-4",
                "crates/domain/src/flow/page/error_page.rs does not cite ERR-6",
            ]
        );
    }
}

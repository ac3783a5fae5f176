//! Whether the tests are there that SECURITY.md names.

/// What is named as `` `file.rs::function` `` and is not there; `read` gives the text of a file.
pub(super) fn missing(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for named in page.split('`').skip(1).step_by(2) {
        let Some((file, function)) = named.split_once(".rs::") else { continue };
        let is_declared = |text: String| {
            ["(", "<"].iter().any(|end| text.contains(&format!("fn {function}{end}")))
        };
        if !read(&format!("{file}.rs")).is_some_and(is_declared) {
            missing.push(format!("SECURITY.md names {named}, which is not there"));
        }
    }
    missing
}

/// Controls of MASVS that no test is named for and that are not the host's.
pub(super) fn unchecked(page: &str) -> Vec<String> {
    page.lines()
        .filter(|line| line.starts_with("| MASVS-"))
        .filter(|line| !line.contains(".rs::") && !line.contains("| the host's"))
        .map(|line| format!("SECURITY.md names no test in the row `{line}`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_told() {
        let read =
            |file: &str| (file == "a/b.rs").then(|| "fn there<T>() {}\nfn other_one()".into());
        let page = "| x | `a/b.rs::there`, `App::suspend` | `a/b.rs::one`, `a/c.rs::there` |";
        assert_eq!(
            missing(page, read),
            [
                "SECURITY.md names a/b.rs::one, which is not there",
                "SECURITY.md names a/c.rs::there, which is not there",
            ]
        );
    }

    #[test]
    fn a_control_is_checked_or_the_hosts() {
        let page = "| control |\n| MASVS-X-1 | here | `a.rs::b` |\n| MASVS-X-2 | the host's | |\n\
                    | MASVS-X-3 | here | |";
        let told = unchecked(page);
        assert!(told.len() == 1 && told[0].contains("MASVS-X-3"), "{told:?}");
    }
}

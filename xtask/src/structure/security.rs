//! Whether the tests exist that SECURITY.md names.

/// The names such as `` `file.rs::function` `` without a function; `read` returns the text of a file.
pub(super) fn missing(page: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for name in page.split('`').skip(1).step_by(2) {
        let Some((file, function)) = name.split_once(".rs::") else { continue };
        let has_function = |text: String| {
            ["(", "<"].iter().any(|end| text.contains(&format!("fn {function}{end}")))
        };
        if !read(&format!("{file}.rs")).is_some_and(has_function) {
            missing.push(format!("SECURITY.md names {name}, which does not exist"));
        }
    }
    missing
}

/// The controls of MASVS that neither a test checks nor the host is responsible for.
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
    fn a_test_that_does_not_exist_is_a_problem() {
        let read =
            |file: &str| (file == "a/b.rs").then(|| "fn there<T>() {}\nfn other_one()".into());
        let page = "| x | `a/b.rs::there`, `App::suspend` | `a/b.rs::one`, `a/c.rs::there` |";
        assert_eq!(
            missing(page, read),
            [
                "SECURITY.md names a/b.rs::one, which does not exist",
                "SECURITY.md names a/c.rs::there, which does not exist",
            ]
        );
    }

    #[test]
    fn a_control_is_checked_or_the_hosts() {
        let page = "| control |\n| MASVS-X-1 | here | `a.rs::b` |\n| MASVS-X-2 | the host's | |\n\
                    | MASVS-X-3 | here | |";
        let problems = unchecked(page);
        assert!(problems.len() == 1 && problems[0].contains("MASVS-X-3"), "{problems:?}");
    }
}

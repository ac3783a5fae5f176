//! Where a text cites rules.

use super::rules::Number;

/// The numbers that a text cites, such as `ENT-3` and, in `ENT-1 to ENT-3`, those between. A
/// number in quotes is a value and cites nothing.
pub(super) fn in_text(text: &str) -> Vec<Number> {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || ['-', '_', '"'].contains(&c)))
        .filter(|word| !word.is_empty())
        .collect();
    let mut cited = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Ok(number) = word.parse::<Number>() else {
            continue;
        };
        if let [.., first, "to"] = words[..at]
            && let Ok(first) = first.parse::<Number>()
            && first.group == number.group
        {
            cited.extend(
                (first.place + 1..number.place)
                    .map(|place| Number { group: number.group.clone(), place }),
            );
        }
        cited.push(number);
    }
    cited
}

/// The numbers that a function's name cites: `rdy_3_rdy_4_the_use_is_counted` has two.
pub(super) fn in_name(name: &str) -> Vec<Number> {
    let words: Vec<_> = name.split('_').collect();
    words
        .windows(2)
        .filter_map(|pair| format!("{}-{}", pair[0].to_uppercase(), pair[1]).parse().ok())
        .collect()
}

/// The name of the function that a line declares.
pub(super) fn function(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let modifiers = ["pub", "pub(crate)", "pub(super)", "async", "const"];
    let is_declared = before.split_whitespace().all(|word| modifiers.contains(&word));
    let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next()?;
    (is_declared && !name.is_empty()).then_some(name)
}

/// The lines of a Rust file, each with whether it belongs to a test: all lines of a file of tests,
/// otherwise those of a module below `#[cfg(test)]`.
pub(super) fn lines<'a>(path: &str, text: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
    let all = holds_tests(path);
    let mut is_next = false;
    let mut end_of_module: Option<String> = None;
    text.lines().map(move |line| {
        if let Some(end) = &end_of_module {
            if line == end {
                end_of_module = None;
            }
            return (line, true);
        }
        if is_next && line.ends_with('{') {
            let indent = line.len() - line.trim_start().len();
            end_of_module = Some(format!("{}}}", &line[..indent]));
        }
        let is_test = all || is_next;
        is_next = line.trim() == "#[cfg(test)]";
        (line, is_test)
    })
}

/// Whether a Rust file is there for tests alone. The testkit is: it holds the conformance suites.
fn holds_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("crates/testkit/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(numbers: Vec<Number>) -> Vec<String> {
        numbers.iter().map(Number::to_string).collect()
    }

    #[test]
    fn a_text_cites_numbers_and_ranges() {
        assert_eq!(
            told(in_text("/// What WEL-6.3 says (ENT-1, `RDY-4`).")),
            ["WEL-6", "ENT-1", "RDY-4"]
        );
        assert_eq!(
            told(in_text("ENT-1 to ENT-4 to TUT-2")),
            ["ENT-1", "ENT-2", "ENT-3", "ENT-4", "TUT-2"]
        );
        assert_eq!(told(in_text("to ENT-4; ENT-9 to ENT-8")), ["ENT-4", "ENT-9", "ENT-8"]);
    }

    #[test]
    fn what_only_looks_like_a_citation_is_none() {
        for text in ["key(\"KEY-1\")", "DEMO-KEY-1", "ENT-", "ENT-x", "WEL", "KEY-1-2", "XENT-1"] {
            assert_eq!(told(in_text(text)), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_name_cites_numbers() {
        assert_eq!(told(in_name("rdy_3_rdy_4_the_use")), ["RDY-3", "RDY-4"]);
        assert_eq!(told(in_name("wel_6_3_apple")), ["WEL-6"]);
        assert_eq!(told(in_name("a_name_with_2_words")), [""; 0]);
    }

    #[test]
    fn functions_have_names() {
        assert_eq!(function("    async fn ent_3_x() {"), Some("ent_3_x"));
        assert_eq!(function("pub(crate) fn run<T>(t: T)"), Some("run"));
        assert_eq!(function("// A fn that runs."), None);
        assert_eq!(function("let f: fn () = x;"), None);
    }

    #[test]
    fn a_module_of_tests_ends_where_it_ends() {
        let text = "a\n#[cfg(test)]\nmod tests;\nb\n    #[cfg(test)]\n    mod t {\n        {\n\
                    \x20       }\n    }\nc\n";
        let tests: Vec<_> = lines("crates/x/src/lib.rs", text)
            .filter_map(|(line, is_test)| is_test.then_some(line.trim()))
            .collect();
        assert_eq!(tests, ["mod tests;", "mod t {", "{", "}", "}"]);
    }

    #[test]
    fn a_file_of_tests_is_one_from_its_first_line() {
        for path in ["crates/x/tests/a.rs", "crates/x/src/wire/tests.rs", "crates/testkit/src/a.rs"]
        {
            assert!(lines(path, "a").all(|(_, is_test)| is_test), "{path}");
        }
        assert!(lines("crates/x/src/tests_of.rs", "a").all(|(_, is_test)| !is_test));
    }
}

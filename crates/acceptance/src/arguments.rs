//! The command line of the test `features`.

/// What `cargo test … --test features -- <arguments>` asks for.
///
/// It is also given the arguments of the built-in test harness, when all tests of a workspace are
/// run with them. Those are accepted: a name selects scenarios, the rest changes nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--input <glob>`: the feature files, instead of this crate's own. Also any argument that
    /// ends in `.feature`, which is what a shell makes of a glob without quotes.
    pub inputs: Vec<String>,
    /// Only scenarios whose title or tags contain one of these; empty = all.
    pub names: Vec<String>,
    /// `--list`: name the test instead of running it.
    pub list: bool,
}

/// The options of the built-in test harness that take a value.
const WITH_VALUE: [&str; 6] =
    ["--color", "--format", "--logfile", "--shuffle-seed", "--skip", "--test-threads"];
/// Those that take none.
const WITHOUT_VALUE: [&str; 14] = [
    "--bench",
    "--exact",
    "--exclude-should-panic",
    "--fail-fast",
    "--force-run-in-process",
    "--ignored",
    "--include-ignored",
    "--no-capture",
    "--nocapture",
    "--quiet",
    "--report-time",
    "--show-output",
    "--shuffle",
    "--test",
];

impl Arguments {
    /// Reads the arguments, the program's name left out.
    ///
    /// # Errors
    /// [`ArgumentError`] for an option that is not known, or lacks its value.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, ArgumentError> {
        let mut parsed = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (option, value) = match argument.split_once('=') {
                Some((option, value)) if option.starts_with('-') => (option, Some(value)),
                _ => (argument.as_str(), None),
            };
            let takes_value =
                matches!(option, "--input" | "-i" | "-Z") || WITH_VALUE.contains(&option);
            let value = match value {
                None if takes_value => Some(
                    arguments
                        .next()
                        .ok_or_else(|| ArgumentError::NoValue { option: option.to_owned() })?,
                ),
                value => value.map(str::to_owned),
            };
            match (option, value) {
                ("--input" | "-i", Some(glob)) => parsed.inputs.push(glob),
                ("--list", None) => parsed.list = true,
                ("-q", None) => {}
                (_, Some(_)) if takes_value => {}
                (option, None) if WITHOUT_VALUE.contains(&option) => {}
                (option, _) if option.starts_with('-') => {
                    return Err(ArgumentError::Unknown { option: option.to_owned() });
                }
                _ if argument.ends_with(".feature") => parsed.inputs.push(argument),
                _ => parsed.names.push(argument),
            }
        }
        Ok(parsed)
    }
}

/// Why the command line cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// Neither an option of this test nor one of the built-in test harness.
    #[error("there is no option {option}; feature files are named with --input '<glob>'")]
    Unknown {
        /// The option.
        option: String,
    },
    /// The last argument is an option that takes a value.
    #[error("the option {option} needs a value")]
    NoValue {
        /// The option.
        option: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, ArgumentError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn inputs_in_every_spelling() {
        for line in ["--input a/*.feature", "--input=a/*.feature", "-i a/*.feature", "a/*.feature"]
        {
            assert_eq!(parse(line).unwrap().inputs, ["a/*.feature"], "{line}");
        }
        let expanded_by_the_shell = parse("--input a.feature b.feature").unwrap();
        assert_eq!(expanded_by_the_shell.inputs, ["a.feature", "b.feature"]);
    }

    #[test]
    fn the_arguments_of_the_built_in_harness_are_accepted() {
        let line =
            "--nocapture --test-threads 2 --color=always -q -Z unstable-options WEL-6 --exact";
        let parsed = parse(line).unwrap();
        assert_eq!(parsed, Arguments { names: vec!["WEL-6".into()], ..Arguments::default() });
        assert!(parse("--list").unwrap().list);
    }

    #[test]
    fn a_mistake_is_named() {
        let unknown = parse("--inptu x").unwrap_err().to_string();
        assert!(unknown.contains("--inptu") && unknown.contains("--input"), "{unknown}");
        assert_eq!(parse("--input"), Err(ArgumentError::NoValue { option: "--input".into() }));
    }
}

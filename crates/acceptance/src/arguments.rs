//! The command line of the test `features`.

/// The arguments of `cargo test … --test features -- <arguments>`.
///
/// They may include those of the built-in test harness, which cargo passes to all tests of a
/// workspace: a name selects scenarios, and the others have no effect.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--input <glob>`: the feature files, instead of this crate's own. Any argument that ends in
    /// `.feature` counts, too: a shell expands a glob without quotes to such arguments.
    pub inputs: Vec<String>,
    /// `--phone <command>`: the program in which the app runs, instead of this process. The shell finds
    /// it.
    pub phone: Option<String>,
    /// Only scenarios whose title or tags contain one of these; empty = all.
    pub names: Vec<String>,
    /// `--list`: print the name of the test instead of running it.
    pub list: bool,
    /// `--help`: print [`HELP`] instead of running a scenario.
    pub help: bool,
}

/// What `--help` prints.
pub const HELP: &str = "\
Runs feature files: those of this crate, or yours.

cargo test -p digital-key-acceptance --test features -- [OPTIONS] [NAME]...

  --input GLOB  run these feature files, such as '/any/where/*.feature', or all in this folder
  --phone CMD   run the app in this program, such as 'python3 driver.py'; crates/acceptance/README.md
                has what it reads and writes
  NAME          run only scenarios whose title or tags contain it, such as the number of a rule
  --list        print the name of this test
  --help        print this

All steps are in crates/acceptance/src/steps; crates/acceptance/tests/language.feature shows what
they mean.";

/// The options of the built-in test harness that take a value.
const WITH_VALUE: [&str; 6] =
    ["--color", "--format", "--logfile", "--shuffle-seed", "--skip", "--test-threads"];
/// The options of the built-in test harness that take no value.
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
    /// Parses the arguments without the program's name.
    ///
    /// # Errors
    /// [`ArgumentError`] for an unknown option or a missing value.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, ArgumentError> {
        let mut parsed = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (option, value) = match argument.split_once('=') {
                Some((option, value)) if option.starts_with('-') => (option, Some(value)),
                _ => (argument.as_str(), None),
            };
            let takes_value = matches!(option, "--input" | "-i" | "--phone" | "-Z")
                || WITH_VALUE.contains(&option);
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
                ("--phone", Some(command)) => parsed.phone = Some(command),
                ("--list", None) => parsed.list = true,
                ("--help" | "-h", None) => parsed.help = true,
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

/// Why the command line is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// The option belongs neither to this test nor to the built-in test harness.
    #[error(
        "there is no option {option}; feature files are named with --input '<glob>', and --help lists \
         all options"
    )]
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
    fn every_spelling_of_an_input_is_accepted() {
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
    fn the_help_names_the_options_and_the_folder_of_the_steps() {
        assert!(parse("--help").unwrap().help && parse("-h").unwrap().help);
        let folder = "crates/acceptance/src/steps";
        assert!(["--input", "--list", folder].iter().all(|part| HELP.contains(part)), "{HELP}");
    }

    #[test]
    fn an_error_names_the_option() {
        let unknown = parse("--inptu x").unwrap_err().to_string();
        assert!(unknown.contains("--inptu") && unknown.contains("--input"), "{unknown}");
        assert_eq!(parse("--input"), Err(ArgumentError::NoValue { option: "--input".into() }));
    }
}

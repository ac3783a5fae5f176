//! Running feature files.

use std::sync::Arc;

use cucumber::gherkin::{self, Feature};
use cucumber::{Cucumber, Parser, cli, parser, runner};
use futures_util::stream;

use crate::arguments::Arguments;
use crate::client::{Launcher, Programs};
use crate::files::{self, FileError};
use crate::language;
use crate::report::{Recorder, Report};
use crate::scenario::Scenario;

/// How many scenarios run at the same time.
const CONCURRENT_SCENARIOS: usize = 16;
/// How many run at the same time if each has a process.
const CONCURRENT_PROGRAMS: usize = 4;

/// Runs the feature files that the arguments name, and reports the results.
///
/// These are failures: a step that is undefined or ambiguous, whatever the tags say; a file that
/// cannot be read, does not parse or has no scenario; and a pattern that matches no file. No
/// scenario is tried again.
///
/// Call it on tokio's current-thread runtime: on it, a killed app does not run any further.
pub async fn run(arguments: &Arguments) -> Report {
    let mut recorder = Recorder::default();
    let mut features = Vec::new();
    for feature in read(&arguments.inputs) {
        match feature {
            Ok(feature) => features.push(feature),
            Err(error) => recorder.report.add_failure(error),
        }
    }
    let steps = match language::steps() {
        Ok(steps) => steps,
        Err(error) => {
            recorder.report.add_failure(error);
            return recorder.into_report();
        }
    };
    let (launcher, concurrent) = match &arguments.phone {
        None => (Launcher::InProcess, CONCURRENT_SCENARIOS),
        Some(command) => {
            (Launcher::Programs(Arc::new(Programs::new(command))), CONCURRENT_PROGRAMS)
        }
    };
    let runner = runner::Basic::default()
        .steps(steps)
        .before(move |_, _, _, scenario: &mut Scenario| {
            scenario.launcher = launcher.clone();
            Box::pin(std::future::ready(()))
        })
        .max_concurrent_scenarios(concurrent)
        .retry_options(|_, _, _, _| None);
    let names = arguments.names.clone();
    Cucumber::<Scenario, _, _, _, _>::custom(Parsed, runner, recorder)
        .with_default_cli()
        .filter_run(features, move |_, _, scenario| is_selected(scenario, &names))
        .await
        .into_report()
}

fn read(patterns: &[String]) -> Vec<Result<Feature, FileError>> {
    let found: Vec<_> = if patterns.is_empty() {
        vec![files::own()]
    } else {
        patterns.iter().map(|pattern| files::find(pattern)).collect()
    };
    let mut features = Vec::new();
    for found in found {
        match found {
            Ok(paths) => features.extend(paths.into_iter().map(files::read)),
            Err(error) => features.push(Err(error)),
        }
    }
    features
}

fn is_selected(scenario: &gherkin::Scenario, names: &[String]) -> bool {
    let has =
        |name| scenario.name.contains(name) || scenario.tags.iter().any(|tag| tag.contains(name));
    names.is_empty() || names.iter().any(|name| has(name.as_str()))
}

/// Passes on features that are already parsed.
struct Parsed;

impl Parser<Vec<Feature>> for Parsed {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<Feature>>>;

    fn parse(self, features: Vec<Feature>, _: cli::Empty) -> Self::Output {
        stream::iter(features.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

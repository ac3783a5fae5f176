//! The report of a run.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::path::PathBuf;

use cucumber::event::{self, Cucumber, Hook, RetryableScenario, Rule, Source, StepError};
use cucumber::gherkin::{self, Feature, Step};
use cucumber::{Event, Writer, cli, parser, writer};

use crate::language;
use crate::scenario::Scenario;

/// The report of a run: how many scenarios passed, and all failures in full.
///
/// `Display` is for people: a line for each file with a scenario that passed, then the failures,
/// and `<n> passed, <m> failed` as the last line.
#[derive(Debug, Default)]
pub struct Report {
    /// The number of passed scenarios of each file.
    passed: BTreeMap<PathBuf, usize>,
    failures: Vec<String>,
}

/// A scenario that failed, with its position and its steps.
struct FailedScenario {
    path: PathBuf,
    line: usize,
    text: String,
}

impl Report {
    /// Returns how many scenarios passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.passed.values().sum()
    }

    /// Returns the failures as texts: scenarios, files that do not parse, patterns without a match.
    #[must_use]
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Returns whether all scenarios of all named files ran and passed.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failures.is_empty()
    }

    pub(crate) fn add_failure(&mut self, failure: impl fmt::Display) {
        self.failures.push(failure.to_string());
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, passed) in &self.passed {
            writeln!(f, "{}: {passed} passed", path.display())?;
        }
        for failure in &self.failures {
            writeln!(f, "\nFAILED {failure}")?;
        }
        write!(f, "\n{} passed, {} failed", self.passed(), self.failures.len())
    }
}

/// Writes the report from cucumber's events.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) report: Report,
    failed: Vec<FailedScenario>,
    running: HashMap<Source<gherkin::Scenario>, Trace>,
}

/// The steps of a scenario so far.
#[derive(Default)]
struct Trace {
    text: String,
    failed: bool,
}

impl Trace {
    fn add(&mut self, verdict: &str, step: &Step) {
        let Step { keyword, value, position, .. } = step;
        // Writing to a string cannot fail.
        let _ = write!(self.text, "\n  {verdict} {:>3}: {keyword}{value}", position.line);
    }

    fn fail(&mut self, reason: impl fmt::Display) {
        self.failed = true;
        let reason = reason.to_string().replace('\n', "\n    ");
        let _ = write!(self.text, "\n    {reason}");
    }

    /// Records a panic, which carries the message of a failed step.
    fn panicked(&mut self, info: &event::Info) {
        match info.downcast_ref::<String>() {
            Some(text) => self.fail(text),
            None => self.fail(StepError::Panic(info.clone())),
        }
    }

    fn step(&mut self, step: &Step, event: event::Step<Scenario>) {
        match event {
            event::Step::Started => {}
            event::Step::Passed(..) => self.add("passed", step),
            event::Step::Skipped => {
                self.add("failed", step);
                let nearest = language::nearest(&step.value);
                let nearest = nearest.map(|words| format!(" the nearest is `{words}`;"));
                self.fail(format_args!(
                    "the language has no such step;{} all are in crates/acceptance/src/steps",
                    nearest.unwrap_or_default()
                ));
            }
            event::Step::Failed(_, _, _, StepError::Panic(info)) => {
                self.add("failed", step);
                self.panicked(&info);
            }
            event::Step::Failed(_, _, _, error) => {
                self.add("failed", step);
                self.fail(error);
            }
        }
    }
}

impl Recorder {
    /// Returns the report, with the failed scenarios in the order of their files.
    pub(crate) fn into_report(mut self) -> Report {
        self.failed.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
        for FailedScenario { path, line, text } in self.failed {
            self.report.add_failure(format_args!("{}:{line}: {text}", path.display()));
        }
        self.report
    }

    fn scenario(
        &mut self,
        feature: &Feature,
        scenario: Source<gherkin::Scenario>,
        event: event::Scenario<Scenario>,
    ) {
        let trace = self.running.entry(scenario.clone()).or_default();
        match event {
            event::Scenario::Background(step, event) | event::Scenario::Step(step, event) => {
                trace.step(&step, event);
            }
            event::Scenario::Hook(_, Hook::Failed(_, info)) => {
                trace.panicked(&info);
            }
            event::Scenario::Finished => {
                let Trace { text, failed } = self.running.remove(&scenario).unwrap_or_default();
                let path = feature.path.clone().unwrap_or_default();
                if failed {
                    let gherkin::Scenario { name, position, .. } = &*scenario;
                    let text = format!("{name}{text}");
                    self.failed.push(FailedScenario { path, line: position.line, text });
                } else {
                    *self.report.passed.entry(path).or_default() += 1;
                }
            }
            event::Scenario::Started
            | event::Scenario::Log(_)
            | event::Scenario::Hook(_, Hook::Started | Hook::Passed) => {}
        }
    }
}

impl Writer<Scenario> for Recorder {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<Cucumber<Scenario>>>,
        _: &cli::Empty,
    ) {
        match event.map(Event::into_inner) {
            Ok(Cucumber::Feature(feature, event)) => match event {
                event::Feature::Scenario(scenario, RetryableScenario { event, .. })
                | event::Feature::Rule(
                    _,
                    Rule::Scenario(scenario, RetryableScenario { event, .. }),
                ) => self.scenario(&feature, scenario, event),
                event::Feature::Started
                | event::Feature::Finished
                | event::Feature::Rule(_, Rule::Started | Rule::Finished) => {}
            },
            Ok(Cucumber::Started | Cucumber::ParsingFinished { .. } | Cucumber::Finished) => {}
            Err(error) => self.report.add_failure(error),
        }
    }
}

/// The recorder accepts events in any order, since it separates them by scenario.
impl writer::Normalized for Recorder {}

//! The language: the form of a step, and how a step runs.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::time::Duration;
use std::vec;

use cucumber::step::{Collection, Context};
use digital_key::Vin;
use digital_key::ports::DigitalKeyId;
use regex::Regex;

use crate::scenario::Scenario;
use crate::steps;

/// How long a step may take: far longer than every deadline of the core.
const STEP_DEADLINE: Duration = Duration::from_secs(30);

/// The pattern of a value: a text in quotes, a number, or a version.
const VALUE: &str = r#"("[^"]*"|[0-9][0-9.]*)"#;

/// One step of the language: its words and its function.
pub(crate) struct Step {
    /// The words, with `{name}` for a value and `(one|other)` for a choice.
    pub(crate) words: &'static str,
    pub(crate) run: cucumber::Step<Scenario>,
}

/// Makes a [`Step`] from its words and a body, whose arguments are the scenario and the values.
macro_rules! step {
    ($words:literal, |$scenario:ident, $values:ident| $body:expr) => {
        $crate::language::Step {
            words: $words,
            run: |scenario, context| {
                Box::pin($crate::language::perform(
                    scenario,
                    context,
                    async |$scenario: &mut $crate::scenario::Scenario,
                           $values: &mut $crate::language::Values| { $body },
                ))
            },
        }
    };
}
pub(crate) use step;

/// Returns all steps, each under every keyword: each text has one meaning, and `And` may follow any
/// step.
pub(crate) fn steps() -> Result<Collection<Scenario>, regex::Error> {
    let mut collection = Collection::new();
    for Step { words, run } in steps::GIVEN.iter().chain(steps::WHEN).chain(steps::THEN) {
        let regex = regex(words)?;
        collection = collection
            .given(None, regex.clone(), *run)
            .when(None, regex.clone(), *run)
            .then(None, regex, *run);
    }
    Ok(collection)
}

/// Returns the words of the step that is most like a text, if one has a word of it.
pub(crate) fn nearest(text: &str) -> Option<&'static str> {
    let written = parts(text);
    // A long word says more than "the" or "is".
    let weight =
        |parts: &mut dyn Iterator<Item = &&str>| parts.map(|part| part.len()).sum::<usize>();
    let steps = steps::GIVEN.iter().chain(steps::WHEN).chain(steps::THEN);
    let mut best = (0, None);
    for Step { words, .. } in steps {
        let known = parts(words);
        let common = weight(&mut known.intersection(&written));
        // In thousandths: what both have, of what one of them has.
        let score = common * 1000 / weight(&mut known.union(&written)).max(1);
        if score > best.0 {
            best = (score, Some(*words));
        }
    }
    best.1
}

/// The words of a text or of a step without its values. Each word of a choice counts.
fn parts(text: &str) -> BTreeSet<&str> {
    let is_value = |part: &&str| !part.starts_with(['"', '{']);
    text.split([' ', '(', '|', ')']).filter(|part| !part.is_empty()).filter(is_value).collect()
}

/// Returns the pattern that matches a step's words as a whole.
pub(crate) fn regex(words: &str) -> Result<Regex, regex::Error> {
    let mut pattern = String::from("^");
    for part in words.split_inclusive('}') {
        match part.split_once('{') {
            Some((text, _name)) => pattern.extend([text, VALUE]),
            None => pattern.push_str(part),
        }
    }
    pattern.push('$');
    Regex::new(&pattern)
}

/// Runs a step, and ends once the core is idle.
///
/// # Panics
/// When the step fails: cucumber takes a panic for the failure of a step.
pub(crate) async fn perform(
    scenario: &mut Scenario,
    context: Context,
    body: impl AsyncFnOnce(&mut Scenario, &mut Values) -> StepResult,
) {
    let step = async {
        body(scenario, &mut Values::of(context)).await?;
        scenario.wait_until_idle().await
    };
    let StepError(message) = match tokio::time::timeout(STEP_DEADLINE, step).await {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(_) => StepError(format!("the core was not idle within {STEP_DEADLINE:?}")),
    };
    let shown = tokio::time::timeout(STEP_DEADLINE, scenario.screen_if_running()).await;
    let shown = match shown.ok().flatten() {
        Some(screen) => format!("the screen is {screen:?}"),
        None => "the app does not run".to_owned(),
    };
    resume_unwind(Box::new(format!("{message}\n{shown}")));
}

pub(crate) type StepResult<T = ()> = Result<T, StepError>;

/// Why a step failed.
#[derive(Debug)]
pub(crate) struct StepError(pub(crate) String);

impl<E: std::error::Error> From<E> for StepError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Fails unless the value is the expected one. `what` names it.
pub(crate) fn expect<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: T,
    found: T,
) -> StepResult {
    if found == expected {
        Ok(())
    } else {
        Err(StepError(format!("{what}: expected {expected:?}, found {found:?}")))
    }
}

/// The values of a step, in the order of its words.
pub(crate) struct Values {
    texts: vec::IntoIter<String>,
    docstring: Option<String>,
}

impl Values {
    fn of(context: Context) -> Self {
        let texts: Vec<_> = context.matches.into_iter().skip(1).map(|(_, text)| text).collect();
        Self { texts: texts.into_iter(), docstring: context.step.docstring }
    }

    /// Returns the next value, without its quotes.
    pub(crate) fn text(&mut self) -> StepResult<String> {
        let text =
            self.texts.next().ok_or_else(|| StepError("the step has no more values".into()))?;
        let unquoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Ok(unquoted.unwrap_or(&text).to_owned())
    }

    /// Parses the next value.
    pub(crate) fn parse<T>(&mut self) -> StepResult<T>
    where
        T: std::str::FromStr,
        StepError: From<T::Err>,
    {
        Ok(self.text()?.parse()?)
    }

    /// Returns the next value as the identifier of a key.
    pub(crate) fn key(&mut self) -> StepResult<DigitalKeyId> {
        Ok(DigitalKeyId::try_from(self.text()?.as_str())?)
    }

    /// Returns the next value as a VIN. A vehicle that is not known yet gets the defaults.
    pub(crate) fn vin(&mut self, scenario: &Scenario) -> StepResult<Vin> {
        let vin = self.parse()?;
        scenario.add_unless_known(vin)?;
        Ok(vin)
    }

    /// Returns whether the next choice is this one.
    pub(crate) fn is(&mut self, choice: &str) -> bool {
        self.texts.next().as_deref() == Some(choice)
    }

    /// Returns the doc string, without the media type after its opening quotes, which gherkin keeps
    /// in the text.
    pub(crate) fn docstring(&self) -> StepResult<&str> {
        let text = self.docstring.as_deref();
        let text = text.ok_or_else(|| StepError("the step needs a doc string".into()))?;
        Ok(text.split_once('\n').map_or(text, |(_, rest)| rest).trim())
    }
}

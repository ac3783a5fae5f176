//! The language: what a step looks like, and how it is performed.

use std::panic::resume_unwind;
use std::time::Duration;
use std::vec;

use cucumber::step::{Collection, Context};
use digital_key_domain::{DigitalKeyId, Vin};
use regex::Regex;

use crate::steps;
use crate::world::World;

/// How long a step may take, far above every deadline of the core.
const STEP_DEADLINE: Duration = Duration::from_secs(30);

/// A value in quotes, or a number, which may be a version.
const VALUE: &str = r#"("[^"]*"|[0-9][0-9.]*)"#;

/// One step of the language: its words, and what it does.
pub(crate) struct Step {
    /// `{name}` is a value, and `(one|other)` a choice.
    pub(crate) words: &'static str,
    pub(crate) run: cucumber::Step<World>,
}

/// Makes a [`Step`] of its words and a body, which is given the world and the values.
macro_rules! step {
    ($words:literal, |$world:ident, $values:ident| $body:expr) => {
        $crate::language::Step {
            words: $words,
            run: |world, context| {
                Box::pin($crate::language::perform(
                    world,
                    context,
                    async |$world: &mut $crate::world::World,
                           $values: &mut $crate::language::Values| { $body },
                ))
            },
        }
    };
}
pub(crate) use step;

/// All steps, each under every keyword: no words mean two things, and `And` may follow anything.
pub(crate) fn steps() -> Result<Collection<World>, regex::Error> {
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

/// What matches a step's words, from beginning to end.
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

/// Performs a step, and ends once the core is idle. A panic is how cucumber is told of a failure.
pub(crate) async fn perform(
    world: &mut World,
    context: Context,
    body: impl AsyncFnOnce(&mut World, &mut Values) -> Outcome,
) {
    let step = async {
        body(world, &mut Values::of(context)).await?;
        world.settle().await
    };
    let failure = match tokio::time::timeout(STEP_DEADLINE, step).await {
        Ok(Ok(())) => return,
        Ok(Err(failure)) => failure,
        Err(_) => Failure(format!("the core was not idle within {STEP_DEADLINE:?}")),
    };
    let view = world
        .view_if_running()
        .map_or("the app does not run".into(), |view| format!("the view is {view:?}"));
    resume_unwind(Box::new(format!("{}\n{view}", failure.0)));
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Why a step failed.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Fails unless something is as it is expected to be.
pub(crate) fn expect<T: PartialEq + std::fmt::Debug>(what: &str, expected: T, found: T) -> Outcome {
    if found == expected {
        Ok(())
    } else {
        Err(Failure(format!("{what}: expected {expected:?}, found {found:?}")))
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

    /// The next value, without its quotes.
    pub(crate) fn text(&mut self) -> Outcome<String> {
        let text =
            self.texts.next().ok_or_else(|| Failure("the step has no more values".into()))?;
        let unquoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Ok(unquoted.unwrap_or(&text).to_owned())
    }

    pub(crate) fn parse<T>(&mut self) -> Outcome<T>
    where
        T: std::str::FromStr,
        Failure: From<T::Err>,
    {
        Ok(self.text()?.parse()?)
    }

    pub(crate) fn key(&mut self) -> Outcome<DigitalKeyId> {
        Ok(DigitalKeyId::try_from(self.text()?.as_str())?)
    }

    /// The next VIN; a vehicle that is named for the first time gets the defaults.
    pub(crate) fn vin(&mut self, world: &World) -> Outcome<Vin> {
        let vin = self.parse()?;
        world.name(vin)?;
        Ok(vin)
    }

    /// Whether the next choice is this one.
    pub(crate) fn is(&mut self, choice: &str) -> bool {
        self.texts.next().as_deref() == Some(choice)
    }

    /// The doc string, without a media type after its opening quotes, which gherkin leaves in it.
    pub(crate) fn docstring(&self) -> Outcome<&str> {
        let text = self.docstring.as_deref();
        let text = text.ok_or_else(|| Failure("the step needs a doc string".into()))?;
        Ok(text.split_once('\n').map_or(text, |(_, rest)| rest).trim())
    }
}

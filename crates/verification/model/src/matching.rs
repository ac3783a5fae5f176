//! Matches the effects of the machine with those that the rules expect.

use digital_key_domain::{Effect, Question, Request};

use crate::expected::{Call, ExpectedEffect};
use crate::facts::Change;
use crate::model::Model;

/// An effect of the machine, and the same one in the model's words.
#[derive(Debug, Clone)]
pub(crate) struct MatchedEffect {
    pub(crate) effect: Effect,
    pub(crate) expected: ExpectedEffect,
}

impl MatchedEffect {
    /// Returns `true` for a call of the cache; these are performed in order.
    pub(crate) fn is_of_the_cache(&self) -> bool {
        match &self.effect {
            Effect::Store { .. } | Effect::Erase { .. } | Effect::EraseAll => true,
            Effect::Request(request) => matches!(
                request.question,
                Question::Record | Question::StorePassword(_) | Question::TakeUse
            ),
            Effect::Report(_) | Effect::Diagnose(_) => false,
        }
    }

    /// Returns the request, if the effect is one; each is answered.
    pub(crate) fn request(&self) -> Option<&Request> {
        match &self.effect {
            Effect::Request(request) => Some(request),
            _ => None,
        }
    }
}

/// Matches each effect of the machine with one that the rules expect.
///
/// # Errors
/// A text that names the first effect without a match.
pub(crate) fn match_effects(
    model: &mut Model,
    effects: Vec<Effect>,
    mut expected: Vec<ExpectedEffect>,
) -> Result<Vec<MatchedEffect>, String> {
    let mut matched = Vec::with_capacity(effects.len());
    for effect in effects {
        let expected = match expected.iter().position(|expected| expected.is(&effect)) {
            Some(found) => expected.remove(found),
            None => match repeated_store(model, &effect) {
                Some(expected) => expected,
                None => {
                    return Err(format!(
                        "the machine wants\n  {effect:?}\nthe rules want\n  {expected:?}"
                    ));
                }
            },
        };
        matched.push(MatchedEffect { effect, expected });
    }
    expected.retain(|expected| !expected.is_optional);
    if expected.is_empty() {
        return Ok(matched);
    }
    Err(format!("the rules also want\n  {expected:?}"))
}

/// A fact that is known already may be stored once more.
fn repeated_store(model: &mut Model, effect: &Effect) -> Option<ExpectedEffect> {
    let Effect::Store { vin, change } = effect else { return None };
    let change = Change::repeatable(change)?;
    let is_known = !model.facts(*vin).would_change(&change);
    is_known.then(|| model.expected(Some(*vin), Call::Store(change)))
}

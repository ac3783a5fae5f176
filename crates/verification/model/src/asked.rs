//! What is wanted, in the words of both: the machine's effect and the model's question.

use digital_key_domain::Effect;

use crate::facts::Change;
use crate::model::Model;
use crate::question::{Call, Question};

/// What was asked for, in the words of both.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) effect: Effect,
    pub(crate) question: Question,
}

impl Asked {
    /// Whether it is a call of the cache, which are made in order.
    pub(crate) fn is_of_the_cache(&self) -> bool {
        matches!(
            self.effect,
            Effect::LoadRecord { .. }
                | Effect::Store { .. }
                | Effect::StorePassword { .. }
                | Effect::TakeUse { .. }
                | Effect::EraseAll
        )
    }
}

/// Pairs what the machine wants with what the rules want; text that tells the difference is an
/// error.
pub(crate) fn pair(
    model: &mut Model,
    effects: Vec<Effect>,
    mut questions: Vec<Question>,
) -> Result<Vec<Asked>, String> {
    let mut pairs = Vec::with_capacity(effects.len());
    for effect in effects {
        let question = match questions.iter().position(|question| question.is(&effect)) {
            Some(found) => questions.remove(found),
            None => match known_already(model, &effect) {
                Some(question) => question,
                None => {
                    return Err(format!(
                        "the machine wants\n  {effect:?}\nthe rules want\n  {questions:?}"
                    ));
                }
            },
        };
        pairs.push(Asked { effect, question });
    }
    questions.retain(|question| !question.may_be_left_out);
    if questions.is_empty() {
        return Ok(pairs);
    }
    Err(format!("the rules also want\n  {questions:?}"))
}

/// What is known already may be stored once more.
fn known_already(model: &mut Model, effect: &Effect) -> Option<Question> {
    let Effect::Store { vin, change } = effect else { return None };
    let change = Change::repeatable(change)?;
    let is_known = !model.facts(*vin).would_change(&change);
    is_known.then(|| model.question(Some(*vin), Call::Store(change)))
}

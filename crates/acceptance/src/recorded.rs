//! What the flight recorder has recorded of a scenario (GEN-12).

use digital_key::recording::Recording;

use crate::language::{StepError, StepResult};

/// The shortest text that cannot be in a recording by chance.
const SHORTEST: usize = 5;

/// Checks that a recording replays to the same steps, and that it has no VIN, no password and none of
/// these key ids.
pub(crate) fn check<'a>(file: &[u8], key_ids: impl Iterator<Item = &'a str>) -> StepResult {
    let has_run = |length, is_part: fn(&u8) -> bool| {
        file.windows(length).any(|bytes| bytes.iter().all(is_part))
    };
    if has_run(17, u8::is_ascii_alphanumeric) || has_run(8, u8::is_ascii_digit) {
        return Err(StepError("the recording has a VIN or a password".to_owned()));
    }
    for id in key_ids.filter(|id| id.len() >= SHORTEST) {
        if file.windows(id.len()).any(|bytes| bytes == id.as_bytes()) {
            return Err(StepError(format!("the recording has the key id {id}")));
        }
    }
    let recording = Recording::read(file)?;
    match recording.replay().find(|step| !step.is_as_recorded()) {
        Some(step) => Err(StepError(format!(
            "step {} of the recording replays to another one: {:?}",
            step.number, step.recorded
        ))),
        None => Ok(()),
    }
}

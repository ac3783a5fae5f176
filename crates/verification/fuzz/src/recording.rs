//! Recordings of the flight recorder.

use digital_key_recording::Recording;

use crate::secrecy;

/// A recording that is read replays without a panic, and is the same after it was written and read
/// again, also as JSON.
pub(crate) fn file(input: &[u8]) {
    let recording = match Recording::read(input) {
        Ok(recording) => recording,
        Err(error) => return secrecy::check(&error),
    };
    let steps = recording.steps().count();
    assert_eq!(recording.replay().count(), steps);
    let written = recording.to_bytes();
    assert!(written.len() <= 8 * input.len() + 512, "{} bytes", written.len());
    let again = Recording::read(&written);
    // Fresh numbers change stand-ins, and the second time no more.
    assert!(again.is_ok_and(|again| again.to_bytes() == written && again.steps().count() == steps));
    let json = recording.to_json();
    let from_json = Recording::from_json(&json);
    assert!(from_json.is_ok_and(|again| again.to_bytes() == written));
}

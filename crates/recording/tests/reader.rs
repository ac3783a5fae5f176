//! What is refused, and what is read in part.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test panics")]

#[path = "../../domain/tests/happy_path/mod.rs"]
mod happy_path;

use std::time::Duration;

use digital_key_recording::{Ending, ReadError, Recorder, Recording};

fn file() -> Vec<u8> {
    let (mut flow, events) = happy_path::record();
    let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
    for event in events {
        let _ = recorder.step(&mut flow, event, &mut Vec::new(), Duration::ZERO);
    }
    recorder.export()
}

/// Returns the place of each part in a file, and that of its end.
fn places(file: &[u8]) -> Vec<usize> {
    let mut places = vec![6];
    while let Some([low, high]) =
        file.get(places[places.len() - 1]..).and_then(|rest| rest.get(..2))
    {
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        places.push(places[places.len() - 1] + 2 + length);
    }
    places
}

#[test]
fn another_file_and_one_that_is_too_large_are_refused() {
    assert_eq!(Recording::read(b"").unwrap_err(), ReadError::NotARecording);
    assert_eq!(Recording::read(b"PNG and so on").unwrap_err(), ReadError::NotARecording);
    let mut file = file();
    file.resize(100_000_000, 0);
    let error = Recording::read(&file).unwrap_err();
    assert_eq!(error, ReadError::TooLarge { found: 100_000_000 });
    assert!(error.to_string().contains("16777216"));
}

#[test]
fn an_unknown_version_is_refused_by_its_name() {
    let mut file = file();
    file[4..6].copy_from_slice(&7_u16.to_le_bytes());
    let error = Recording::read(&file).unwrap_err();
    assert_eq!(error, ReadError::UnknownVersion { found: 7 });
    assert!(error.to_string().contains("version 7"));
}

#[test]
fn a_file_that_is_cut_off_is_read_up_to_there() {
    let file = file();
    let whole = Recording::read(&file).unwrap();
    assert_eq!(whole.ending, Ending::Complete);
    let places = places(&file);
    for length in 4..file.len() {
        match Recording::read(&file[..length]) {
            Ok(part) => {
                let Ending::CutOff { at } = part.ending else { panic!("{length} bytes are whole") };
                let last = places.iter().rfind(|place| **place <= length);
                assert_eq!(Some(&at), last);
                assert!(whole.entries.starts_with(&part.entries));
                assert!(part.replay().all(|step| step.is_as_recorded()));
            }
            // The header and the checkpoint.
            Err(ReadError::CutOff { .. }) => assert!(length < places[2]),
            Err(error) => panic!("{length}: {error}"),
        }
    }
}

#[test]
fn a_part_that_cannot_be_is_refused_by_its_number() {
    let file = file();
    let places = places(&file);
    // A tag that no part has, a second checkpoint, and a part that is longer than what it says.
    let third = places[3] + 2;
    for (change, byte) in [(third, 99), (third, 0)] {
        let mut file = file.clone();
        file[change] = byte;
        let broken = ReadError::BrokenPart { number: 3, at: places[3] };
        assert_eq!(Recording::read(&file).unwrap_err(), broken);
    }
    let mut longer = file.clone();
    longer.insert(places[2], 0);
    longer[places[1]] += 1;
    assert_eq!(
        Recording::read(&longer).unwrap_err(),
        ReadError::BrokenPart { number: 1, at: places[1] }
    );
    let mut more = file.clone();
    more.extend([1, 0, 5]);
    let number = places.len() - 1;
    assert_eq!(
        Recording::read(&more).unwrap_err(),
        ReadError::BrokenPart { number, at: file.len() }
    );
}

#[test]
fn a_request_number_near_an_overflow_is_refused() {
    // The checkpoint of a new machine: nothing selected, no flag, and a number of 10 bytes.
    let file = file();
    let at = places(&file)[1];
    let mut checkpoint = vec![0, 0, 0, 0, 0];
    checkpoint.extend([0xff; 9]);
    checkpoint.push(1);
    let mut changed = file[..at].to_vec();
    changed.extend([u8::try_from(checkpoint.len()).unwrap(), 0]);
    changed.extend(checkpoint);
    assert_eq!(Recording::read(&changed).unwrap_err(), ReadError::BrokenPart { number: 1, at });
}

#[test]
fn a_recording_that_was_changed_no_longer_replays() {
    let mut recording = Recording::read(&file()).unwrap();
    recording.entries.remove(3);
    let again = Recording::read(&recording.to_bytes()).unwrap();
    assert_eq!(again, recording);
    let differing = again.replay().find(|step| !step.is_as_recorded());
    assert!(differing.is_some());
}

#[cfg(feature = "json")]
#[test]
fn the_json_form_says_the_same() {
    use digital_key_recording::JsonError;

    let recording = Recording::read(&file()).unwrap();
    let json = recording.to_json();
    assert!(json.contains(r#""Tap": "Continue""#) && json.contains(r#""page": "Overview""#));
    assert_eq!(Recording::from_json(&json).unwrap(), recording);
    let newer = json.replacen("\"format\": 1", "\"format\": 2", 1);
    let error = Recording::from_json(&newer).unwrap_err();
    assert!(matches!(error, JsonError::Refused(ReadError::UnknownVersion { found: 2 })));
    let error = Recording::from_json("{\"format\": }").unwrap_err();
    assert!(matches!(error, JsonError::Malformed { line: 1, column: 12 }), "{error}");
}

//! The files of the car maker, and what the backend's control interface is sent.

use std::path::Path;

use digital_key_backend::{PasswordSource, VehicleChange, fuzzing, maker_files};
use serde_json::json;

use crate::secrecy;

/// What a state file says is the same when its object is written down and read again.
pub(crate) fn state_file(content: &[u8]) {
    let read = |content: &[u8]| {
        maker_files::parse_state_file(Path::new(maker_files::STATE_FILE), content)
            .inspect_err(|error| secrecy::check(error))
    };
    let Ok(found) = read(content) else { return };
    let raw = found.as_ref().map_or("null", |key| key.raw.as_str());
    let written = format!(r#"{{"capabilities":{{"digitalKey":{raw}}}}}"#);
    let again = read(written.as_bytes());
    let said = found.map(|key| (key.state, key.booked_service_package, key.upgrade_required));
    let said_again = again
        .map(|key| key.map(|key| (key.state, key.booked_service_package, key.upgrade_required)));
    assert!(matches!(said_again, Ok(same) if same == said));
}

/// A list is the same when it is written down and read again.
pub(crate) fn list_file(content: &[u8]) {
    let read = |content: &[u8]| {
        maker_files::parse_list_file(Path::new(maker_files::LIST_FILE), content)
            .inspect_err(|error| secrecy::check(error))
    };
    let Ok(found) = read(content) else { return };
    assert!(!found.is_empty());
    let mappings: Vec<_> = found
        .iter()
        .map(|(vin, is_primary)| json!({ "vin": vin.as_str(), "isPrimaryUser": is_primary }))
        .collect();
    let written = json!({ "mappingInfos": mappings }).to_string();
    assert!(matches!(read(written.as_bytes()), Ok(same) if same == found));
}

/// A change keeps its password to itself, and an error repeats nothing.
pub(crate) fn change(body: &[u8]) {
    match fuzzing::change(body) {
        Ok(change) => {
            if let VehicleChange::Password(PasswordSource::Fixed(_)) = &change {
                let shown = format!("{change:?}");
                assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
            }
        }
        Err(error) => secrecy::check(&error),
    }
}

//! The files of the car maker, and the bodies of changes at the backend's control interface.

use std::path::Path;

use digital_key_backend::{PasswordSource, VehicleChange, fuzzing, maker_files};
use serde_json::json;

use crate::secrecy;

/// A state file has the same content after its object was written and parsed again.
pub(crate) fn state_file(content: &[u8]) {
    let parse = |content: &[u8]| {
        maker_files::parse_state_file(Path::new(maker_files::STATE_FILE), content)
            .inspect_err(|error| secrecy::check(error))
    };
    let Ok(found) = parse(content) else { return };
    let raw = found.as_ref().map_or("null", |key| key.raw.as_str());
    let written = format!(r#"{{"capabilities":{{"digitalKey":{raw}}}}}"#);
    let again = parse(written.as_bytes());
    let fields = found.map(|key| (key.state, key.booked_service_package, key.upgrade_required));
    let fields_again = again
        .map(|key| key.map(|key| (key.state, key.booked_service_package, key.upgrade_required)));
    assert!(matches!(fields_again, Ok(same) if same == fields));
}

/// A list is the same after it was written and parsed again.
pub(crate) fn list_file(content: &[u8]) {
    let parse = |content: &[u8]| {
        maker_files::parse_list_file(Path::new(maker_files::LIST_FILE), content)
            .inspect_err(|error| secrecy::check(error))
    };
    let Ok(found) = parse(content) else { return };
    assert!(!found.is_empty());
    let mappings: Vec<_> = found
        .iter()
        .map(|(vin, is_primary)| json!({ "vin": vin.as_str(), "isPrimaryUser": is_primary }))
        .collect();
    let written = json!({ "mappingInfos": mappings }).to_string();
    assert!(matches!(parse(written.as_bytes()), Ok(same) if same == found));
}

/// The `Debug` output of a change shows no password, and an error repeats no part of the body.
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

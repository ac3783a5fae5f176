//! What lies on disk.

use digital_key_cache_sled::{DataKey, fuzzing};

/// A record that is written down and read again is the same, and no value that was not sealed with
/// the key brings a password.
pub(crate) fn record(value: &[u8]) {
    let Some((record, written)) = fuzzing::record(value) else { return };
    assert!(written.len() <= 8 * value.len() + 512, "{} bytes", written.len());
    if let Some(password) = record.password {
        assert!(password.generation <= record.generation);
        assert_ne!(value.first(), Some(&1), "a password that is not sealed was read");
    }
    assert!(fuzzing::record(&written).is_some_and(|again| again == (record, written.clone())));
    if let Ok(vin) = "WBA00000000DEMO03".parse() {
        let shown = fuzzing::shown(value, vin, &DataKey::new([7; 32]));
        assert!(shown.is_some_and(|record| record.password.is_none()));
    }
}

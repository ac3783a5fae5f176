//! The records of the cache on disk.

use digital_key_cache_sled::{DataKey, fuzzing};

/// A record is the same after it was written and parsed again, and only a value that was sealed
/// with the key has a password.
pub(crate) fn record(value: &[u8]) {
    let Some((record, written)) = fuzzing::record(value) else { return };
    assert!(written.len() <= 8 * value.len() + 512, "{} bytes", written.len());
    if let Some(password) = record.password {
        assert!(password.generation <= record.generation);
        assert_ne!(value.first(), Some(&1), "the record has a password that is not sealed");
    }
    assert!(fuzzing::record(&written).is_some_and(|again| again == (record, written.clone())));
    if let Ok(vin) = "WBA00000000DEMO03".parse() {
        let shown = fuzzing::shown(value, vin, &DataKey::new([7; 32]));
        assert!(shown.is_some_and(|record| record.password.is_none()));
    }
}

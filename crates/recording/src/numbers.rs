//! The numbers that a recording has instead of VINs and key ids, and the stand-ins for a replay.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use digital_key_domain::{DigitalKeyId, DigitalKeyIdError, Vin, VinError};
use serde::{Deserialize, Serialize};

/// The number of a vehicle, from 1 in the order of appearance.
pub(crate) type VehicleNumber = u16;

/// The number of a key, from 1 in the order of appearance.
///
/// The machine notices keys that differ in case only, so such keys have one number and differ in
/// their spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct KeyNumber {
    pub(crate) number: u16,
    pub(crate) spelling: u8,
}

/// The vehicles and keys that have appeared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    vehicles: HashMap<Vin, VehicleNumber>,
    keys: HashMap<DigitalKeyId, KeyNumber>,
    /// The number of each key, by a hash of its id without case, and how many spellings it has.
    without_case: HashMap<u64, (u16, u8)>,
}

impl Numbers {
    /// The number of vehicles for which a recorder has room.
    const VEHICLES: usize = 512;
    /// The number of keys for which a recorder has room.
    const KEYS: usize = 512;
    /// The most vehicles and keys of one checkpoint.
    const RESERVE: usize = 256;

    /// Returns tables that never allocate until they are used up.
    pub(crate) fn bounded() -> Self {
        Self {
            vehicles: HashMap::with_capacity(Self::VEHICLES),
            keys: HashMap::with_capacity(Self::KEYS),
            without_case: HashMap::with_capacity(Self::KEYS),
        }
    }

    /// Returns `true` if there may be no room for another step and checkpoint.
    pub(crate) fn are_used_up(&self) -> bool {
        self.vehicles.len() + Self::RESERVE > Self::VEHICLES
            || self.keys.len() + Self::RESERVE > Self::KEYS
    }

    pub(crate) fn clear(&mut self) {
        self.vehicles.clear();
        self.keys.clear();
        self.without_case.clear();
    }

    pub(crate) fn vehicle(&mut self, vin: Vin) -> VehicleNumber {
        let next = number_after(self.vehicles.len());
        *self.vehicles.entry(vin).or_insert(next)
    }

    pub(crate) fn key(&mut self, id: &DigitalKeyId) -> KeyNumber {
        if let Some(number) = self.keys.get(id) {
            return *number;
        }
        let next = number_after(self.without_case.len());
        let (number, spellings) =
            self.without_case.entry(hash_without_case(id)).or_insert((next, 0));
        let key = KeyNumber { number: *number, spelling: *spellings };
        *spellings = spellings.saturating_add(1);
        self.keys.insert(id.clone(), key);
        key
    }
}

fn number_after(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX).saturating_add(1)
}

fn hash_without_case(id: &DigitalKeyId) -> u64 {
    let mut hasher = DefaultHasher::new();
    for byte in id.as_str().bytes() {
        byte.to_ascii_lowercase().hash(&mut hasher);
    }
    hasher.finish()
}

/// Returns the VIN that stands for a vehicle in a replay, such as `RECORDED000000001`.
pub(crate) fn stand_in_vin(number: VehicleNumber) -> Result<Vin, VinError> {
    format!("RECORDED{number:09}").parse()
}

/// Returns the id that stands for a key in a replay, such as `recorded-key-1`.
///
/// The spelling is in the case of the first eight letters.
pub(crate) fn stand_in_key(key: KeyNumber) -> Result<DigitalKeyId, DigitalKeyIdError> {
    let word: String = (0..)
        .zip("recorded".chars())
        .map(
            |(bit, letter)| {
                if key.spelling >> bit & 1 == 1 { letter.to_ascii_uppercase() } else { letter }
            },
        )
        .collect();
    DigitalKeyId::try_from(format!("{word}-key-{}", key.number).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> DigitalKeyId {
        DigitalKeyId::try_from(text).unwrap()
    }

    #[test]
    fn vehicles_and_keys_are_numbered_in_the_order_of_appearance() {
        let mut numbers = Numbers::default();
        let [a, b] = ["WBA00000000DEMO03", "WBA00000000DEMO01"].map(|vin| vin.parse().unwrap());
        assert_eq!([a, b, a].map(|vin| numbers.vehicle(vin)), [1, 2, 1]);
        let keys = ["z", "a", "z"].map(|text| numbers.key(&id(text)));
        assert_eq!(keys.map(|key| (key.number, key.spelling)), [(1, 0), (2, 0), (1, 0)]);
    }

    #[test]
    fn keys_that_differ_in_case_stand_in_for_keys_that_differ_in_case() {
        let mut numbers = Numbers::default();
        let keys = ["Key", "KEY", "other"].map(|text| numbers.key(&id(text)));
        assert_eq!(keys.map(|key| (key.number, key.spelling)), [(1, 0), (1, 1), (2, 0)]);
        let [first, second, other] = keys.map(|key| stand_in_key(key).unwrap());
        assert!(first != second && first.as_str().eq_ignore_ascii_case(second.as_str()));
        assert!(!first.as_str().eq_ignore_ascii_case(other.as_str()));
    }

    #[test]
    fn every_number_has_a_stand_in() {
        for number in [0, 1, u16::MAX] {
            assert!(stand_in_vin(number).is_ok());
            assert!(stand_in_key(KeyNumber { number, spelling: u8::MAX }).is_ok());
        }
    }

    #[test]
    fn the_tables_of_a_recorder_do_not_grow() {
        let mut numbers = Numbers::bounded();
        let (vehicles, keys) = (numbers.vehicles.capacity(), numbers.keys.capacity());
        let mut count: u16 = 0;
        while !numbers.are_used_up() {
            numbers.vehicle(stand_in_vin(count).unwrap());
            numbers.key(&stand_in_key(KeyNumber { number: count, spelling: 0 }).unwrap());
            count += 1;
        }
        assert!(count >= 256);
        assert_eq!((numbers.vehicles.capacity(), numbers.keys.capacity()), (vehicles, keys));
    }
}

//! What is cached for one VIN, and how calls change it.

use std::cmp::Ordering;

use digital_key_domain::{Generation, PasswordUse, RecordChange, UsageCounter, VehicleRecord, Vin};
use digital_key_ports::{PairingPassword, Take};

use crate::key::DataKey;
use crate::seal::Sealed;
use crate::witness::Testimony;

/// What is cached for one VIN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) record: VehicleRecord,
    /// There exactly when `record.password` is, and of its generation.
    pub(crate) sealed: Option<Sealed>,
}

impl Entry {
    /// The record as the key shows it: a password that the key does not open is absent.
    pub(crate) fn into_record(self, vin: Vin, key: Option<&DataKey>) -> VehicleRecord {
        let password = self.password(vin, key).map(|(counted, _)| counted);
        VehicleRecord { password, ..self.record }
    }

    /// Raises the count to what the witness says. In doubt the password is used up, never fresh.
    pub(crate) fn heed(&mut self, testimony: &Testimony) {
        let highest = testimony.highest();
        let newest = highest.map_or(Generation::default(), |count| count.generation);
        self.record.generation = self.record.generation.max(newest);
        let Some(password) = &mut self.record.password else { return };
        let witnessed = match (highest, password.generation.cmp(&newest)) {
            (Some(count), Ordering::Equal) if testimony.is_whole() => count.uses,
            // Its storing was interrupted before the witness had it, so no use of it was counted.
            (Some(_), Ordering::Greater)
                if testimony.is_whole() && password.uses == UsageCounter::default() =>
            {
                return;
            }
            _ => UsageCounter::EXHAUSTED,
        };
        password.uses = password.uses.max(witnessed);
    }

    /// Applies a change, which may end the cached password.
    pub(crate) fn apply(&mut self, change: &RecordChange) {
        self.record.apply(change);
        if self.record.password.is_none() {
            self.sealed = None;
        }
    }

    /// Counts one use, if one is left (RDY-4). The answer may be given out once the witness and
    /// this entry are durable.
    pub(crate) fn take_use(&mut self, vin: Vin, key: Option<&DataKey>) -> Take {
        match self.password(vin, key) {
            Some((_, password)) => Take::new(self.record.take_use(), password),
            None => Take::NoPassword,
        }
    }

    /// The password and its use, if this key opens it.
    fn password(&self, vin: Vin, key: Option<&DataKey>) -> Option<(PasswordUse, PairingPassword)> {
        let counted = self.record.password?;
        let password = self.sealed.as_ref()?.open(key?, vin, counted.generation)?;
        Some((counted, password))
    }
}

#[cfg(test)]
mod tests {
    use digital_key_domain::DigitalKeyId;

    use super::*;
    use crate::witness::{Count, Witness};

    fn vin() -> Vin {
        "WBA00000000DEMO03".parse().unwrap()
    }

    fn key() -> DataKey {
        DataKey::new([7; 32])
    }

    fn used(generation: u64, uses: u8) -> PasswordUse {
        PasswordUse { generation: Generation::new(generation), uses: UsageCounter::new(uses) }
    }

    /// An entry with a password that was used so often.
    fn entry(generation: u64, uses: u8) -> Entry {
        let password = PairingPassword::parse("01234567").unwrap();
        let generation = Generation::new(generation);
        let mut entry = Entry::default();
        let sealed = Sealed::new(&password, &key(), vin(), generation).unwrap();
        entry.record.store_password(generation);
        entry.sealed = Some(sealed);
        entry.record.password = Some(used(generation.get(), uses));
        entry
    }

    /// What an undamaged witness says that was raised to these counts.
    fn testimony(counts: &[(u64, u8)]) -> Testimony {
        let directory = tempfile::tempdir().unwrap();
        let witness = Witness::new(directory.path().join("witness"));
        let mut counts = counts.iter().map(|(generation, uses)| {
            let PasswordUse { generation, uses } = used(*generation, *uses);
            Count { generation, uses }
        });
        let mut testimony = witness.begin(vin(), counts.next().unwrap()).unwrap();
        counts.for_each(|count| testimony.raise(vin(), count).unwrap());
        testimony
    }

    #[test]
    fn rdy_4_the_higher_count_counts() {
        for (stored, witnessed, expected) in [
            ((1, 0), &[(0, 3), (1, 0)][..], (1, 0)),
            ((1, 2), &[(1, 0), (1, 1)], (1, 2)),
            ((1, 0), &[(1, 0), (1, 1), (1, 2)], (1, 2)),
            ((1, 3), &[(1, 2), (1, 3)], (1, 3)),
            // A newer password whose storing was interrupted before the witness had it.
            ((2, 0), &[(1, 1), (1, 2)], (2, 0)),
            // What cannot have come about: in doubt it is used up.
            ((2, 1), &[(1, 1), (1, 2)], (2, 3)),
            // sled has lost the newer password.
            ((1, 0), &[(1, 0), (2, 0)], (1, 3)),
        ] {
            let mut entry = entry(stored.0, stored.1);
            let newest = witnessed.last().unwrap().0.max(stored.0);
            entry.heed(&testimony(witnessed));
            assert_eq!(entry.record.password, Some(used(expected.0, expected.1)), "{stored:?}");
            assert_eq!(entry.record.generation, Generation::new(newest), "{stored:?}");
        }
    }

    #[test]
    fn rdy_4_without_its_witness_a_password_is_used_up() {
        let mut entry = entry(7, 0);
        entry.heed(&Testimony::default());
        assert_eq!(entry.record.password, Some(used(7, 3)));
        assert_eq!(entry.record.generation, Generation::new(7));
        assert_eq!(entry.take_use(vin(), Some(&key())), Take::Exhausted);
    }

    #[test]
    fn err_4_a_generation_outlives_its_record() {
        let mut entry = Entry::default();
        entry.heed(&testimony(&[(5, 0), (5, 1)]));
        assert_eq!(entry.record.generation, Generation::new(5));
        assert_eq!(entry.record.password, None);
    }

    #[test]
    fn gen_6_a_password_that_the_key_does_not_open_is_absent() {
        for key in [None, Some(DataKey::new([8; 32]))] {
            let mut entry = entry(7, 1);
            assert_eq!(entry.take_use(vin(), key.as_ref()), Take::NoPassword);
            let record = entry.into_record(vin(), key.as_ref());
            assert_eq!((record.password, record.generation), (None, Generation::new(7)));
        }
        assert_eq!(entry(7, 1).into_record(vin(), Some(&key())).password, Some(used(7, 1)));
    }

    #[test]
    fn a_change_can_end_a_password() {
        let mut paired = entry(7, 1);
        let key = DigitalKeyId::try_from("K2").unwrap();
        paired.apply(&RecordChange::Paired { key, used: Generation::new(7) });
        assert_eq!((paired.record.password, &paired.sealed), (None, &None));
    }
}

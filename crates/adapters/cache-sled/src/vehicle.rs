//! The cached data of one VIN, and how calls change it.

use std::cmp::Ordering;

use digital_key_domain::{Generation, PasswordUse, RecordChange, UsageCounter, VehicleRecord, Vin};
use digital_key_ports::{PairingPassword, Take};

use crate::journal::JournalEntry;
use crate::key::DataKey;
use crate::seal::Sealed;

/// The cached data of one VIN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CachedVehicle {
    pub(crate) record: VehicleRecord,
    /// `Some` exactly if `record.password` is, and of the same generation.
    pub(crate) sealed: Option<Sealed>,
}

impl CachedVehicle {
    /// Returns the record as seen with this key: a password that the key does not open is absent.
    pub(crate) fn into_record(self, vin: Vin, key: Option<&DataKey>) -> VehicleRecord {
        let password = self.password(vin, key).map(|(counted, _)| counted);
        VehicleRecord { password, ..self.record }
    }

    /// Raises the generation and the count to those of the journal. In doubt the password is used
    /// up, never fresh (RDY-4).
    pub(crate) fn reconcile(&mut self, journal_entry: &JournalEntry) {
        let highest = journal_entry.highest();
        let newest = highest.map_or(Generation::default(), |count| count.generation);
        self.record.generation = self.record.generation.max(newest);
        let Some(password) = &mut self.record.password else { return };
        let uses = match (highest, password.generation.cmp(&newest)) {
            (Some(count), Ordering::Equal) if journal_entry.is_complete() => count.uses,
            // The storing was interrupted before the journal was written, so no use was given out.
            (Some(_), Ordering::Greater)
                if journal_entry.is_complete() && password.uses == UsageCounter::default() =>
            {
                return;
            }
            _ => UsageCounter::EXHAUSTED,
        };
        password.uses = password.uses.max(uses);
    }

    /// Applies a change, which may delete the cached password.
    pub(crate) fn apply(&mut self, change: &RecordChange) {
        self.record.apply(change);
        if self.record.password.is_none() {
            self.sealed = None;
        }
    }

    /// Counts one use, if one is left (RDY-4). The password may be given out only once the journal has
    /// the count.
    pub(crate) fn take_use(&mut self, vin: Vin, key: Option<&DataKey>) -> Take {
        match self.password(vin, key) {
            Some((_, password)) => Take::new(self.record.take_use(), password),
            None => Take::NoPassword,
        }
    }

    /// Returns the password and its use, if this key opens it.
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
    use crate::journal::{Count, CounterJournal};

    fn vin() -> Vin {
        "WBA00000000DEMO03".parse().unwrap()
    }

    fn key() -> DataKey {
        DataKey::new([7; 32])
    }

    fn used(generation: u64, uses: u8) -> PasswordUse {
        PasswordUse { generation: Generation::new(generation), uses: UsageCounter::new(uses) }
    }

    /// A vehicle with a password of this generation and with this many uses taken.
    fn vehicle(generation: u64, uses: u8) -> CachedVehicle {
        let password = PairingPassword::parse("01234567").unwrap();
        let generation = Generation::new(generation);
        let mut vehicle = CachedVehicle::default();
        let sealed = Sealed::new(&password, &key(), vin(), generation).unwrap();
        vehicle.record.store_password(generation);
        vehicle.sealed = Some(sealed);
        vehicle.record.password = Some(used(generation.get(), uses));
        vehicle
    }

    /// The entry of an undamaged journal that was raised to these counts, one after the other.
    fn journal_entry(counts: &[(u64, u8)]) -> JournalEntry {
        let directory = tempfile::tempdir().unwrap();
        let journal = CounterJournal::new(directory.path().join("journal"));
        let mut counts = counts.iter().map(|(generation, uses)| {
            let PasswordUse { generation, uses } = used(*generation, *uses);
            Count { generation, uses }
        });
        let mut journal_entry = journal.begin(vin(), counts.next().unwrap()).unwrap();
        counts.for_each(|count| journal_entry.raise(vin(), count).unwrap());
        journal_entry
    }

    #[test]
    fn rdy_4_the_higher_count_wins() {
        for (stored, journaled, expected) in [
            ((1, 0), &[(0, 3), (1, 0)][..], (1, 0)),
            ((1, 2), &[(1, 0), (1, 1)], (1, 2)),
            ((1, 0), &[(1, 0), (1, 1), (1, 2)], (1, 2)),
            ((1, 3), &[(1, 2), (1, 3)], (1, 3)),
            // The storing of a newer password was interrupted before the journal was written.
            ((2, 0), &[(1, 1), (1, 2)], (2, 0)),
            // This cannot happen without damage, so the password is used up.
            ((2, 1), &[(1, 1), (1, 2)], (2, 3)),
            // sled has lost a newer password.
            ((1, 0), &[(1, 0), (2, 0)], (1, 3)),
        ] {
            let mut vehicle = vehicle(stored.0, stored.1);
            let newest = journaled.last().unwrap().0.max(stored.0);
            vehicle.reconcile(&journal_entry(journaled));
            assert_eq!(vehicle.record.password, Some(used(expected.0, expected.1)), "{stored:?}");
            assert_eq!(vehicle.record.generation, Generation::new(newest), "{stored:?}");
        }
    }

    #[test]
    fn rdy_4_a_password_without_a_journal_is_used_up() {
        let mut vehicle = vehicle(7, 0);
        vehicle.reconcile(&JournalEntry::default());
        assert_eq!(vehicle.record.password, Some(used(7, 3)));
        assert_eq!(vehicle.record.generation, Generation::new(7));
        assert_eq!(vehicle.take_use(vin(), Some(&key())), Take::Exhausted);
    }

    #[test]
    fn err_4_a_generation_outlives_its_record() {
        let mut vehicle = CachedVehicle::default();
        vehicle.reconcile(&journal_entry(&[(5, 0), (5, 1)]));
        assert_eq!(vehicle.record.generation, Generation::new(5));
        assert_eq!(vehicle.record.password, None);
    }

    #[test]
    fn gen_6_a_password_that_the_key_does_not_open_is_absent() {
        for key in [None, Some(DataKey::new([8; 32]))] {
            let mut vehicle = vehicle(7, 1);
            assert_eq!(vehicle.take_use(vin(), key.as_ref()), Take::NoPassword);
            let record = vehicle.into_record(vin(), key.as_ref());
            assert_eq!((record.password, record.generation), (None, Generation::new(7)));
        }
        assert_eq!(vehicle(7, 1).into_record(vin(), Some(&key())).password, Some(used(7, 1)));
    }

    #[test]
    fn a_change_can_delete_a_password() {
        let mut paired = vehicle(7, 1);
        let key = DigitalKeyId::try_from("K2").unwrap();
        paired.apply(&RecordChange::Paired { key, used: Generation::new(7) });
        assert_eq!((paired.record.password, &paired.sealed), (None, &None));
    }
}

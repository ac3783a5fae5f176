//! The budget of a pairing password: three uses, counted here and nowhere else.
//!
//! Every cache calls [`VehicleRecord::store_password`] and [`VehicleRecord::take_use`] and makes
//! the result durable; the flow machine updates its own copy of the record with their results. Only
//! here is a use counted or refused.

use super::VehicleRecord;

/// The number of times that the cached pairing password has been handed to Apple's API.
///
/// ```
/// use digital_key_domain::UsageCounter;
///
/// assert_eq!(UsageCounter::default().get(), 0);
/// assert!(UsageCounter::new(UsageCounter::LIMIT).is_exhausted());
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageCounter(u8);

impl UsageCounter {
    /// The number of uses that one password has (WEL-6, ERR-2).
    pub const LIMIT: u8 = 3;

    /// A counter of a password without a use left.
    pub const EXHAUSTED: Self = Self(Self::LIMIT);

    /// Returns a counter that stands at `uses`; every value from the limit on is used up.
    #[must_use]
    pub fn new(uses: u8) -> Self {
        Self(uses)
    }

    /// Returns the number of uses.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// Returns `true` if no use is left.
    #[must_use]
    pub fn is_exhausted(self) -> bool {
        self.0 >= Self::LIMIT
    }
}

/// The number of one successful password fetch for a vehicle.
///
/// An older generation never replaces a newer one, and never resets its counter (ERR-4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

impl Generation {
    /// Returns the generation with this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// Returns the generation that follows this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The use of a cached password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PasswordUse {
    /// The fetch that the password came from.
    pub generation: Generation,
    /// The number of times that it was handed to Apple's API.
    pub uses: UsageCounter,
}

/// The result of [`VehicleRecord::take_use`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TakeOutcome {
    /// One use was counted; the value includes it.
    Granted(PasswordUse),
    /// No password is cached.
    NoPassword,
    /// Every use is taken (ERR-3).
    Exhausted,
}

/// The result of [`VehicleRecord::store_password`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoredPassword {
    /// The password is cached and unused.
    Stored,
    /// The record has seen this generation or a newer one (ERR-4); nothing changed.
    Outdated {
        /// The newest generation that was ever stored.
        newest: Generation,
    },
}

impl VehicleRecord {
    /// Counts one use of the cached password, if one is left (RDY-4, ERR-3).
    ///
    /// A cache makes the new count durable before it hands out the password: a crash at any
    /// instant can then only count too much.
    ///
    /// ```
    /// use digital_key_domain::{Generation, TakeOutcome, VehicleRecord};
    ///
    /// let mut record = VehicleRecord::default();
    /// assert_eq!(record.take_use(), TakeOutcome::NoPassword);
    /// record.store_password(Generation::new(1));
    /// for expected in 1..=3 {
    ///     let TakeOutcome::Granted(counted) = record.take_use() else { panic!() };
    ///     assert_eq!(counted.uses.get(), expected);
    /// }
    /// assert_eq!(record.take_use(), TakeOutcome::Exhausted);
    /// ```
    pub fn take_use(&mut self) -> TakeOutcome {
        match &mut self.password {
            None => TakeOutcome::NoPassword,
            Some(password) if password.uses.is_exhausted() => TakeOutcome::Exhausted,
            Some(password) => {
                password.uses.0 += 1;
                TakeOutcome::Granted(*password)
            }
        }
    }

    /// Notes that a password of this generation is cached, with its counter at 0 (WEL-3).
    ///
    /// A generation that is not newer than the newest one ever stored changes nothing, so that a
    /// late fetch never resets a counter (ERR-4).
    pub fn store_password(&mut self, generation: Generation) -> StoredPassword {
        if generation <= self.generation {
            return StoredPassword::Outdated { newest: self.generation };
        }
        self.generation = generation;
        self.password = Some(PasswordUse { generation, uses: UsageCounter::default() });
        StoredPassword::Stored
    }

    /// Updates this copy of the record with a take of the cache.
    pub fn note_take(&mut self, outcome: TakeOutcome) {
        match outcome {
            TakeOutcome::Granted(counted) => self.note_use(counted),
            TakeOutcome::NoPassword => self.password = None,
            TakeOutcome::Exhausted => {
                if let Some(password) = &mut self.password {
                    password.uses = password.uses.max(UsageCounter::EXHAUSTED);
                }
            }
        }
    }

    /// Raises the counter to what another copy of this record has counted.
    ///
    /// A password that was deleted or replaced since stays so (CBK-5, ERR-4).
    pub fn note_use(&mut self, counted: PasswordUse) {
        if let Some(password) = &mut self.password
            && password.generation == counted.generation
        {
            password.uses = password.uses.max(counted.uses);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(generation: u64, uses: u8) -> VehicleRecord {
        let mut record = VehicleRecord::default();
        record.store_password(Generation::new(generation));
        record.note_use(PasswordUse {
            generation: Generation::new(generation),
            uses: UsageCounter::new(uses),
        });
        record
    }

    #[test]
    fn generations_count_on() {
        assert_eq!(Generation::new(7).next().get(), 8);
        assert_eq!(Generation::new(u64::MAX).next(), Generation::new(u64::MAX));
    }

    #[test]
    fn rdy_4_three_uses_and_no_more() {
        let mut record = record(1, 0);
        let mut uses = Vec::new();
        while let TakeOutcome::Granted(counted) = record.take_use() {
            uses.push((counted.generation.get(), counted.uses.get()));
        }
        assert_eq!(uses, [(1, 1), (1, 2), (1, 3)]);
        assert_eq!(record.take_use(), TakeOutcome::Exhausted);
    }

    #[test]
    fn err_3_a_count_beyond_the_limit_is_exhausted_too() {
        for uses in [3, 4, 200, 255] {
            assert_eq!(record(1, uses).take_use(), TakeOutcome::Exhausted, "{uses}");
        }
    }

    #[test]
    fn rdy_6_without_a_password_there_is_no_use() {
        assert_eq!(VehicleRecord::default().take_use(), TakeOutcome::NoPassword);
    }

    #[test]
    fn wel_3_a_newer_password_starts_at_zero() {
        let mut record = record(4, 3);
        assert_eq!(record.store_password(Generation::new(5)), StoredPassword::Stored);
        let expected =
            PasswordUse { generation: Generation::new(5), uses: UsageCounter::default() };
        assert_eq!(record.password, Some(expected));
    }

    #[test]
    fn err_4_an_old_generation_resets_no_counter() {
        for generation in [3, 4] {
            let mut record = record(4, 2);
            let newest = Generation::new(4);
            let outdated = StoredPassword::Outdated { newest };
            assert_eq!(record.store_password(Generation::new(generation)), outdated);
            assert_eq!(record.password.map(|password| password.uses.get()), Some(2));
        }
    }

    #[test]
    fn err_4_a_use_of_another_generation_or_a_lower_count_changes_nothing() {
        let mut record = record(4, 2);
        let before = record.clone();
        for (generation, uses) in [(3, 3), (5, 3), (4, 1)] {
            record.note_use(PasswordUse {
                generation: Generation::new(generation),
                uses: UsageCounter::new(uses),
            });
            assert_eq!(record, before);
        }
    }
}

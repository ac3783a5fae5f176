//! How often a pairing password may be handed to Apple's API.

/// How many times the cached pairing password has been handed to Apple's API.
///
/// ```
/// use digital_key_domain::UsageCounter;
///
/// let once = UsageCounter::default().next_use().ok_or("used up")?;
/// assert_eq!(once.get(), 1);
/// assert_eq!(UsageCounter::new(3).next_use(), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageCounter(u8);

impl UsageCounter {
    /// How many uses one password has (WEL-6, ERR-2).
    pub const LIMIT: u8 = 3;

    /// A counter that stands at `uses`; anything from 3 on is used up.
    #[must_use]
    pub fn new(uses: u8) -> Self {
        Self(uses)
    }

    /// The number of uses.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// Whether no use is left.
    #[must_use]
    pub fn is_exhausted(self) -> bool {
        self.0 >= Self::LIMIT
    }

    /// The counter after one more use, or `None` when the password is used up.
    #[must_use]
    pub fn next_use(self) -> Option<Self> {
        (!self.is_exhausted()).then(|| Self(self.0 + 1))
    }
}

/// The number of one successful password fetch for a vehicle: an older one never replaces a newer
/// one, and never resets its counter (ERR-4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

impl Generation {
    /// The generation with this number.
    #[must_use]
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_count_on() {
        assert_eq!(Generation::new(7).next().get(), 8);
        assert_eq!(Generation::new(u64::MAX).next(), Generation::new(u64::MAX));
    }

    #[test]
    fn three_uses_and_no_more() {
        let mut counter = UsageCounter::default();
        let mut uses = Vec::new();
        while let Some(next) = counter.next_use() {
            uses.push(next.get());
            counter = next;
        }
        assert_eq!(uses, [1, 2, 3]);
        assert!(UsageCounter::new(200).is_exhausted());
        assert_eq!(UsageCounter::new(255).next_use(), None);
    }
}

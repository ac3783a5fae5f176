//! The keys on the phone before a sheet, which show what the sheet has made.

use digital_key_domain::{DigitalKeyId, Vin};

use crate::{ActivationState, DigitalKeyField, PassLibrary};

/// The keys on the phone before the last sheet was shown.
///
/// PassKit may report an error and no pass although it has made the key, for example when only the
/// share with the watch has failed. A key that is new in the wallet is then the answer's pass
/// (CBK-3).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeysBefore {
    /// The vehicle of the sheet.
    vin: Vin,
    keys: Vec<DigitalKeyId>,
}

impl KeysBefore {
    /// Keeps the keys of the library. Returns `None` if the list may be incomplete, since an old
    /// key that shows later would then count as new.
    pub(crate) fn new(vin: Vin, field: DigitalKeyField, library: &PassLibrary) -> Option<Self> {
        // PassKit also returns an empty list when it cannot reach the process that keeps the passes.
        let may_have_failed = library.passes.is_empty() && library.passes_seen_before;
        if !library.available || may_have_failed {
            return None;
        }
        let keys = library.passes.iter().map(|pass| field.key_id(pass));
        Some(Self { vin, keys: keys.collect::<Option<_>>()? })
    }

    /// Returns whether these are the keys before a sheet for this vehicle.
    pub(crate) fn are_for(&self, vin: Vin) -> bool {
        self.vin == vin
    }

    /// Adds a key, which is no longer new.
    pub(crate) fn add(&mut self, key: DigitalKeyId) {
        self.keys.push(key);
    }

    /// Returns the key that is new in the library. With several, none is certain to be of the sheet.
    pub(crate) fn new_key(
        &self,
        field: DigitalKeyField,
        library: &PassLibrary,
    ) -> Option<DigitalKeyId> {
        let usable = library
            .passes
            .iter()
            .filter(|pass| pass.activation_state != ActivationState::Deactivated);
        let mut new =
            usable.filter_map(|pass| field.key_id(pass)).filter(|key| !self.keys.contains(key));
        let key = new.next()?;
        new.all(|other| other == key).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::tests::pass;
    use ActivationState::{Activated, Deactivated, RequiresActivation};

    const FIELD: DigitalKeyField = DigitalKeyField::PrimaryAccountIdentifier;

    fn library(passes: &[(&str, ActivationState)]) -> PassLibrary {
        PassLibrary {
            available: true,
            activation_available: true,
            passes_seen_before: false,
            passes: passes.iter().map(|(id, state)| pass(id, *state)).collect(),
        }
    }

    fn before(library: &PassLibrary) -> Option<KeysBefore> {
        KeysBefore::new("WBA00000000DEMO03".parse().unwrap(), FIELD, library)
    }

    fn new_key(passes: &[(&str, ActivationState)]) -> Option<String> {
        let before = before(&library(&[("K0", Activated)])).unwrap();
        Some(before.new_key(FIELD, &library(passes))?.as_str().to_owned())
    }

    #[test]
    fn cbk_3_the_key_that_is_new_in_the_wallet_is_the_answers_pass() {
        let new = Some("K1".to_owned());
        assert_eq!(new_key(&[("K0", Activated), ("K1", Activated)]), new);
        assert_eq!(new_key(&[("K1", RequiresActivation)]), new);
        assert_eq!(new_key(&[("K1", Activated), ("K1", Activated)]), new);
        assert_eq!(new_key(&[("K0", Activated)]), None);
        assert_eq!(new_key(&[("", Activated)]), None);
        assert_eq!(new_key(&[("K1", Deactivated)]), None);
        assert_eq!(new_key(&[("K1", Activated), ("K2", Activated)]), None);
        assert_eq!(new_key(&[]), None);
    }

    #[test]
    fn a_list_that_may_be_incomplete_shows_no_new_key() {
        let empty = library(&[]);
        assert!(before(&empty).is_some());
        assert!(before(&PassLibrary { passes_seen_before: true, ..empty.clone() }).is_none());
        assert!(before(&PassLibrary { available: false, ..empty }).is_none());
        assert!(before(&library(&[("K0", Activated), ("", Activated)])).is_none());
    }
}

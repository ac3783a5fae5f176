//! The presence of a key on this phone, in three values.

use digital_key_domain::{DigitalKeyId, Presence};

use crate::{ActivationState, DigitalKeyField, PassFields};

/// The content of the pass library at one moment, and the evidence that it is complete.
///
/// Without its entitlement PassKit answers a query with an empty list and no error, as for a user
/// without passes. So an empty list counts only with some evidence that the app may see passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassLibrary {
    /// `PKPassLibrary.isPassLibraryAvailable()`.
    pub available: bool,
    /// `isSecureElementPassActivationAvailable`, which is false without the entitlement. `true` is
    /// evidence.
    pub activation_available: bool,
    /// Whether a list has held a pass since the app was started, which is evidence, too. The value
    /// is not kept for the next start, since an update of the app may have lost the entitlement.
    pub passes_seen_before: bool,
    /// The passes on this phone: `passes(of: .secureElement)` without those of a paired watch.
    pub passes: Vec<PassFields>,
}

impl PassLibrary {
    /// Returns whether a key is on this phone (WEL-2, ENT-8, OVR-2).
    ///
    /// | the library shows | answer | reason |
    /// |---|---|---|
    /// | the key, activated | present | |
    /// | the key, suspended | present | it was not deleted: it is on this phone and can be resumed |
    /// | the key, not activated yet, or in an unknown state | cannot say | it is not gone, but may never become usable |
    /// | the key, deactivated | absent | it can never be used again |
    /// | other passes, one of them without a readable id | cannot say | that pass might be the key |
    /// | other passes only | absent | |
    /// | no pass, with evidence that the app may see passes | absent | |
    /// | no pass, without evidence | cannot say | the app may lack the entitlement |
    /// | the library is not available | cannot say | |
    ///
    /// If several rows fit, the first answer counts in the order present, cannot say, absent.
    ///
    /// ```
    /// use digital_key_domain::{DigitalKeyId, Presence};
    /// use digital_key_wallet_ios::{DigitalKeyField, PassLibrary};
    ///
    /// let empty = PassLibrary {
    ///     available: true,
    ///     activation_available: false,
    ///     passes_seen_before: false,
    ///     passes: Vec::new(),
    /// };
    /// let key = DigitalKeyId::try_from("K1")?;
    /// let presence = empty.presence(DigitalKeyField::PrimaryAccountIdentifier, &key);
    /// assert_eq!(presence, Presence::CannotSay);
    /// # Ok::<(), digital_key_domain::DigitalKeyIdError>(())
    /// ```
    #[must_use]
    pub fn presence(&self, field: DigitalKeyField, key: &DigitalKeyId) -> Presence {
        if !self.available {
            return Presence::CannotSay;
        }
        let mut certain = self.may_see_passes();
        for pass in &self.passes {
            let id = field.key_id(pass);
            if id.as_ref().is_some_and(|id| id != key) {
                continue;
            }
            match pass.activation_state {
                ActivationState::Deactivated => {}
                ActivationState::Activated | ActivationState::Suspended if id.is_some() => {
                    return Presence::Present;
                }
                ActivationState::Activated
                | ActivationState::Suspended
                | ActivationState::RequiresActivation
                | ActivationState::Activating
                | ActivationState::Unknown(_) => certain = false,
            }
        }
        if certain { Presence::Absent } else { Presence::CannotSay }
    }

    /// Returns whether anything shows that the app may see passes.
    pub(crate) fn may_see_passes(&self) -> bool {
        self.activation_available || self.passes_seen_before || !self.passes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pass::tests::pass;
    use ActivationState::{
        Activated, Activating, Deactivated, RequiresActivation, Suspended, Unknown,
    };

    /// An available library with these passes and no other evidence.
    fn library(passes: &[(&str, ActivationState)]) -> PassLibrary {
        PassLibrary {
            available: true,
            activation_available: false,
            passes_seen_before: false,
            passes: passes.iter().map(|(id, state)| pass(id, *state)).collect(),
        }
    }

    fn presence(library: &PassLibrary) -> Presence {
        let key = DigitalKeyId::try_from("K1").unwrap();
        library.presence(DigitalKeyField::PrimaryAccountIdentifier, &key)
    }

    #[test]
    fn the_state_of_the_key_decides() {
        for (state, expected) in [
            (Activated, Presence::Present),
            (Suspended, Presence::Present),
            (RequiresActivation, Presence::CannotSay),
            (Activating, Presence::CannotSay),
            (Unknown(5), Presence::CannotSay),
            (Deactivated, Presence::Absent),
        ] {
            assert_eq!(presence(&library(&[("K1", state)])), expected, "{state:?}");
            let among_others = library(&[("K0", Activated), ("K1", state), ("K2", Activated)]);
            assert_eq!(presence(&among_others), expected, "{state:?}");
        }
    }

    #[test]
    fn the_better_one_of_two_passes_of_the_key_counts() {
        for (first, second, expected) in [
            (Deactivated, Activated, Presence::Present),
            (Activating, Suspended, Presence::Present),
            (Deactivated, Activating, Presence::CannotSay),
            (Deactivated, Deactivated, Presence::Absent),
        ] {
            for (first, second) in [(first, second), (second, first)] {
                let library = library(&[("K1", first), ("K1", second)]);
                assert_eq!(presence(&library), expected, "{first:?} {second:?}");
            }
        }
    }

    #[test]
    fn ovr_2_an_empty_list_is_a_deletion_only_with_evidence() {
        let empty = library(&[]);
        assert_eq!(presence(&empty), Presence::CannotSay);
        let activation_available = PassLibrary { activation_available: true, ..empty.clone() };
        assert_eq!(presence(&activation_available), Presence::Absent);
        let passes_seen_before = PassLibrary { passes_seen_before: true, ..empty };
        assert_eq!(presence(&passes_seen_before), Presence::Absent);
    }

    #[test]
    fn other_passes_prove_that_the_key_is_gone() {
        for state in [Activated, Activating, Suspended, Deactivated, Unknown(-1)] {
            let library = library(&[("K0", state), ("K2", state)]);
            assert_eq!(presence(&library), Presence::Absent);
        }
    }

    #[test]
    fn a_pass_without_a_readable_id_might_be_the_key() {
        for state in [Activated, Suspended, Activating, Unknown(9)] {
            let library = library(&[("K0", Activated), ("", state)]);
            assert_eq!(presence(&library), Presence::CannotSay, "{state:?}");
        }
        let dead = library(&[("K0", Activated), ("", Deactivated)]);
        assert_eq!(presence(&dead), Presence::Absent);
        let beside_the_key = library(&[("", Activated), ("K1", Activated)]);
        assert_eq!(presence(&beside_the_key), Presence::Present);
    }

    #[test]
    fn an_unavailable_library_cannot_say() {
        let unavailable = PassLibrary {
            available: false,
            activation_available: true,
            passes_seen_before: true,
            ..library(&[("K1", Activated)])
        };
        assert_eq!(presence(&unavailable), Presence::CannotSay);
    }
}

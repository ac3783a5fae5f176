//! Whether a key is on this phone, in three values.

use digital_key_domain::{DigitalKeyId, Presence};

use crate::{ActivationState, DigitalKeyField, PassFields};

/// What the pass library says at one moment, and how far it can be believed.
///
/// Without its entitlement PassKit answers a query with an empty list and no error, which looks
/// exactly like a user without passes. So an empty list counts only with some evidence that the
/// app may see passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassLibrary {
    /// `PKPassLibrary.isPassLibraryAvailable()`.
    pub available: bool,
    /// `isSecureElementPassActivationAvailable`, which is false without the entitlement; true is
    /// evidence.
    pub activation_available: bool,
    /// A list has held a pass before, since the app was started; that is evidence, too. It is not
    /// kept for the next start: an update of the app may have lost the entitlement.
    pub passes_seen_before: bool,
    /// The passes on this phone: `passes(of: .secureElement)`, those of a paired watch left out.
    pub passes: Vec<PassFields>,
}

impl PassLibrary {
    /// Whether a key is on this phone (WEL-2, ENT-8, OVR-2).
    ///
    /// | the library shows | answer | because |
    /// |---|---|---|
    /// | the key, activated | present | |
    /// | the key, suspended | present | it is on this phone and can be resumed: no deletion |
    /// | the key, not activated yet, or in an unknown state | cannot say | it is not gone, and may never become a key that works |
    /// | the key, deactivated | absent | it is dead for good |
    /// | passes, one of them without a readable id | cannot say | that one might be the key |
    /// | other passes only | absent | |
    /// | nothing, with evidence that the app may see passes | absent | |
    /// | nothing, without evidence | cannot say | |
    /// | it is not available | cannot say | |
    ///
    /// When two passes have the id of the key, the first answer of this table that fits one of
    /// them counts.
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

    fn may_see_passes(&self) -> bool {
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

    /// A library that is available and gives no evidence beside these passes.
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
    fn of_two_passes_of_the_key_the_better_one_counts() {
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
    fn a_library_that_is_not_available_says_nothing() {
        let unavailable = PassLibrary {
            available: false,
            activation_available: true,
            passes_seen_before: true,
            ..library(&[("K1", Activated)])
        };
        assert_eq!(presence(&unavailable), Presence::CannotSay);
    }
}

//! A pass of the secure element, and the choice of the field that names the digital key.

use std::fmt;

use digital_key_domain::DigitalKeyId;

/// The fields of a `PKSecureElementPass` that can name the key, and its state.
///
/// `Debug` shows only the state, since each of the other fields may name a vehicle (GEN-6).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PassFields {
    /// `primaryAccountIdentifier`; empty if PassKit has none.
    pub primary_account_identifier: String,
    /// `deviceAccountIdentifier`; empty if PassKit has none.
    pub device_account_identifier: String,
    /// `pairedTerminalIdentifier`.
    pub paired_terminal_identifier: Option<String>,
    /// `serialNumber`, unique together with the pass type only.
    pub serial_number: String,
    /// `passActivationState`.
    pub activation_state: ActivationState,
    /// `isRemotePass`: the pass is on a paired watch, so it is not a key of this phone.
    pub is_remote: bool,
}

impl fmt::Debug for PassFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassFields")
            .field("activation_state", &self.activation_state)
            .finish_non_exhaustive()
    }
}

/// The activation state of a pass (`PKSecureElementPass.PassActivationState`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActivationState {
    /// 0: it can be used.
    Activated,
    /// 1: it has to be activated first.
    RequiresActivation,
    /// 2: it is being activated.
    Activating,
    /// 3: it is switched off for now, and can be resumed.
    Suspended,
    /// 4: it is switched off for good.
    Deactivated,
    /// A number that this version does not know.
    Unknown(i64),
}

impl ActivationState {
    /// Returns the state with Apple's number.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Activated,
            1 => Self::RequiresActivation,
            2 => Self::Activating,
            3 => Self::Suspended,
            4 => Self::Deactivated,
            unknown => Self::Unknown(unknown),
        }
    }
}

/// The field of a pass that holds the DigitalKeyID. Apple does not define it. The maker chooses it,
/// and the host sets it.
///
/// ```
/// use digital_key_wallet_ios::{ActivationState, DigitalKeyField, PassFields};
///
/// let pass = PassFields {
///     primary_account_identifier: "K1".to_owned(),
///     device_account_identifier: String::new(),
///     paired_terminal_identifier: None,
///     serial_number: "S1".to_owned(),
///     activation_state: ActivationState::from_number(0),
///     is_remote: false,
/// };
/// let id = DigitalKeyField::PrimaryAccountIdentifier.key_id(&pass);
/// assert_eq!(id.as_ref().map(|id| id.as_str()), Some("K1"));
/// assert_eq!(DigitalKeyField::DeviceAccountIdentifier.key_id(&pass), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigitalKeyField {
    /// [`PassFields::primary_account_identifier`].
    PrimaryAccountIdentifier,
    /// [`PassFields::device_account_identifier`].
    DeviceAccountIdentifier,
    /// [`PassFields::paired_terminal_identifier`].
    PairedTerminalIdentifier,
    /// [`PassFields::serial_number`].
    SerialNumber,
}

impl DigitalKeyField {
    /// Returns the DigitalKeyID of a pass, or `None` if the field is missing, empty, or longer than
    /// a [`DigitalKeyId`] can be.
    #[must_use]
    pub fn key_id(self, pass: &PassFields) -> Option<DigitalKeyId> {
        let text = match self {
            Self::PrimaryAccountIdentifier => &pass.primary_account_identifier,
            Self::DeviceAccountIdentifier => &pass.device_account_identifier,
            Self::PairedTerminalIdentifier => pass.paired_terminal_identifier.as_ref()?,
            Self::SerialNumber => &pass.serial_number,
        };
        DigitalKeyId::try_from(text.as_str()).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A pass with this primary account identifier.
    pub(crate) fn pass(primary: &str, activation_state: ActivationState) -> PassFields {
        PassFields {
            primary_account_identifier: primary.to_owned(),
            device_account_identifier: "device".to_owned(),
            paired_terminal_identifier: Some("terminal".to_owned()),
            serial_number: "serial".to_owned(),
            activation_state,
            is_remote: false,
        }
    }

    #[test]
    fn activation_states_have_apples_numbers() {
        let states = [0, 1, 2, 3, 4].map(ActivationState::from_number);
        assert_eq!(
            states,
            [
                ActivationState::Activated,
                ActivationState::RequiresActivation,
                ActivationState::Activating,
                ActivationState::Suspended,
                ActivationState::Deactivated,
            ]
        );
        for number in [-1, 5, i64::MIN, i64::MAX] {
            assert_eq!(ActivationState::from_number(number), ActivationState::Unknown(number));
        }
    }

    #[test]
    fn the_setting_chooses_the_field_of_the_key() {
        let pass = pass("primary", ActivationState::Activated);
        for (field, id) in [
            (DigitalKeyField::PrimaryAccountIdentifier, "primary"),
            (DigitalKeyField::DeviceAccountIdentifier, "device"),
            (DigitalKeyField::PairedTerminalIdentifier, "terminal"),
            (DigitalKeyField::SerialNumber, "serial"),
        ] {
            assert_eq!(field.key_id(&pass).unwrap().as_str(), id);
        }
    }

    #[test]
    fn a_field_without_a_usable_text_has_no_key_id() {
        let too_long = "K".repeat(DigitalKeyId::MAX_LENGTH + 1);
        for text in ["", &too_long] {
            let pass = pass(text, ActivationState::Activated);
            let field = DigitalKeyField::PrimaryAccountIdentifier;
            assert_eq!(field.key_id(&pass), None);
        }
        let mut pass = pass("K1", ActivationState::Activated);
        pass.paired_terminal_identifier = None;
        assert_eq!(DigitalKeyField::PairedTerminalIdentifier.key_id(&pass), None);
    }

    #[test]
    fn gen_6_debug_shows_no_identifier() {
        let pass = pass("WBA00000000DEMO03", ActivationState::Suspended);
        assert_eq!(format!("{pass:?}"), "PassFields { activation_state: Suspended, .. }");
    }
}

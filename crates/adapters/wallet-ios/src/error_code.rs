//! What the pairing sheet answered.

use digital_key_domain::{AppleErrorCode, PairingAnswer};

use crate::{DigitalKeyField, PassFields};

/// An `NSError`, as far as a rule needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AppleError<'a> {
    /// `domain`.
    pub domain: &'a str,
    /// `code`.
    pub code: i64,
}

impl AppleError<'_> {
    /// The value of `PKAddSecureElementPassErrorDomain`, the domain whose codes have a meaning
    /// here.
    pub const DOMAIN: &'static str = "PKAddSecureElementPassErrorDomain";

    /// What the error means for a pairing (CBK-6). An error of another domain has codes of its
    /// own, and is generic.
    ///
    /// ```
    /// use digital_key_domain::AppleErrorCode;
    /// use digital_key_wallet_ios::AppleError;
    ///
    /// let cancelled = AppleError { domain: AppleError::DOMAIN, code: 1 };
    /// assert_eq!(cancelled.pairing_code(), AppleErrorCode::UserCanceled);
    /// let elsewhere = AppleError { domain: "NSCocoaErrorDomain", code: 1 };
    /// assert_eq!(elsewhere.pairing_code(), AppleErrorCode::GenericError);
    /// ```
    #[must_use]
    pub fn pairing_code(&self) -> AppleErrorCode {
        if self.domain == Self::DOMAIN {
            AppleErrorCode::from_number(self.code)
        } else {
            AppleErrorCode::GenericError
        }
    }
}

/// What the sheet's delegate was told, as the answer of the pairing (CBK-1 to CBK-4).
///
/// It takes both callbacks, the one with a list of passes and that of iOS 13 with at most one.
/// The first pass that has a DigitalKeyID is the key; a pass without one is no key that the core
/// could ever ask about, and so none.
#[must_use]
pub fn pairing_answer(
    field: DigitalKeyField,
    passes: &[PassFields],
    error: Option<AppleError<'_>>,
) -> PairingAnswer {
    PairingAnswer {
        pass: passes.iter().find_map(|pass| field.key_id(pass)),
        error: error.map(|error| error.pairing_code()),
    }
}

#[cfg(test)]
mod tests {
    use digital_key_domain::DigitalKeyId;

    use super::*;
    use crate::ActivationState;
    use crate::pass::tests::pass;

    const FIELD: DigitalKeyField = DigitalKeyField::PrimaryAccountIdentifier;

    fn error(code: i64) -> AppleError<'static> {
        AppleError { domain: AppleError::DOMAIN, code }
    }

    fn key(id: &str) -> Option<DigitalKeyId> {
        Some(DigitalKeyId::try_from(id).unwrap())
    }

    #[test]
    fn cbk_6_codes_have_apples_numbers() {
        let codes = [0, 1, 2, 3, 4, 5, 6].map(|code| error(code).pairing_code());
        assert_eq!(codes, AppleErrorCode::ALL);
        for code in [-1, 7, i64::MIN, i64::MAX] {
            assert_eq!(error(code).pairing_code(), AppleErrorCode::GenericError);
        }
    }

    #[test]
    fn cbk_6_a_code_of_another_domain_is_generic() {
        for domain in ["", "PKPassKitErrorDomain", "NSURLErrorDomain"] {
            let elsewhere = AppleError { domain, code: 1 };
            assert_eq!(elsewhere.pairing_code(), AppleErrorCode::GenericError);
        }
    }

    #[test]
    fn cbk_1_to_4_all_shapes_of_the_callback() {
        let made = [pass("K1", ActivationState::Activating)];
        for (passes, pass) in [(&made[..], key("K1")), (&[], None)] {
            for (error, code) in
                [(None, None), (Some(error(5)), Some(AppleErrorCode::DeviceNotReady))]
            {
                let expected = PairingAnswer { pass: pass.clone(), error: code };
                assert_eq!(pairing_answer(FIELD, passes, error), expected);
            }
        }
    }

    #[test]
    fn the_first_pass_with_an_id_is_the_key() {
        let state = ActivationState::Activated;
        let passes = [pass("", state), pass("K1", state), pass("K2", state)];
        assert_eq!(pairing_answer(FIELD, &passes, None).pass, key("K1"));
        assert_eq!(pairing_answer(FIELD, &passes[..1], None).pass, None);
    }
}

//! The answer of the pairing sheet.

use digital_key_domain::{AppleErrorCode, PairingAnswer};

use crate::{DigitalKeyField, PassFields};

/// The parts of an `NSError` that the rules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AppleError<'a> {
    /// `domain`.
    pub domain: &'a str,
    /// `code`.
    pub code: i64,
}

impl AppleError<'_> {
    /// The value of `PKAddSecureElementPassErrorDomain`, the only domain whose codes are known.
    pub const DOMAIN: &'static str = "PKAddSecureElementPassErrorDomain";

    /// Returns the meaning of the error for a pairing (CBK-6). An error of another domain is
    /// generic, since its codes mean something else.
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

/// Returns the answer of a pairing from the arguments of the sheet's delegate (CBK-1 to CBK-4).
///
/// It serves both callbacks: the one with a list of passes, and the one of iOS 13 with at most one
/// pass. The first pass with a DigitalKeyID is the key. A pass without one is not counted as a key,
/// since the core could not ask about it.
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

//! Whether a vehicle supports Smart Access (REQ-5).

/// The `digitalKey` object of the BFF's support answer, as far as a rule needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DigitalKeyCapability<'a> {
    /// The field `state`, such as `ACTIVATED`.
    pub state: &'a str,
    /// The field `bookedServicePackage`, such as `SMACC_1_5`.
    pub package: &'a str,
    /// The field `vehicleSoftwareUpgradeRequired`; absent means no.
    pub upgrade_required: bool,
}

/// What a support answer says about a vehicle (REQ-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SupportAnswer {
    /// Yes or no: it is cached for this VIN.
    Known(Support),
    /// A value that this version does not know: not shown, not cached, asked again.
    Unknown,
}

/// A definite answer about a vehicle (REQ-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Support {
    /// The vehicle supports Smart Access.
    Supported {
        /// The vehicle's software must be upgraded first; shown, and no blocker.
        upgrade_required: bool,
    },
    /// It does not.
    NotSupported,
}

impl SupportAnswer {
    /// Decides from the `digitalKey` object, or from its absence in a valid answer.
    ///
    /// ```
    /// use digital_key_domain::{Support, SupportAnswer};
    ///
    /// assert_eq!(SupportAnswer::decide(None), SupportAnswer::Known(Support::NotSupported));
    /// ```
    #[must_use]
    pub fn decide(capability: Option<DigitalKeyCapability<'_>>) -> Self {
        let Some(DigitalKeyCapability { state, package, upgrade_required }) = capability else {
            return Self::Known(Support::NotSupported);
        };
        match (state, package) {
            ("NOT_AVAILABLE", _) | (_, "NONE") => Self::Known(Support::NotSupported),
            ("ACTIVATED", "SMACC_1_5" | "SMACC_2_UWB") => {
                Self::Known(Support::Supported { upgrade_required })
            }
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(state: &str, package: &str) -> SupportAnswer {
        SupportAnswer::decide(Some(DigitalKeyCapability {
            state,
            package,
            upgrade_required: false,
        }))
    }

    #[test]
    fn req_5_supported_needs_the_state_and_a_known_package() {
        let supported = SupportAnswer::Known(Support::Supported { upgrade_required: false });
        assert_eq!(decide("ACTIVATED", "SMACC_1_5"), supported);
        assert_eq!(decide("ACTIVATED", "SMACC_2_UWB"), supported);
    }

    #[test]
    fn req_5_not_supported_wins_over_unknown() {
        let not_supported = SupportAnswer::Known(Support::NotSupported);
        assert_eq!(decide("NOT_AVAILABLE", "SMACC_1_5"), not_supported);
        assert_eq!(decide("NOT_AVAILABLE", "SMACC_9"), not_supported);
        assert_eq!(decide("ACTIVATED", "NONE"), not_supported);
        assert_eq!(decide("PENDING", "NONE"), not_supported);
        assert_eq!(SupportAnswer::decide(None), not_supported);
    }

    #[test]
    fn req_5_any_other_value_is_unknown() {
        for (state, package) in [
            ("PENDING", "SMACC_1_5"),
            ("ACTIVATED", "SMACC_9"),
            ("", ""),
            ("activated", "SMACC_1_5"),
        ] {
            assert_eq!(decide(state, package), SupportAnswer::Unknown, "{state} {package}");
        }
    }

    #[test]
    fn req_5_a_needed_upgrade_is_kept() {
        let answer = SupportAnswer::decide(Some(DigitalKeyCapability {
            state: "ACTIVATED",
            package: "SMACC_1_5",
            upgrade_required: true,
        }));
        assert_eq!(answer, SupportAnswer::Known(Support::Supported { upgrade_required: true }));
    }
}

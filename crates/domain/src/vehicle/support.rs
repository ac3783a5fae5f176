//! Whether a vehicle supports Smart Access (REQ-5).

/// The `digitalKey` object of the BFF's support answer, as far as a rule needs it.
///
/// Each member is read by itself: one that is missing, null or of another type is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DigitalKeyCapability<'a> {
    /// The member `state`, such as `ACTIVATED`.
    pub state: Option<&'a str>,
    /// The member `bookedServicePackage`, such as `SMACC_1_5`.
    pub package: Option<&'a str>,
    /// The member `vehicleSoftwareUpgradeRequired`; `None` means no.
    pub upgrade_required: Option<bool>,
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
            // One member is enough to say no, whatever the others are.
            (Some("NOT_AVAILABLE"), _) | (_, Some("NONE")) => Self::Known(Support::NotSupported),
            (Some("ACTIVATED"), Some("SMACC_1_5" | "SMACC_2_UWB")) => {
                let upgrade_required = upgrade_required.unwrap_or(false);
                Self::Known(Support::Supported { upgrade_required })
            }
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide<'a>(
        state: impl Into<Option<&'a str>>,
        package: impl Into<Option<&'a str>>,
    ) -> SupportAnswer {
        let (state, package) = (state.into(), package.into());
        SupportAnswer::decide(Some(DigitalKeyCapability { state, package, ..Default::default() }))
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
    fn req_5_one_member_is_enough_to_say_no() {
        let not_supported = SupportAnswer::Known(Support::NotSupported);
        assert_eq!(decide("NOT_AVAILABLE", None), not_supported);
        assert_eq!(decide(None, "NONE"), not_supported);
    }

    #[test]
    fn req_5_without_a_member_that_decides_the_answer_is_unknown() {
        for (state, package) in [(Some("ACTIVATED"), None), (None, Some("SMACC_1_5")), (None, None)]
        {
            assert_eq!(decide(state, package), SupportAnswer::Unknown, "{state:?} {package:?}");
        }
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
            state: Some("ACTIVATED"),
            package: Some("SMACC_1_5"),
            upgrade_required: Some(true),
        }));
        assert_eq!(answer, SupportAnswer::Known(Support::Supported { upgrade_required: true }));
    }
}

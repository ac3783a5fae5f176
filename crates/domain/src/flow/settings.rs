//! What the machine knows about its surroundings.

use std::sync::Arc;

use crate::Phone;

/// What the machine knows about its surroundings; it does not change while the machine runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Settings {
    /// The phone that the app runs on.
    pub phone: Phone,
    /// What the entry on the vehicle tab leads to (ENT-7).
    pub entry_mode: EntryMode,
    /// The link behind "More information" (OVR-6).
    pub more_information: Arc<str>,
}

impl Settings {
    /// The default link behind "More information" (OVR-6).
    pub const MORE_INFORMATION: &str = "https://bmw.com/digitalkey";

    /// Returns the settings of the full flow on this phone.
    #[must_use]
    pub fn new(phone: Phone) -> Self {
        Self {
            phone,
            entry_mode: EntryMode::OwnerPairing,
            more_information: Self::MORE_INFORMATION.into(),
        }
    }
}

/// What the entry on the vehicle tab leads to (ENT-7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum EntryMode {
    /// The entry is a label that leads nowhere.
    ComingSoon,
    /// The entry opens the flow.
    #[default]
    OwnerPairing,
}

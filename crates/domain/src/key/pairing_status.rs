//! The BFF's answer about the owner key of a vehicle (WEL-1).

use super::DigitalKeyId;

/// The pairing status: the BFF's answer about one VIN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PairingStatus {
    /// The vehicle's owner key, if it has one.
    pub owner_key: Option<ReportedKey>,
    /// The user is the vehicle's primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared for pairing.
    pub prepared: bool,
}

/// An owner key as the backend reports it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReportedKey {
    /// The identifier of the key.
    pub id: DigitalKeyId,
    /// The key is registered with the maker's key tracking service.
    pub tracked: bool,
}

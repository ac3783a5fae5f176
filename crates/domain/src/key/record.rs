//! What the cache keeps for one vehicle, and how answers change it. `budget.rs` has the changes that
//! concern the password.

use super::{DigitalKeyId, Generation, KnownKey, OwnerKey, PairingStatus, PasswordUse};
use crate::vehicle::Support;

/// Everything that is cached for one VIN, the password itself aside.
///
/// The flow machine holds it in memory, a cache adapter on disk. Both change it through
/// [`VehicleRecord::apply`], [`VehicleRecord::store_password`] and [`VehicleRecord::take_use`], so
/// that they cannot disagree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct VehicleRecord {
    /// Whether the vehicle supports Smart Access; `None` = never answered (ENT-4).
    pub support: Option<Support>,
    /// What is known about the owner key.
    pub key: KnownKey,
    /// The other facts of the last pairing status; `None` = never answered.
    pub readiness: Option<Readiness>,
    /// The use of the cached password; `None` = no password is cached.
    pub password: Option<PasswordUse>,
    /// The newest generation that was ever stored; it outlives the password.
    pub generation: Generation,
}

/// What a pairing status says beside the owner key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Readiness {
    /// The user is the vehicle's primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared for pairing.
    pub prepared: bool,
}

/// One change of a [`VehicleRecord`]. Each can be applied twice without harm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum RecordChange {
    /// The BFF said whether the vehicle supports Smart Access (ENT-2).
    Support(Support),
    /// The BFF answered the pairing status (WEL-1). A key that was made on this phone and that no
    /// status has named yet stays (CBK-8): only the wallet can end it.
    Status(PairingStatus),
    /// The wallet said definitely whether this key is on this phone (WEL-2, OVR-2); it changes
    /// nothing when the record knows another key.
    Presence {
        /// The key that was asked about.
        key: DigitalKeyId,
        /// The wallet's answer.
        on_this_phone: bool,
    },
    /// A pairing succeeded (CBK-5): the key is on this phone, untracked, and the password that was
    /// used is gone.
    Paired {
        /// The new key.
        key: DigitalKeyId,
        /// The generation of the password that was used; a newer one stays (ERR-4).
        used: Generation,
    },
}

impl VehicleRecord {
    /// Applies one change.
    pub fn apply(&mut self, change: &RecordChange) {
        match change {
            RecordChange::Support(support) => self.support = Some(*support),
            RecordChange::Status(status) => self.apply_status(status),
            RecordChange::Presence { key, on_this_phone } => {
                if let KnownKey::Owner(owner) = &mut self.key
                    && owner.id == *key
                {
                    owner.on_this_phone = *on_this_phone;
                    owner.paired_here &= *on_this_phone;
                }
            }
            RecordChange::Paired { key, used } => {
                self.key = KnownKey::Owner(OwnerKey {
                    id: key.clone(),
                    tracked: false,
                    on_this_phone: true,
                    paired_here: true,
                    reported: false,
                });
                if self.password.is_some_and(|password| password.generation == *used) {
                    self.password = None;
                }
            }
        }
    }

    fn apply_status(&mut self, status: &PairingStatus) {
        self.readiness = Some(Readiness {
            primary_subscriber: status.primary_subscriber,
            prepared: status.prepared,
        });
        match (&mut self.key, &status.owner_key) {
            (KnownKey::Owner(known), Some(reported)) if known.id == reported.id => {
                known.tracked = reported.tracked;
                known.reported = true;
            }
            // CBK-8: the backend lags until it has named the key once.
            (KnownKey::Owner(known), _) if known.is_ahead_of_backend() => {}
            (key, None) => *key = KnownKey::None,
            (key, Some(reported)) => {
                *key = KnownKey::Owner(OwnerKey {
                    id: reported.id.clone(),
                    tracked: reported.tracked,
                    on_this_phone: false,
                    paired_here: false,
                    reported: true,
                });
            }
        }
    }
}

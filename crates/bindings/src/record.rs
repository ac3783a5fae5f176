//! The content of a cache, and the rules for its changes.

use digital_key_domain::{
    DigitalKeyId, Generation, KnownKey, OwnerKey, PairingStatus, PasswordUse, Readiness,
    RecordChange, StoredPassword, Support, TakeOutcome, UsageCounter, VehicleRecord,
};

use crate::error::DigitalKeyError;

uniffi::custom_type!(Generation, u64, {
    remote,
    try_lift: |number| Ok(Generation::new(number)),
    lower: |generation| generation.get(),
});

uniffi::custom_type!(UsageCounter, u8, {
    remote,
    try_lift: |uses| Ok(UsageCounter::new(uses)),
    lower: |counter| counter.get(),
});

/// All that is cached for one VIN, except the password itself.
#[uniffi::remote(Record)]
pub struct VehicleRecord {
    // The fields without a default come first, so that Python can take all of them by position.
    /// What is known about the owner key.
    pub key: KnownKey,
    /// The newest generation that was ever stored; it outlives the password. 0 at first.
    pub generation: Generation,
    /// Whether the vehicle supports Smart Access; none = never answered (ENT-4).
    #[uniffi(default = None)]
    pub support: Option<Support>,
    /// The other facts of the last pairing status; none = never answered.
    #[uniffi(default = None)]
    pub readiness: Option<Readiness>,
    /// The use of the cached password; none = no password is cached.
    #[uniffi(default = None)]
    pub password: Option<PasswordUse>,
}

/// What the cache knows about the owner key of a vehicle.
#[uniffi::remote(Enum)]
pub enum KnownKey {
    /// The backend was never asked.
    Unknown,
    /// The vehicle has no owner key.
    None,
    /// The vehicle has this one.
    Owner(OwnerKey),
}

/// The owner key of a vehicle, as the cache knows it.
#[uniffi::remote(Record)]
pub struct OwnerKey {
    /// Its identifier.
    pub id: DigitalKeyId,
    /// The key is registered with the maker's key tracking service.
    pub tracked: bool,
    /// The wallet's last definite answer (WEL-2).
    pub on_this_phone: bool,
    /// It was made on this phone, and the wallet has not denied it since.
    pub paired_here: bool,
    /// A status has named it; until then the backend may lag behind the pairing (CBK-8).
    #[uniffi(default = false)]
    pub reported: bool,
}

/// The facts of a pairing status besides the owner key.
#[uniffi::remote(Record)]
pub struct Readiness {
    /// The user is the vehicle's primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared for pairing.
    pub prepared: bool,
}

/// The use of a cached password.
#[uniffi::remote(Record)]
pub struct PasswordUse {
    /// The fetch from which the password came.
    pub generation: Generation,
    /// How often Apple's API has received it.
    pub uses: UsageCounter,
}

/// One change of a record. Applying it again changes nothing more.
#[uniffi::remote(Enum)]
pub enum RecordChange {
    /// The BFF said whether the vehicle supports Smart Access (ENT-2).
    Support(Support),
    /// The BFF answered the pairing status (WEL-1).
    Status(PairingStatus),
    /// The wallet knows whether this key is on this phone (WEL-2, OVR-2).
    Presence {
        /// The key.
        key: DigitalKeyId,
        /// The wallet's answer.
        on_this_phone: bool,
    },
    /// A pairing succeeded (CBK-5).
    Paired {
        /// The new key.
        key: DigitalKeyId,
        /// The generation of the password that was used; a newer one stays (ERR-4).
        used: Generation,
    },
}

/// Returns the record after a change, for a client's cache adapter, which MUST use this function.
///
/// # Errors
/// `Invalid` when the id of a key is malformed, as in a record that was damaged on disk.
#[uniffi::export]
pub fn apply_change(
    mut record: VehicleRecord,
    change: &RecordChange,
) -> Result<VehicleRecord, DigitalKeyError> {
    record.apply(change);
    Ok(record)
}

/// A record after [`store_password`].
#[derive(Debug, Clone, uniffi::Record)]
pub struct RecordWithPassword {
    /// The record to store.
    pub record: VehicleRecord,
    /// The answer of the cache.
    pub stored: StoredPassword,
}

/// Notes in a record that a password of this generation is cached and unused (WEL-3, ERR-4).
///
/// A client's cache adapter calls this function in its own `store_password`, stores the returned record
/// and the password, and answers with `stored`. It MUST NOT compare generations itself.
///
/// # Errors
/// `Invalid` when the id of a key is malformed, as in a record that was damaged on disk.
#[uniffi::export]
pub fn store_password(
    mut record: VehicleRecord,
    generation: Generation,
) -> Result<RecordWithPassword, DigitalKeyError> {
    let stored = record.store_password(generation);
    Ok(RecordWithPassword { record, stored })
}

/// A record after [`take_use`].
#[derive(Debug, Clone, uniffi::Record)]
pub struct RecordWithUse {
    /// The record to store, durably, before the password is handed out (RDY-4).
    pub record: VehicleRecord,
    /// Whether a use was counted.
    pub outcome: TakeOutcome,
}

/// Counts one use of the cached password in a record, if one is left (RDY-4, ERR-3).
///
/// A client's cache adapter calls this function in its own `take_use`, and stores the returned record
/// before it hands out the password. It MUST NOT count itself.
///
/// # Errors
/// `Invalid` when the id of a key is malformed, as in a record that was damaged on disk.
#[uniffi::export]
pub fn take_use(mut record: VehicleRecord) -> Result<RecordWithUse, DigitalKeyError> {
    let outcome = record.take_use();
    Ok(RecordWithUse { record, outcome })
}

/// Whether a use of the cached password was counted.
#[uniffi::remote(Enum)]
pub enum TakeOutcome {
    /// One use was counted; the value includes it.
    Granted(PasswordUse),
    /// No password is cached.
    NoPassword,
    /// Every use is taken (ERR-3).
    Exhausted,
}

/// The outcome of storing a password.
#[uniffi::remote(Enum)]
pub enum StoredPassword {
    /// The password is cached and unused.
    Stored,
    /// The cache has seen this generation or a newer one, and stays as it was (ERR-4).
    Outdated {
        /// The newest generation that was ever stored.
        newest: Generation,
    },
}

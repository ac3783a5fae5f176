//! The facts about one vehicle, and how they change.
//!
//! The model keeps them twice for each VIN: what the running app knows, and what the cache holds.

use digital_key_domain::{
    DigitalKeyId, KeyState, KnownKey, OwnerKey, PairingStatus, Readiness, RecordChange, Support,
    VehicleRecord,
};

/// The facts that are known about one vehicle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) support: Option<Support>,
    pub(crate) key: KnownKey,
    pub(crate) readiness: Option<Readiness>,
    pub(crate) password: Option<Password>,
}

/// The number of uses that one password has (WEL-6, ERR-3). The model counts on its own, since it
/// judges the counting of the machine and of the cache.
pub(crate) const USES: u8 = 3;

/// The cached password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Password {
    /// The fetch that brought it: that is its identity.
    pub(crate) fetch: u64,
    pub(crate) uses: u8,
}

impl Password {
    pub(crate) fn is_used_up(self) -> bool {
        self.uses >= USES
    }
}

/// A fact about a vehicle that must be cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Support(Support),
    Status(PairingStatus),
    Presence { key: DigitalKeyId, on_this_phone: bool },
    Paired { key: DigitalKeyId, used: u64 },
}

impl Change {
    /// Returns the machine's change in the model's words, if it is one that can be stored twice.
    pub(crate) fn repeatable(change: &RecordChange) -> Option<Self> {
        match change {
            RecordChange::Support(support) => Some(Self::Support(*support)),
            RecordChange::Status(status) => Some(Self::Status(status.clone())),
            RecordChange::Presence { key, on_this_phone } => {
                Some(Self::Presence { key: key.clone(), on_this_phone: *on_this_phone })
            }
            RecordChange::Paired { .. } => None,
        }
    }

    /// Returns `true` if the machine's change says the same. How the machine numbers passwords does
    /// not matter.
    pub(crate) fn agrees_with(&self, other: &RecordChange) -> bool {
        match (self, other) {
            (Self::Support(mine), RecordChange::Support(theirs)) => mine == theirs,
            (Self::Status(mine), RecordChange::Status(theirs)) => mine == theirs,
            (
                Self::Presence { key, on_this_phone },
                RecordChange::Presence { key: theirs, on_this_phone: here },
            ) => key == theirs && on_this_phone == here,
            (Self::Paired { key, .. }, RecordChange::Paired { key: theirs, .. }) => key == theirs,
            _ => false,
        }
    }
}

impl Facts {
    /// ENT-2, WEL-1, WEL-2, CBK-5, CBK-8: what a change makes of the facts.
    pub(crate) fn learn(&mut self, change: &Change) {
        match change {
            Change::Support(support) => self.support = Some(*support),
            Change::Status(status) => self.learn_status(status),
            Change::Presence { key, on_this_phone } => {
                // WEL-2: a definite no keeps the id and means another device.
                if let KnownKey::Owner(owner) = &mut self.key
                    && owner.id == *key
                {
                    owner.on_this_phone = *on_this_phone;
                    // ADR 105: until the wallet denies it.
                    owner.paired_here = owner.paired_here && *on_this_phone;
                }
            }
            Change::Paired { key, used } => {
                // CBK-5: on this phone, untracked until the backend says tracked.
                self.key = KnownKey::Owner(OwnerKey {
                    id: key.clone(),
                    tracked: false,
                    on_this_phone: true,
                    paired_here: true,
                    reported: false,
                });
                // CBK-5, ERR-4: the used password is deleted; a newer one is not.
                if self.password.is_some_and(|password| password.fetch == *used) {
                    self.password = None;
                }
            }
        }
    }

    pub(crate) fn would_change(&self, change: &Change) -> bool {
        let mut changed = self.clone();
        changed.learn(change);
        changed != *self
    }

    /// WEL-1; CBK-8, ADR 105: a key made on this phone is not erased by a status that lacks it, until a
    /// status has named it once.
    fn learn_status(&mut self, status: &PairingStatus) {
        self.readiness = Some(Readiness {
            primary_subscriber: status.primary_subscriber,
            prepared: status.prepared,
        });
        if self.lacks_a_key_made_here(status) {
            return;
        }
        self.key = match &status.owner_key {
            None => KnownKey::None,
            Some(reported) => KnownKey::Owner(OwnerKey {
                id: reported.id.clone(),
                tracked: reported.tracked,
                // WEL-2: the last definite answer for the same key id; with none, elsewhere.
                on_this_phone: self.local_key() == Some(&reported.id),
                paired_here: self.is_paired_here(&reported.id),
                reported: true,
            }),
        };
    }

    /// ADR 105: a key was made on this phone, no status has named it yet, and this one names none or
    /// another one.
    pub(crate) fn lacks_a_key_made_here(&self, status: &PairingStatus) -> bool {
        let reported = status.owner_key.as_ref().map(|key| &key.id);
        self.owner_key()
            .is_some_and(|key| key.paired_here && !key.reported && Some(&key.id) != reported)
    }

    /// ADR 105: this key was made on this phone, and the wallet has not denied it since.
    pub(crate) fn is_paired_here(&self, id: &DigitalKeyId) -> bool {
        self.owner_key().is_some_and(|key| key.paired_here && key.id == *id)
    }

    /// CBK-8: this key was made on this phone, and no status has named it yet.
    pub(crate) fn is_unknown_to_the_backend(&self, id: &DigitalKeyId) -> bool {
        self.is_paired_here(id) && self.owner_key().is_some_and(|key| !key.reported)
    }

    /// Returns the owner key, wherever it is.
    pub(crate) fn owner_key(&self) -> Option<&OwnerKey> {
        match &self.key {
            KnownKey::Owner(key) => Some(key),
            KnownKey::Unknown | KnownKey::None => None,
        }
    }

    /// Returns the identifier of the owner key, if it is on this phone.
    pub(crate) fn local_key(&self) -> Option<&DigitalKeyId> {
        self.owner_key().filter(|key| key.on_this_phone).map(|key| &key.id)
    }

    /// Returns the key state, as the terms define it.
    pub(crate) fn key_state(&self) -> KeyState {
        match &self.key {
            KnownKey::Unknown => KeyState::Unknown,
            KnownKey::None => KeyState::None,
            KnownKey::Owner(key) => match (key.on_this_phone, key.tracked) {
                (false, _) => KeyState::OtherDevice,
                (true, true) => KeyState::ActiveTracked,
                (true, false) => KeyState::ActiveUntracked,
            },
        }
    }

    /// Returns `true` if a cached record says the same. How the machine numbers passwords does not
    /// matter.
    pub(crate) fn agree_with(&self, record: &VehicleRecord) -> bool {
        self.support == record.support
            && self.key == record.key
            && self.readiness == record.readiness
            && self.password.map(|password| password.uses)
                == record.password.map(|password| password.uses.get())
    }
}

//! The owner key of a vehicle and what is known about it.

use std::fmt;
use std::sync::Arc;

/// The identifier of a digital key, as the wallet adapter and the backend name it: opaque text of
/// 1 to 256 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DigitalKeyId(Arc<str>);

impl DigitalKeyId {
    /// The longest identifier, in bytes. Apple's are below 100.
    pub const MAX_LENGTH: usize = 256;

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for DigitalKeyId {
    type Error = DigitalKeyIdError;

    fn try_from(text: &str) -> Result<Self, DigitalKeyIdError> {
        match text.len() {
            0 => Err(DigitalKeyIdError::Empty),
            1..=Self::MAX_LENGTH => Ok(Self(text.into())),
            found => Err(DigitalKeyIdError::TooLong { found }),
        }
    }
}

impl fmt::Debug for DigitalKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigitalKeyId({})", self.0)
    }
}

impl fmt::Display for DigitalKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no key identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigitalKeyIdError {
    /// The text is empty.
    #[error("the digital key id is empty")]
    Empty,
    /// The text has more than 256 bytes.
    #[error("the digital key id has {found} bytes, at most 256 are allowed")]
    TooLong {
        /// How many bytes the text has.
        found: usize,
    },
}

/// The owner key of a vehicle, as the cache knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OwnerKey {
    /// Its identifier.
    pub id: DigitalKeyId,
    /// The key is registered with the maker's key tracking service.
    pub tracked: bool,
    /// The wallet's last definite answer; without one the key counts as elsewhere (WEL-2).
    pub on_this_phone: bool,
    /// It was made on this phone, and the wallet has not denied it since.
    pub paired_here: bool,
    /// A status has named it. Until then the backend may lag behind the pairing (CBK-8).
    #[cfg_attr(feature = "serde", serde(default))]
    pub reported: bool,
}

impl OwnerKey {
    /// Returns `true` for a key that was made on this phone and that no status has named yet: a status
    /// without it does not erase it (CBK-8).
    #[must_use]
    pub fn is_ahead_of_backend(&self) -> bool {
        self.paired_here && !self.reported
    }
}

/// What the cache knows about the owner key of a vehicle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum KnownKey {
    /// The backend was never asked.
    #[default]
    Unknown,
    /// The vehicle has no owner key.
    None,
    /// The vehicle has this one.
    Owner(OwnerKey),
}

impl KnownKey {
    /// The state that the rules and the view speak of.
    #[must_use]
    pub fn state(&self) -> KeyState {
        match self {
            Self::Unknown => KeyState::Unknown,
            Self::None => KeyState::None,
            Self::Owner(OwnerKey { on_this_phone: false, .. }) => KeyState::OtherDevice,
            Self::Owner(OwnerKey { tracked: true, .. }) => KeyState::ActiveTracked,
            Self::Owner(OwnerKey { tracked: false, .. }) => KeyState::ActiveUntracked,
        }
    }

    /// The owner key, when one is known.
    #[must_use]
    pub fn owner(&self) -> Option<&OwnerKey> {
        match self {
            Self::Owner(key) => Some(key),
            Self::Unknown | Self::None => None,
        }
    }

    /// The identifier of the owner key, when it is on this phone.
    #[must_use]
    pub fn local(&self) -> Option<&DigitalKeyId> {
        self.owner().filter(|key| key.on_this_phone).map(|key| &key.id)
    }
}

/// The state of a vehicle's owner key, seen from this phone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum KeyState {
    /// The backend was never asked.
    #[default]
    Unknown,
    /// The vehicle has no owner key.
    None,
    /// The vehicle has an owner key, and it is not on this phone.
    OtherDevice,
    /// On this phone, and it can unlock and start the car.
    ActiveTracked,
    /// On this phone, and it can neither unlock nor start the car yet (OVR-3).
    ActiveUntracked,
}

impl KeyState {
    /// Whether the key is on this phone.
    #[must_use]
    pub fn is_local(self) -> bool {
        matches!(self, Self::ActiveTracked | Self::ActiveUntracked)
    }
}

/// The wallet's answer to "is this key on this phone?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// A definite yes.
    Present,
    /// A definite no: the only answer that may be taken for a deletion (OVR-2).
    Absent,
    /// The wallet is not able to know; it changes nothing.
    CannotSay,
}

impl Presence {
    /// Yes or no, when the wallet knows.
    #[must_use]
    pub fn definite(self) -> Option<bool> {
        match self {
            Self::Present => Some(true),
            Self::Absent => Some(false),
            Self::CannotSay => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_not_empty_and_has_a_limit() {
        assert_eq!(DigitalKeyId::try_from(""), Err(DigitalKeyIdError::Empty));
        assert!(DigitalKeyId::try_from("K".repeat(256).as_str()).is_ok());
        assert_eq!(
            DigitalKeyId::try_from("K".repeat(257).as_str()),
            Err(DigitalKeyIdError::TooLong { found: 257 })
        );
    }

    #[test]
    fn an_identifier_is_shown_as_it_is() {
        let id = DigitalKeyId::try_from("K1").unwrap();
        assert_eq!(format!("{} {id} {id:?}", id.as_str()), "K1 K1 DigitalKeyId(K1)");
    }

    #[test]
    fn key_states_follow_from_what_is_known() {
        let owner = |tracked, on_this_phone| {
            KnownKey::Owner(OwnerKey {
                id: DigitalKeyId::try_from("K1").unwrap(),
                tracked,
                on_this_phone,
                paired_here: false,
                reported: true,
            })
            .state()
        };
        assert_eq!(KnownKey::Unknown.state(), KeyState::Unknown);
        assert_eq!(KnownKey::None.state(), KeyState::None);
        assert_eq!(owner(true, false), KeyState::OtherDevice);
        assert_eq!(owner(false, false), KeyState::OtherDevice);
        assert_eq!(owner(true, true), KeyState::ActiveTracked);
        assert_eq!(owner(false, true), KeyState::ActiveUntracked);
    }
}

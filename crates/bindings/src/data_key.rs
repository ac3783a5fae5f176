//! The key that encrypts the passwords on disk.

use std::fmt;
use std::sync::Arc;

use digital_key_ports::Cause;
use zeroize::Zeroizing;

use crate::error::{DigitalKeyError, Unexpected};

/// The source of the data key of a cache on disk: the Keychain or the Keystore.
///
/// - Each call MUST return the same key: with another one the cached password counts as absent.
/// - A key that is unavailable MUST be an error, and not another key.
/// - The error MUST contain nothing of the key (GEN-6).
///
/// The core calls it on a thread of its own each time the cache is opened or resumed, and again
/// before it stores a password when there was no key. The call may block; the call of the cache waits
/// for it.
#[uniffi::export(with_foreign)]
pub trait DataKeySource: Send + Sync {
    /// Returns the key.
    fn data_key(&self) -> Result<Arc<DataKey>, DataKeyError>;
}

/// Why there is no data key. It contains nothing of a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum DataKeyError {
    /// The key is missing, or unreadable at the moment, as on a phone that was not unlocked since its
    /// start.
    #[error("{reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// The core sets this itself when the source throws anything else.
    #[error("{Unexpected}")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for DataKeyError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

/// The key that encrypts the passwords of one cache: 32 secret bytes. Printing it shows none of them
/// (GEN-6).
#[derive(Clone, uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub struct DataKey(digital_key_cache_sled::DataKey);

#[uniffi::export]
impl DataKey {
    /// Takes 32 bytes from a good source of randomness.
    ///
    /// # Errors
    /// Any other number of bytes is `Invalid`.
    #[uniffi::constructor]
    pub fn new(bytes: Vec<u8>) -> Result<Arc<Self>, DigitalKeyError> {
        let bytes = Zeroizing::new(bytes);
        let key = digital_key_cache_sled::DataKey::try_from(&bytes[..])
            .map_err(|error| DigitalKeyError::invalid("data key", &*error))?;
        Ok(Arc::new(Self(key)))
    }

    /// Makes a new key from the system's randomness; the client has to keep it.
    ///
    /// # Errors
    /// `NoRandomness` when the system has none.
    #[uniffi::constructor]
    pub fn generate() -> Result<Arc<Self>, DigitalKeyError> {
        let key = digital_key_cache_sled::DataKey::generate();
        Ok(Arc::new(Self(key.map_err(|_| DigitalKeyError::NoRandomness)?)))
    }

    /// Returns the bytes, for the source that keeps them.
    #[must_use]
    pub fn expose(&self) -> Vec<u8> {
        self.0.expose().to_vec()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A client's source of keys as one of the cache on disk.
pub(crate) struct FromForeign(pub(crate) Arc<dyn DataKeySource>);

impl digital_key_cache_sled::DataKeySource for FromForeign {
    fn data_key(&self) -> Result<digital_key_cache_sled::DataKey, Cause> {
        Ok(self.0.data_key()?.0.clone())
    }
}

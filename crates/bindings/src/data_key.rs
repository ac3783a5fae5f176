//! The key that seals the passwords on disk.

use std::fmt;
use std::sync::Arc;

use digital_key_ports::Cause;
use zeroize::Zeroizing;

use crate::error::{DigitalKeyError, Unexpected};

/// Where the data key of a cache on disk comes from: the Keychain, the Keystore.
///
/// - The same key MUST be answered each time: with another one the cached password counts as
///   absent.
/// - A key that cannot be had MUST be an error, and not another key.
/// - The error MUST hold nothing of the key (GEN-6).
///
/// It is asked on a thread of the core's each time the cache is opened or resumed, and once more
/// when a password has to be stored and there was no key. It may wait; the call of the cache waits
/// with it.
#[uniffi::export(with_foreign)]
pub trait DataKeySource: Send + Sync {
    /// The key.
    fn data_key(&self) -> Result<Arc<DataKey>, DataKeyError>;
}

/// Why there is no data key. It holds nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum DataKeyError {
    /// There is none, or it cannot be read at the moment, as on a phone that was not unlocked since
    /// it was started.
    #[error("{reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// The source threw something else; the core makes it so by itself.
    #[error("{Unexpected}")]
    Unexpected,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for DataKeyError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected
    }
}

/// The key that seals the passwords of one cache: 32 secret bytes. It cannot be printed (GEN-6).
#[derive(Clone, uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub struct DataKey(digital_key_cache_sled::DataKey);

#[uniffi::export]
impl DataKey {
    /// Takes 32 bytes, which a good source of randomness made.
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

    /// Makes a new key of the system's randomness; the source keeps it.
    ///
    /// # Errors
    /// `NoRandomness` when the system has none.
    #[uniffi::constructor]
    pub fn generate() -> Result<Arc<Self>, DigitalKeyError> {
        let key = digital_key_cache_sled::DataKey::generate();
        Ok(Arc::new(Self(key.map_err(|_| DigitalKeyError::NoRandomness)?)))
    }

    /// The bytes, for the source that keeps them.
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

/// A source of the client's, as the cache takes it.
pub(crate) struct Keys(pub(crate) Arc<dyn DataKeySource>);

impl digital_key_cache_sled::DataKeySource for Keys {
    fn data_key(&self) -> Result<digital_key_cache_sled::DataKey, Cause> {
        Ok(self.0.data_key()?.0.clone())
    }
}

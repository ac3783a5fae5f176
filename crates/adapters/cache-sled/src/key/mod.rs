//! The data key, which seals the password before sled gets it, and the sources of that key.

mod file;
#[cfg(feature = "keyring")]
mod platform;

use std::fmt;

use chacha20poly1305::aead::Generate;
use digital_key_ports::Cause;
use zeroize::Zeroizing;

pub use file::FileKey;
#[cfg(feature = "keyring")]
pub use platform::PlatformKey;

/// A source of the data key of a cache: the Keychain, a file, or the host's own.
///
/// # Contract
/// - Each call MUST return the same key: with another one the cached password counts as absent.
/// - A key that is unavailable MUST be an error, and not another key.
/// - The error MUST contain nothing of the key (GEN-6).
///
/// The cache calls it on a blocking thread each time it is opened or resumed, and again when a
/// password is stored and there was no key before. The source may wait; the call of the cache then
/// waits, too.
pub trait DataKeySource: Send + Sync {
    /// Returns the key.
    ///
    /// # Errors
    /// Returns the cause when there is no key, or when it cannot be read at the moment, as on a
    /// phone that was not unlocked since its start.
    fn data_key(&self) -> Result<DataKey, Cause>;
}

/// The key that seals the passwords of one cache: 32 secret bytes, wiped from memory when dropped.
///
/// It cannot be printed: `Debug` shows nothing of it (GEN-6).
#[derive(Clone)]
pub struct DataKey(Box<Zeroizing<[u8; DataKey::LENGTH]>>);

impl DataKey {
    /// The length of a key in bytes.
    pub const LENGTH: usize = 32;

    /// Creates a key from bytes, which must come from a good source of randomness.
    #[must_use]
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(Box::new(Zeroizing::new(bytes)))
    }

    /// Creates a new key from the system's randomness.
    ///
    /// # Errors
    /// Returns an error when the system has no randomness.
    pub fn generate() -> Result<Self, Cause> {
        let bytes = <[u8; Self::LENGTH]>::try_generate();
        bytes.map(Self::new).map_err(|_| "the system gives no randomness".into())
    }

    /// Returns the bytes, for the source that stores them and for the cipher.
    #[must_use]
    pub fn expose(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }
}

impl TryFrom<&[u8]> for DataKey {
    type Error = Cause;

    /// Creates a key from bytes, of which there must be 32.
    fn try_from(bytes: &[u8]) -> Result<Self, Cause> {
        let mut key = Self::new([0; Self::LENGTH]);
        if bytes.len() != Self::LENGTH {
            return Err("a data key has 32 bytes".into());
        }
        key.0.copy_from_slice(bytes);
        Ok(key)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// A source with a fixed key, for tests: a key in the code of a program is no secret.
#[derive(Debug, Clone)]
pub struct StaticKey(DataKey);

impl StaticKey {
    /// Returns a source of the key with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; DataKey::LENGTH]) -> Self {
        Self(DataKey::new(bytes))
    }
}

impl DataKeySource for StaticKey {
    fn data_key(&self) -> Result<DataKey, Cause> {
        Ok(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_6_debug_shows_nothing_of_a_key() {
        let key = DataKey::new([0xA5; DataKey::LENGTH]);
        let source = StaticKey::new([0xA5; DataKey::LENGTH]);
        let shown = format!("{key:?} {key:#?} {source:?}");
        assert!(!shown.contains("165") && !shown.to_lowercase().contains("a5"), "{shown}");
    }

    #[test]
    fn a_key_has_32_bytes_and_is_random() {
        for length in [0, 31, 33] {
            assert!(DataKey::try_from(&vec![1; length][..]).is_err(), "{length}");
        }
        let key = DataKey::try_from(&[1; 32][..]).unwrap();
        assert_eq!(key.expose(), &[1; 32]);
        assert_ne!(DataKey::generate().unwrap().expose(), DataKey::generate().unwrap().expose());
    }
}

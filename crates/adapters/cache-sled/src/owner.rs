//! The account that a cache belongs to (GEN-5).
//!
//! The directory holds a salted digest of the account's id, so that it does not reveal the id.

use std::fmt;

use chacha20poly1305::aead::Generate;
use digital_key_ports::Cause;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The length of the salt in bytes.
const SALT: usize = 16;

/// The id of an account, as the host names it. `Debug` does not show it.
pub(crate) struct Owner(Zeroizing<String>);

impl Owner {
    pub(crate) fn new(account: &str) -> Self {
        Self(Zeroizing::new(account.to_owned()))
    }

    /// Returns what the directory holds for this account: a new salt and the digest.
    pub(crate) fn seal(&self) -> Result<Vec<u8>, Cause> {
        let salt = <[u8; SALT]>::try_generate();
        let salt = salt.map_err(|_| Cause::from("the system gives no randomness"))?;
        Ok(self.sealed_with(&salt))
    }

    /// Returns whether this was sealed for this account.
    pub(crate) fn is(&self, sealed: &[u8]) -> bool {
        sealed.get(..SALT).is_some_and(|salt| self.sealed_with(salt) == sealed)
    }

    fn sealed_with(&self, salt: &[u8]) -> Vec<u8> {
        let digest = Sha256::new().chain_update(salt).chain_update(self.0.as_bytes()).finalize();
        [salt, &digest[..]].concat()
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gen_5_only_the_same_account_is_recognised() {
        let owner = Owner::new("anna");
        let sealed = owner.seal().unwrap();
        assert!(Owner::new("anna").is(&sealed));
        for other in ["", "ann", "annaa", "Anna"] {
            assert!(!Owner::new(other).is(&sealed), "{other}");
        }
        for length in 0..sealed.len() {
            assert!(!owner.is(&sealed[..length]), "{length}");
            let mut damaged = sealed.clone();
            damaged[length] ^= 1;
            assert!(!owner.is(&damaged), "{length}");
        }
    }

    #[test]
    fn the_id_is_neither_stored_nor_shown_and_looks_different_each_time() {
        let owner = Owner::new("anna");
        let (first, second) = (owner.seal().unwrap(), owner.seal().unwrap());
        assert_ne!(first, second);
        assert!(!first.windows(4).any(|window| window == b"anna"));
        assert!(!format!("{owner:?}").contains("anna"));
    }
}

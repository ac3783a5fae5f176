//! A source that keeps the data key in the platform's store of secrets.

use std::collections::HashMap;
use std::sync::Arc;

use digital_key_ports::Cause;
use keyring_core::{CredentialStore, Error};
use zeroize::Zeroizing;

use super::{DataKey, DataKeySource};

/// The protection of the keychain item on iOS: readable in the background once the phone was
/// unlocked, and never moved to another device.
#[cfg(target_os = "ios")]
const MODIFIERS: &[(&str, &str)] = &[("access-policy", "after-first-unlock-this-device-only")];
#[cfg(not(target_os = "ios"))]
const MODIFIERS: &[(&str, &str)] = &[];

/// A source with the key in the platform's store of secrets: the Keychain on macOS, the protected
/// keychain on iOS, the Secret Service (over D-Bus) on Linux and BSD.
///
/// The key is created on first use. Each cache needs an entry of its own. On other platforms each
/// call is an error; write a [`DataKeySource`] for them.
#[derive(Debug, Clone)]
pub struct PlatformKey {
    service: String,
    account: String,
}

impl PlatformKey {
    /// Returns the source for the entry of this service (such as the app's identifier) and account.
    #[must_use]
    pub fn new(service: impl Into<String>, account: impl Into<String>) -> Self {
        Self { service: service.into(), account: account.into() }
    }

    fn key_in(&self, store: &CredentialStore) -> Result<DataKey, Cause> {
        let modifiers: HashMap<_, _> = MODIFIERS.iter().copied().collect();
        let modifiers = (!modifiers.is_empty()).then_some(&modifiers);
        let entry = store.build(&self.service, &self.account, modifiers).map_err(without_secret)?;
        match entry.get_secret().map(Zeroizing::new) {
            Ok(bytes) => DataKey::try_from(&bytes[..]),
            Err(Error::NoEntry) => {
                let key = DataKey::generate()?;
                entry.set_secret(key.expose()).map_err(without_secret)?;
                Ok(key)
            }
            Err(error) => Err(without_secret(error)),
        }
    }
}

impl DataKeySource for PlatformKey {
    fn data_key(&self) -> Result<DataKey, Cause> {
        self.key_in(&*store()?)
    }
}

#[cfg(target_os = "macos")]
fn store() -> Result<Arc<CredentialStore>, Cause> {
    Ok(apple_native_keyring_store::keychain::Store::new().map_err(without_secret)?)
}

#[cfg(target_os = "ios")]
fn store() -> Result<Arc<CredentialStore>, Cause> {
    Ok(apple_native_keyring_store::protected::Store::new().map_err(without_secret)?)
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn store() -> Result<Arc<CredentialStore>, Cause> {
    Ok(zbus_secret_service_keyring_store::Store::new().map_err(without_secret)?)
}

#[cfg(any(not(unix), target_os = "android"))]
fn store() -> Result<Arc<CredentialStore>, Cause> {
    Err("this platform has no store of secrets that is supported".into())
}

/// Replaces an error of the store by a text of our own: some errors carry the secret that was read
/// (GEN-6).
#[expect(clippy::wildcard_enum_match_arm, reason = "the list of errors may grow")]
fn without_secret(error: Error) -> Cause {
    match error {
        Error::NoStorageAccess(_) => "the platform's store of secrets is locked".into(),
        _ => "the platform's store of secrets failed".into(),
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::mock;

    use super::*;

    #[test]
    fn the_key_is_created_once_and_stays_the_same() {
        let store = mock::Store::new().unwrap();
        let source = PlatformKey::new("com.example.car", "cache");
        let key = *source.key_in(&*store).unwrap().expose();
        assert_eq!(source.key_in(&*store).unwrap().expose(), &key);
        let other = PlatformKey::new("com.example.car", "another cache");
        assert_ne!(other.key_in(&*store).unwrap().expose(), &key);
    }

    #[test]
    fn gen_6_an_unusable_key_is_an_error_without_the_secret() {
        let store = mock::Store::new().unwrap();
        let source = PlatformKey::new("com.example.car", "cache");
        let entry = keyring_core::api::CredentialStoreApi::build(
            &*store,
            &source.service,
            &source.account,
            None,
        )
        .unwrap();
        entry.set_secret(b"too short").unwrap();
        assert!(source.key_in(&*store).is_err());
        assert_eq!(entry.get_secret().unwrap(), b"too short", "the entry was changed");

        let secret = || b"a secret that was read".to_vec();
        let errors = [
            Error::BadEncoding(secret()),
            Error::BadDataFormat(secret(), "a secret that was read".into()),
            Error::NoStorageAccess("locked".into()),
        ];
        for error in errors {
            let credential: &mock::Cred = entry.as_any().downcast_ref().unwrap();
            credential.set_error(error);
            let error = source.key_in(&*store).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains("store of secrets") && !text.contains("read"), "{text}");
        }
    }
}

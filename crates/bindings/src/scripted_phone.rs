//! The phone in memory, for a client's tests.

use std::sync::Arc;

use digital_key_domain::{DigitalKeyId, PairingAnswer};

use crate::error::DigitalKeyError;
use crate::ports::{AppLifecycleAdapter, ApplePairingAdapter, WalletAdapter};

/// A phone in memory that a test scripts: wallet, Apple's pairing sheet and the life of the app.
#[derive(uniffi::Object)]
pub struct ScriptedPhone(Arc<digital_key_wallet_mock::ScriptedPhone>);

#[uniffi::export]
impl ScriptedPhone {
    /// A phone with an empty wallet.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Arc::default()))
    }

    /// Its wallet.
    #[must_use]
    pub fn wallet(&self) -> Arc<WalletAdapter> {
        WalletAdapter::wrap(self.0.clone())
    }

    /// Its pairing sheet.
    #[must_use]
    pub fn apple_pairing(&self) -> Arc<ApplePairingAdapter> {
        ApplePairingAdapter::wrap(self.0.clone())
    }

    /// The life of the app on it.
    #[must_use]
    pub fn app_lifecycle(&self) -> Arc<AppLifecycleAdapter> {
        AppLifecycleAdapter::wrap(self.0.clone())
    }

    /// Puts a key into the wallet; a change, unless it is there.
    ///
    /// # Errors
    /// `Invalid` when this is no id of a key.
    pub fn add_key(&self, key: DigitalKeyId) -> Result<(), DigitalKeyError> {
        self.0.add_key(key);
        Ok(())
    }

    /// Deletes a key from the wallet; a change, if it is there.
    ///
    /// # Errors
    /// `Invalid` when this is no id of a key.
    pub fn delete_key(&self, key: &DigitalKeyId) -> Result<(), DigitalKeyError> {
        self.0.delete_key(key);
        Ok(())
    }

    /// Sets whether the wallet is able to know which keys it holds.
    pub fn set_wallet_answers(&self, answers: bool) {
        self.0.set_wallet_answers(answers);
    }

    /// Sets whether Apple says that a key can be created.
    pub fn set_can_create(&self, can_create: bool) {
        self.0.set_can_create(can_create);
    }

    /// Waits until a sheet is up that has no answer yet.
    pub async fn sheet_shown(&self) {
        self.0.sheet_shown().await;
    }

    /// Ends the sheet with this answer. When the last sheet has its answer already, Apple answers
    /// once more, which the app is told as a late answer (CBK-7). The key of a pass is in the wallet
    /// at once.
    ///
    /// # Errors
    /// `NoSheet` when no sheet was shown, or the last one went away without an answer, and `Invalid`
    /// when the pass is no id of a key; nothing happens then.
    pub fn answer(&self, answer: PairingAnswer) -> Result<(), DigitalKeyError> {
        self.0.answer(answer).map_err(|_| DigitalKeyError::NoSheet)
    }

    /// Takes the focus from the app.
    pub fn background(&self) {
        self.0.background();
    }

    /// Gives the focus to the app.
    pub fn foreground(&self) {
        self.0.foreground();
    }

    /// Waits until the app has been told every event and every wallet change so far, and waits for
    /// more; for ever when no app listens.
    pub async fn heard(&self) {
        self.0.heard().await;
    }
}

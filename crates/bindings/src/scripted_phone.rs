//! The phone in memory, for the tests of a client.

use std::sync::Arc;

use digital_key_domain::{DigitalKeyId, PairingAnswer};

use crate::error::DigitalKeyError;
use crate::ports::{AppLifecycleAdapter, ApplePairingAdapter, WalletAdapter};

/// A phone in memory that a test controls: wallet, Apple's pairing sheet and the app's lifecycle.
#[derive(uniffi::Object)]
pub struct ScriptedPhone(Arc<digital_key_wallet_mock::ScriptedPhone>);

#[uniffi::export]
impl ScriptedPhone {
    /// Makes a phone with an empty wallet.
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

    /// The lifecycle of the app on it.
    #[must_use]
    pub fn app_lifecycle(&self) -> Arc<AppLifecycleAdapter> {
        AppLifecycleAdapter::wrap(self.0.clone())
    }

    /// Adds a key to the wallet. That is a change, unless the wallet has the key already.
    ///
    /// # Errors
    /// `Invalid` when the text is not the id of a key.
    pub fn add_key(&self, key: DigitalKeyId) -> Result<(), DigitalKeyError> {
        self.0.add_key(key);
        Ok(())
    }

    /// Deletes a key from the wallet. That is a change if the wallet has the key.
    ///
    /// # Errors
    /// `Invalid` when the text is not the id of a key.
    pub fn delete_key(&self, key: &DigitalKeyId) -> Result<(), DigitalKeyError> {
        self.0.delete_key(key);
        Ok(())
    }

    /// Sets whether the wallet is able to know its keys.
    pub fn set_wallet_answers(&self, answers: bool) {
        self.0.set_wallet_answers(answers);
    }

    /// Sets whether Apple says that a key can be created.
    pub fn set_can_create(&self, can_create: bool) {
        self.0.set_can_create(can_create);
    }

    /// Waits for a sheet without an answer.
    pub async fn sheet_shown(&self) {
        self.0.sheet_shown().await;
    }

    /// Ends the sheet with this answer. If the last sheet has an answer already, the app receives this
    /// one as a late answer (CBK-7). A pass adds its key to the wallet at once.
    ///
    /// # Errors
    /// `NoSheet` when there was no sheet, or the last one was dismissed; `Invalid` when the pass is not
    /// the id of a key. An error changes nothing.
    pub fn answer(&self, answer: PairingAnswer) -> Result<(), DigitalKeyError> {
        self.0.answer(answer).map_err(|_| DigitalKeyError::NoSheet)
    }

    /// Sends the app to the background.
    pub fn background(&self) {
        self.0.background();
    }

    /// Brings the app to the foreground.
    pub fn foreground(&self) {
        self.0.foreground();
    }

    /// Waits until the app has received all events and wallet changes so far and asks for more. It waits
    /// for ever when no app does.
    pub async fn delivered(&self) {
        self.0.delivered().await;
    }
}

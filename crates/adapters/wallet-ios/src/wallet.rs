//! The wallet port over the pass library.

use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, Presence};
use digital_key_ports::{Wallet, WalletError, WalletErrorKind, WalletOperation};
use tokio::sync::oneshot;

use crate::{
    AppleQueues, DigitalKeyField, ExceptionError, IosPhone, PairingSheet, PassFields,
    PassKitLibrary, PhoneError,
};

/// The time after which an empty list of passes is read again before it counts. PassKit also
/// returns an empty list when it cannot reach the process that keeps the passes.
const EMPTY_LIST_RECHECK: Duration = Duration::from_secs(1);

#[async_trait]
impl<Q: AppleQueues> Wallet for IosPhone<Q> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let failed = wallet_failed(WalletOperation::Presence);
        let field = self.settings.key_field;
        let mut library = self.library().await.map_err(&failed)?;
        if library.passes.is_empty() && library.presence(field, &key) == Presence::Absent {
            tokio::time::sleep(EMPTY_LIST_RECHECK).await;
            library = self.library().await.map_err(&failed)?;
        }
        Ok(library.presence(field, &key))
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        let operation = WalletOperation::Open;
        let failed = wallet_failed(operation);
        let field = self.settings.key_field;
        let found = self.on_library_queue(move |library| find_url(library, field, &key));
        let found = found.await.map_err(&failed)?;
        let Some(url) = found.map_err(|error| error.during(operation))? else {
            return Ok(());
        };
        let (sender, reported) = oneshot::channel();
        let asked = self.on_main_thread(move |sheet| {
            sheet.open_url(&url, move |opened| {
                // Sending fails if the future was dropped.
                let _ = sender.send(opened);
            })
        });
        let asked = asked.await.map_err(&failed)?;
        asked.map_err(|exception| failed(exception.into()))?;
        if reported.await == Ok(true) {
            return Ok(());
        }
        Err(WalletError::new(operation, WalletErrorKind::Unavailable).with_source(NotOpenedError))
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.events.next_change().await;
        Ok(())
    }
}

fn wallet_failed(operation: WalletOperation) -> impl Fn(PhoneError) -> WalletError {
    move |cause| WalletError::new(operation, WalletErrorKind::Unavailable).with_source(cause)
}

/// Returns the URL of the key's pass. A pass without a URL is presented, and has none to open.
fn find_url(
    library: &impl PassKitLibrary,
    field: DigitalKeyField,
    key: &DigitalKeyId,
) -> Result<Option<String>, OpenError> {
    if !library.is_available() {
        return Err(OpenError::NoLibrary);
    }
    let is_key =
        |fields: &PassFields| !fields.is_remote && field.key_id(fields).as_ref() == Some(key);
    let passes = library.passes()?;
    let (_, pass) =
        passes.iter().find(|(fields, _)| is_key(fields)).ok_or(OpenError::NoSuchPass)?;
    let url = library.url(pass);
    if url.is_none() {
        library.present(pass)?;
    }
    Ok(url)
}

/// Why the wallet app cannot be opened at a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum OpenError {
    #[error("this device has no wallet")]
    NoLibrary,
    #[error("the wallet lists no pass of this key")]
    NoSuchPass,
    #[error(transparent)]
    Exception(#[from] ExceptionError),
}

impl OpenError {
    fn during(self, operation: WalletOperation) -> WalletError {
        let kind = match self {
            Self::NoLibrary => WalletErrorKind::NotOffered,
            Self::NoSuchPass | Self::Exception(_) => WalletErrorKind::Unavailable,
        };
        WalletError::new(operation, kind).with_source(self)
    }
}

/// iOS has not opened the URL of the pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("iOS did not open the wallet app")]
struct NotOpenedError;

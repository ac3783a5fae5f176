//! The iPhone on which the app runs.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key_domain::DigitalKeyId;
use digital_key_wallet_ios::{AppleQueues, PhoneError};

use crate::error::{DigitalKeyError, PortCall, PortFailure};
use crate::ports::{AppLifecycleAdapter, ApplePairingAdapter, WalletAdapter};
use crate::runtime::runtime;
use crate::{IosSettings, Vin};

/// An iPhone: its wallet, Apple's pairing sheet, and the lifecycle of the app on it.
///
/// The app needs Apple's entitlements for car keys:
/// `com.apple.developer.contactless-payment-pass-provisioning` with the value `carkey`, and
/// `com.apple.developer.pass-type-identifiers` to see its own passes.
#[derive(uniffi::Object)]
pub struct IosPhone {
    wallet: Arc<WalletAdapter>,
    apple_pairing: Arc<ApplePairingAdapter>,
    app_lifecycle: Arc<AppLifecycleAdapter>,
    diagnostics: Arc<dyn Diagnostics>,
}

#[uniffi::export]
impl IosPhone {
    /// Makes the adapters of this phone. Call it on the main thread at the start of the app, since it
    /// reports only events from then on.
    ///
    /// # Errors
    /// `NotHere` on another system than iOS, and on another thread.
    #[uniffi::constructor]
    pub fn new(
        settings: IosSettings,
        presenter: Arc<dyn SheetPresenter>,
    ) -> Result<Arc<Self>, DigitalKeyError> {
        on_this_platform(settings, presenter)
    }

    /// Its wallet.
    #[must_use]
    pub fn wallet(&self) -> Arc<WalletAdapter> {
        Arc::clone(&self.wallet)
    }

    /// Its pairing sheet.
    #[must_use]
    pub fn apple_pairing(&self) -> Arc<ApplePairingAdapter> {
        Arc::clone(&self.apple_pairing)
    }

    /// The lifecycle of the app on it.
    #[must_use]
    pub fn app_lifecycle(&self) -> Arc<AppLifecycleAdapter> {
        Arc::clone(&self.app_lifecycle)
    }

    /// Reports the facts that explain why a key is not found, or why none can be created.
    ///
    /// # Errors
    /// `PortFailed`, which is retryable, when Apple throws an exception or does not answer within 10
    /// seconds.
    pub async fn diagnose(&self, vin: Vin) -> Result<PhoneDiagnosis, DigitalKeyError> {
        let diagnostics = Arc::clone(&self.diagnostics);
        in_runtime(async move { diagnostics.diagnose(vin).await }).await
    }

    /// Returns the keys on this phone. Nothing means that the app may not be able to see them.
    ///
    /// A pass does not name its vehicle, so a key that the backend does not know yet belongs to no
    /// vehicle until a status names it. Scan for such a key at the start of the app, and report it to
    /// your backend.
    ///
    /// # Errors
    /// `PortFailed`, which is retryable, when Apple throws an exception or does not answer within 10
    /// seconds.
    pub async fn local_keys(&self) -> Result<Option<Vec<DigitalKeyId>>, DigitalKeyError> {
        let diagnostics = Arc::clone(&self.diagnostics);
        in_runtime(async move { diagnostics.local_keys().await }).await
    }
}

/// Runs a call in the runtime of the core, since its deadline needs one.
async fn in_runtime<T: Send + 'static>(
    call: impl Future<Output = Result<T, PhoneError>> + Send + 'static,
) -> Result<T, DigitalKeyError> {
    let ended = runtime()?.spawn(call).await;
    let ended = ended.map_err(|error| DigitalKeyError::NoThreads { reason: error.to_string() })?;
    ended.map_err(|error| {
        let failure = PortFailure::new(PortCall::Presence, true, error.to_string());
        DigitalKeyError::PortFailed { failure }
    })
}

/// The calls of the phone that belong to no port.
#[async_trait]
trait Diagnostics: Send + Sync {
    async fn diagnose(&self, vin: digital_key_domain::Vin) -> Result<PhoneDiagnosis, PhoneError>;

    async fn local_keys(&self) -> Result<Option<Vec<DigitalKeyId>>, PhoneError>;
}

#[async_trait]
impl<Q: AppleQueues> Diagnostics for digital_key_wallet_ios::IosPhone<Q> {
    async fn diagnose(&self, vin: digital_key_domain::Vin) -> Result<PhoneDiagnosis, PhoneError> {
        Ok(self.diagnose(vin).await?.into())
    }

    async fn local_keys(&self) -> Result<Option<Vec<DigitalKeyId>>, PhoneError> {
        self.local_keys().await
    }
}

/// The facts that explain a wallet without a key, or a sheet that is not shown.
///
/// It names no vehicle and no key, so it may be logged and sent (GEN-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PhoneDiagnosis {
    /// Whether this phone has a pass library.
    pub library_available: bool,
    /// Whether anything shows that the app may see passes. Otherwise it probably lacks the
    /// entitlement.
    pub entitlement_seen: bool,
    /// The number of passes of the secure element on this phone that the app sees.
    pub passes: u32,
    /// How many of these have no DigitalKeyID in the field of the settings. If that is all of them,
    /// the field is probably a wrong one.
    pub passes_without_id: u32,
    /// Whether Apple accepts the identifiers of this vehicle for a new key (WEL-4).
    pub can_create_key: bool,
}

impl From<digital_key_wallet_ios::PhoneDiagnosis> for PhoneDiagnosis {
    fn from(diagnosis: digital_key_wallet_ios::PhoneDiagnosis) -> Self {
        Self {
            library_available: diagnosis.library_available,
            entitlement_seen: diagnosis.entitlement_seen,
            passes: diagnosis.passes,
            passes_without_id: diagnosis.passes_without_id,
            can_create_key: diagnosis.can_create_key,
        }
    }
}

/// Returns the model of this device as the system names it, such as `iPhone12,1`, for `Phone.ios`
/// (REQ-2). In a simulator it is the model that it plays.
#[cfg(unix)]
#[uniffi::export]
#[must_use]
pub fn machine_identifier() -> String {
    digital_key_wallet_ios::machine_identifier()
}

/// Shows Apple's sheet in a window of the client.
#[uniffi::export(with_foreign)]
pub trait SheetPresenter: Send + Sync {
    /// Presents the sheet modally from the front view controller. The core calls it on the main thread.
    ///
    /// `sheet` is the address of a `UIViewController` that lives until the call returns: retain it to
    /// present it later. False or an error means that no view controller can present it: the pairing
    /// fails then, and the user can try again.
    fn present(&self, sheet: u64) -> Result<bool, PresenterError>;
}

/// The error that a presenter may throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum PresenterError {
    /// Any failure; the sheet counts as not presented.
    #[error("the sheet could not be presented")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PresenterError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

#[cfg(not(target_os = "ios"))]
fn on_this_platform(
    _: IosSettings,
    _: Arc<dyn SheetPresenter>,
) -> Result<Arc<IosPhone>, DigitalKeyError> {
    Err(DigitalKeyError::NotHere { reason: "this is not an iPhone".to_owned() })
}

#[cfg(target_os = "ios")]
fn on_this_platform(
    settings: IosSettings,
    presenter: Arc<dyn SheetPresenter>,
) -> Result<Arc<IosPhone>, DigitalKeyError> {
    let Some(main_thread) = objc2::MainThreadMarker::new() else {
        return Err(DigitalKeyError::NotHere { reason: "this is not the main thread".to_owned() });
    };
    let present = move |sheet: &objc2_ui_kit::UIViewController| {
        let address = std::ptr::from_ref(sheet).addr() as u64;
        presenter.present(address).unwrap_or(false)
    };
    let phone = digital_key_wallet_ios::IosPhone::new(settings.into_core(), present, main_thread);
    let phone = Arc::new(phone);
    Ok(Arc::new(IosPhone {
        wallet: WalletAdapter::wrap(phone.clone()),
        apple_pairing: ApplePairingAdapter::wrap(phone.clone()),
        app_lifecycle: AppLifecycleAdapter::wrap(phone.clone()),
        diagnostics: phone,
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed call fails the test")]
mod tests {
    use super::*;

    struct Answers(Result<PhoneDiagnosis, PhoneError>);

    #[async_trait]
    impl Diagnostics for Answers {
        async fn diagnose(&self, _: digital_key_domain::Vin) -> Result<PhoneDiagnosis, PhoneError> {
            tokio::time::sleep(std::time::Duration::ZERO).await;
            self.0.clone()
        }

        async fn local_keys(&self) -> Result<Option<Vec<DigitalKeyId>>, PhoneError> {
            Ok(None)
        }
    }

    #[test]
    fn a_diagnosis_needs_no_runtime_of_the_client() {
        let facts = PhoneDiagnosis {
            library_available: true,
            entitlement_seen: false,
            passes: 0,
            passes_without_id: 0,
            can_create_key: true,
        };
        let ask = |answer| {
            let phone = Answers(answer);
            let vin = "WBADKEY0000000001".parse().unwrap();
            // It has no timers, like the threads of a client.
            let client = tokio::runtime::Builder::new_current_thread().build().unwrap();
            client.block_on(in_runtime(async move { phone.diagnose(vin).await }))
        };
        assert_eq!(ask(Ok(facts)), Ok(facts));
        let DigitalKeyError::PortFailed { failure } =
            ask(Err(PhoneError::NotAnswered)).unwrap_err()
        else {
            panic!("not a failed port");
        };
        assert!(failure.retryable);
        assert_eq!(failure.reason, "Apple has not answered in time");
    }
}

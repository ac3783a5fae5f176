//! The iPhone that the app runs on.

use std::sync::Arc;

use digital_key_wallet_ios::{DigitalKeyField, MakerIdentifiers, RadioTechnologies};

use crate::error::DigitalKeyError;
use crate::ports::{AppLifecycleAdapter, ApplePairingAdapter, WalletAdapter};

/// An iPhone: its wallet, Apple's pairing sheet, and the life of the app on it.
///
/// The app needs Apple's entitlements for car keys:
/// `com.apple.developer.contactless-payment-pass-provisioning` with the value `carkey`, and
/// `com.apple.developer.pass-type-identifiers` to see its own passes.
#[derive(uniffi::Object)]
pub struct IosPhone {
    wallet: Arc<WalletAdapter>,
    apple_pairing: Arc<ApplePairingAdapter>,
    app_lifecycle: Arc<AppLifecycleAdapter>,
}

#[uniffi::export]
impl IosPhone {
    /// The phone that this runs on. Make it on the main thread, at the app's start: it tells what
    /// happens from there on.
    ///
    /// # Errors
    /// `NotHere` elsewhere than on iOS, and on another thread.
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

    /// The life of the app on it.
    #[must_use]
    pub fn app_lifecycle(&self) -> Arc<AppLifecycleAdapter> {
        Arc::clone(&self.app_lifecycle)
    }
}

/// What the maker and the client decide.
#[derive(uniffi::Record)]
pub struct IosSettings {
    /// Which field of a pass is the DigitalKeyID.
    pub key_field: DigitalKeyField,
    /// What Apple is told of every vehicle.
    pub identifiers: MakerIdentifiers,
}

/// Which field of a pass is the DigitalKeyID; the maker's choice.
#[uniffi::remote(Enum)]
pub enum DigitalKeyField {
    /// `primaryAccountIdentifier`.
    PrimaryAccountIdentifier,
    /// `deviceAccountIdentifier`.
    DeviceAccountIdentifier,
    /// `pairedTerminalIdentifier`.
    PairedTerminalIdentifier,
    /// `serialNumber`.
    SerialNumber,
}

/// What Apple is told of a vehicle and its maker; Apple and the maker agree on the texts.
#[uniffi::remote(Record)]
pub struct MakerIdentifiers {
    /// `supportedRadioTechnologies`.
    pub radio_technologies: RadioTechnologies,
    /// `manufacturerIdentifier`; iOS 16 and later, not set on older ones.
    #[uniffi(default = None)]
    pub manufacturer: Option<String>,
    /// `provisioningTemplateIdentifier`; iOS 16 and later, not set on older ones.
    #[uniffi(default = None)]
    pub provisioning_template: Option<String>,
    /// `issuerIdentifier`.
    #[uniffi(default = None)]
    pub issuer: Option<String>,
    /// `localizedDescription`: the vehicle's name, in the user's language.
    #[uniffi(default = None)]
    pub localized_description: Option<String>,
}

/// How the phone and the vehicle talk (`PKRadioTechnology`).
#[uniffi::remote(Enum)]
pub enum RadioTechnologies {
    /// NFC alone.
    Nfc,
    /// NFC and Bluetooth, for keys that work from the pocket.
    NfcAndBluetooth,
}

/// Shows Apple's sheet, in the way of the client: only it knows the window.
#[uniffi::export(with_foreign)]
pub trait SheetPresenter: Send + Sync {
    /// Presents the sheet modally, from whatever view controller is in front; called on the main
    /// thread. `sheet` is the address of a `UIViewController`, which lives at least as long as the
    /// call; who presents it later retains it. False, or an error = there is nothing to present it
    /// from: the pairing fails then, and can be tried again.
    fn present(&self, sheet: u64) -> Result<bool, PresenterError>;
}

/// What a presenter may throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum PresenterError {
    /// Anything; the sheet counts as not presented.
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
    Err(DigitalKeyError::NotHere { reason: "this is no iPhone".to_owned() })
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
    let IosSettings { key_field, identifiers } = settings;
    let settings =
        digital_key_wallet_ios::IosSettings::new(key_field, move |_| identifiers.clone());
    let phone = digital_key_wallet_ios::IosPhone::new(settings, present, main_thread);
    let phone = Arc::new(phone);
    Ok(Arc::new(IosPhone {
        wallet: WalletAdapter::wrap(phone.clone()),
        apple_pairing: ApplePairingAdapter::wrap(phone.clone()),
        app_lifecycle: AppLifecycleAdapter::wrap(phone),
    }))
}

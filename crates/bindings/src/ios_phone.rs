//! The iPhone on which the app runs.

use std::sync::Arc;

use digital_key_wallet_ios::{DigitalKeyField, RadioTechnologies};

use crate::error::DigitalKeyError;
use crate::ports::{AppLifecycleAdapter, ApplePairingAdapter, WalletAdapter};

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
}

/// The settings that the maker and the client decide.
#[derive(uniffi::Record)]
pub struct IosSettings {
    /// The field of a pass that is the DigitalKeyID.
    pub key_field: DigitalKeyField,
    /// The identifiers that Apple receives for every vehicle.
    pub identifiers: MakerIdentifiers,
}

/// The field of a pass that is the DigitalKeyID; the maker decides.
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

/// The identifiers of a vehicle and its maker, on which Apple and the maker agree.
#[derive(Debug, Clone, uniffi::Record)]
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

impl From<MakerIdentifiers> for digital_key_wallet_ios::MakerIdentifiers {
    fn from(own: MakerIdentifiers) -> Self {
        let mut identifiers = Self::default();
        identifiers.radio_technologies = own.radio_technologies;
        identifiers.manufacturer = own.manufacturer;
        identifiers.provisioning_template = own.provisioning_template;
        identifiers.issuer = own.issuer;
        identifiers.localized_description = own.localized_description;
        identifiers
    }
}

/// The radio technologies of the vehicle (`PKRadioTechnology`).
#[uniffi::remote(Enum)]
pub enum RadioTechnologies {
    /// NFC only.
    Nfc,
    /// NFC and Bluetooth, for keys that work from the pocket.
    NfcAndBluetooth,
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
    let IosSettings { key_field, identifiers } = settings;
    let identifiers = digital_key_wallet_ios::MakerIdentifiers::from(identifiers);
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

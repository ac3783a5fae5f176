//! What the maker and the host decide: which field is the key, and what Apple is told of a vehicle.

use digital_key_domain::Vin;
use digital_key_ports::PairingPassword;

use crate::DigitalKeyField;

/// The settings of an [`IosPhone`](crate::IosPhone).
pub struct IosSettings {
    pub(crate) key_field: DigitalKeyField,
    pub(crate) identifiers: Box<dyn Fn(Vin) -> MakerIdentifiers + Send + Sync>,
}

impl IosSettings {
    /// Which field of a pass is the DigitalKeyID, and what Apple is told of each vehicle: one app
    /// may serve several brands, each with a template of its own.
    ///
    /// ```
    /// use digital_key_wallet_ios::{DigitalKeyField, IosSettings, MakerIdentifiers};
    ///
    /// let settings = IosSettings::new(DigitalKeyField::PrimaryAccountIdentifier, |_vin| {
    ///     let mut identifiers = MakerIdentifiers::default();
    ///     identifiers.issuer = Some("com.example.cars".to_owned());
    ///     identifiers
    /// });
    /// ```
    #[must_use]
    pub fn new(
        key_field: DigitalKeyField,
        identifiers: impl Fn(Vin) -> MakerIdentifiers + Send + Sync + 'static,
    ) -> Self {
        Self { key_field, identifiers: Box::new(identifiers) }
    }

    pub(crate) fn configuration(
        &self,
        vin: Vin,
        password: Option<PairingPassword>,
    ) -> CarKeyConfiguration {
        CarKeyConfiguration { password, identifiers: (self.identifiers)(vin) }
    }
}

/// What Apple is told of a vehicle and its maker; Apple and the maker agree on the texts.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MakerIdentifiers {
    /// `supportedRadioTechnologies`.
    pub radio_technologies: RadioTechnologies,
    /// `manufacturerIdentifier`; iOS 16 and later, not set on older ones.
    pub manufacturer: Option<String>,
    /// `provisioningTemplateIdentifier`; iOS 16 and later, not set on older ones.
    pub provisioning_template: Option<String>,
    /// `issuerIdentifier`.
    pub issuer: Option<String>,
    /// `localizedDescription`: the vehicle's name, in the user's language.
    pub localized_description: Option<String>,
}

/// How the phone and the vehicle talk (`PKRadioTechnology`). It is always set, since Apple's
/// default is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RadioTechnologies {
    /// NFC alone.
    #[default]
    Nfc,
    /// NFC and Bluetooth, for keys that work from the pocket.
    NfcAndBluetooth,
}

/// A `PKAddCarKeyPassConfiguration`, as plain values.
///
/// It has no `Debug`: what the maker tells Apple may name the vehicle (GEN-6).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarKeyConfiguration {
    /// `password`; `None` for the question whether a key can be created (WEL-4).
    pub password: Option<PairingPassword>,
    /// The rest.
    pub identifiers: MakerIdentifiers,
}

//! The settings of the maker and the host: the field of the key, and the values for Apple.

use digital_key_domain::Vin;
use digital_key_ports::PairingPassword;

use crate::DigitalKeyField;

/// The settings of an [`IosPhone`](crate::IosPhone).
pub struct IosSettings {
    pub(crate) key_field: DigitalKeyField,
    pub(crate) identifiers: Box<dyn Fn(Vin) -> MakerIdentifiers + Send + Sync>,
}

impl IosSettings {
    /// Creates settings from the field of a pass that holds the DigitalKeyID, and from the values
    /// for Apple for each vehicle. One app may serve several brands with a template each.
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

    /// Returns the values for Apple of a vehicle.
    #[must_use]
    pub fn identifiers(&self, vin: Vin) -> MakerIdentifiers {
        (self.identifiers)(vin)
    }

    pub(crate) fn configuration(
        &self,
        vin: Vin,
        password: Option<PairingPassword>,
    ) -> CarKeyConfiguration {
        CarKeyConfiguration { password, identifiers: self.identifiers(vin) }
    }
}

/// The values for Apple that describe a vehicle and its maker. Apple and the maker agree on them.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct MakerIdentifiers {
    /// `supportedRadioTechnologies`.
    pub radio_technologies: RadioTechnologies,
    /// `manufacturerIdentifier`. It is set on iOS 16 and later.
    pub manufacturer: Option<String>,
    /// `provisioningTemplateIdentifier`. It is set on iOS 16 and later.
    pub provisioning_template: Option<String>,
    /// `productPlanIdentifier`. It is set on iOS 26.4 and later.
    pub product_plan: Option<String>,
    /// `issuerIdentifier`.
    pub issuer: Option<String>,
    /// `localizedDescription`: the vehicle's name, in the user's language.
    pub localized_description: Option<String>,
}

/// The radio technologies between phone and vehicle (`PKRadioTechnology`). They are always set,
/// since Apple's default is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RadioTechnologies {
    /// NFC alone.
    #[default]
    Nfc,
    /// NFC and Bluetooth, for keys that work while the phone is in a pocket.
    NfcAndBluetooth,
}

/// A `PKAddCarKeyPassConfiguration`, as plain values.
///
/// It has no `Debug`, since the maker's values may name the vehicle (GEN-6).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarKeyConfiguration {
    /// `password`. `None` when the adapter asks whether a key can be created (WEL-4).
    pub password: Option<PairingPassword>,
    /// All other values.
    pub identifiers: MakerIdentifiers,
}

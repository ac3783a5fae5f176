//! The settings of an iPhone that the maker and the client decide.

use std::sync::Arc;

use digital_key_wallet_ios::{DigitalKeyField, RadioTechnologies};

use crate::Vin;

/// The settings that the maker and the client decide.
#[derive(uniffi::Record)]
pub struct IosSettings {
    /// The field of a pass that is the DigitalKeyID.
    pub key_field: DigitalKeyField,
    /// The identifiers that Apple receives for every vehicle for which `by_vehicle` has none.
    pub identifiers: MakerIdentifiers,
    /// The identifiers for each vehicle, for an app that serves several brands.
    #[uniffi(default = None)]
    pub by_vehicle: Option<Arc<dyn VehicleIdentifiers>>,
}

#[cfg(any(target_os = "ios", test))]
impl IosSettings {
    pub(crate) fn into_core(self) -> digital_key_wallet_ios::IosSettings {
        let Self { key_field, identifiers, by_vehicle } = self;
        digital_key_wallet_ios::IosSettings::new(key_field, move |vin| {
            let own = by_vehicle.as_ref().and_then(|source| source.identifiers(vin).ok());
            own.flatten().unwrap_or_else(|| identifiers.clone()).into()
        })
    }
}

/// The identifiers that Apple receives for each vehicle. The client implements it.
#[uniffi::export(with_foreign)]
pub trait VehicleIdentifiers: Send + Sync {
    /// Returns the identifiers of this vehicle. Without a result, and with an error, Apple receives
    /// those of the settings. Return quickly: the pairing waits.
    fn identifiers(&self, vin: Vin) -> Result<Option<MakerIdentifiers>, IdentifiersError>;
}

/// The error that the source of identifiers may throw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum IdentifiersError {
    /// Any failure; the identifiers of the settings are used.
    #[error("there are no identifiers of this vehicle")]
    Unavailable,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for IdentifiersError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
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
    /// `productPlanIdentifier`; iOS 26.4 and later, not set on older ones.
    #[uniffi(default = None)]
    pub product_plan: Option<String>,
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
        identifiers.product_plan = own.product_plan;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a missing value fails the test")]
mod tests {
    use super::*;

    /// A client that has identifiers for one vehicle, and fails for another.
    struct Brands;

    impl VehicleIdentifiers for Brands {
        fn identifiers(&self, vin: Vin) -> Result<Option<MakerIdentifiers>, IdentifiersError> {
            match vin.as_str() {
                "WBADKEY0000000001" => Ok(Some(identifiers("own"))),
                "WBADKEY0000000002" => Err(IdentifiersError::Unavailable),
                _ => Ok(None),
            }
        }
    }

    fn identifiers(issuer: &str) -> MakerIdentifiers {
        MakerIdentifiers {
            radio_technologies: RadioTechnologies::Nfc,
            manufacturer: None,
            provisioning_template: None,
            product_plan: Some("plan".to_owned()),
            issuer: Some(issuer.to_owned()),
            localized_description: None,
        }
    }

    #[test]
    fn each_vehicle_has_its_identifiers_or_the_common_ones() {
        for (vin, own, issuer) in [
            ("WBADKEY0000000001", true, "own"),
            ("WBADKEY0000000002", true, "common"),
            ("WBADKEY0000000003", true, "common"),
            ("WBADKEY0000000001", false, "common"),
        ] {
            let by_vehicle = own.then(|| Arc::new(Brands) as Arc<dyn VehicleIdentifiers>);
            let key_field = DigitalKeyField::SerialNumber;
            let settings =
                IosSettings { key_field, identifiers: identifiers("common"), by_vehicle };
            let found = settings.into_core().identifiers(vin.parse().unwrap());
            assert_eq!(found.issuer.as_deref(), Some(issuer), "{vin}");
            assert_eq!(found.product_plan.as_deref(), Some("plan"));
        }
    }
}

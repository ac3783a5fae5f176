//! Apple's configuration of a car key.

use objc2::rc::Retained;
use objc2::runtime::NSObjectProtocol;
use objc2::{available, msg_send, sel};
use objc2_foundation::NSString;
use objc2_pass_kit::{PKAddCarKeyPassConfiguration, PKRadioTechnology};

use crate::{CarKeyConfiguration, RadioTechnologies};

/// Creates Apple's configuration from plain values.
pub(super) fn car_key(
    configuration: &CarKeyConfiguration,
) -> Retained<PKAddCarKeyPassConfiguration> {
    // SAFETY: The method has no arguments and returns an instance.
    let car_key = unsafe { PKAddCarKeyPassConfiguration::new() };
    let text = |text: &Option<String>| text.as_deref().map(NSString::from_str);
    let CarKeyConfiguration { password, identifiers } = configuration;
    if let Some(password) = password {
        // SAFETY: It takes a string and copies it.
        unsafe { car_key.setPassword(&NSString::from_str(password.expose())) };
    }
    // iOS 14.5.
    if car_key.respondsToSelector(sel!(setSupportedRadioTechnologies:)) {
        let technologies = match identifiers.radio_technologies {
            RadioTechnologies::Nfc => PKRadioTechnology::NFC,
            RadioTechnologies::NfcAndBluetooth => {
                PKRadioTechnology::NFC | PKRadioTechnology::Bluetooth
            }
        };
        // SAFETY: It takes a set of options, and is there.
        unsafe { car_key.setSupportedRadioTechnologies(technologies) };
    }
    // iOS 16.
    if let Some(manufacturer) = text(&identifiers.manufacturer)
        && car_key.respondsToSelector(sel!(setManufacturerIdentifier:))
    {
        // SAFETY: It takes a string and copies it, and is there.
        unsafe { car_key.setManufacturerIdentifier(&manufacturer) };
    }
    // iOS 16.
    if let Some(template) = text(&identifiers.provisioning_template)
        && car_key.respondsToSelector(sel!(setProvisioningTemplateIdentifier:))
    {
        // SAFETY: It takes a string and keeps it, and is there.
        unsafe { car_key.setProvisioningTemplateIdentifier(Some(&template)) };
    }
    // Asked by the version: an older PassKit may have an unfinished property of this name.
    if let Some(plan) = text(&identifiers.product_plan)
        && available!(ios = 26.4)
    {
        // SAFETY: It takes a string and copies it, and is there since iOS 26.4.
        let () = unsafe { msg_send![&*car_key, setProductPlanIdentifier: &*plan] };
    }
    // SAFETY: It takes a string or nil, and copies it.
    unsafe { car_key.setIssuerIdentifier(text(&identifiers.issuer).as_deref()) };
    let description = text(&identifiers.localized_description);
    // SAFETY: It takes a string or nil, and copies it.
    unsafe { car_key.setLocalizedDescription(description.as_deref()) };
    car_key
}

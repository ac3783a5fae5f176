//! The identification number of a vehicle.

use digital_key_domain::Vin;

/// A VIN is the text in upper case, and neither its short form nor an error shows all of it
/// (GEN-6).
pub(crate) fn vin(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let vin = match text.parse::<Vin>() {
        Ok(vin) => vin,
        Err(error) => {
            let message = error.to_string();
            assert!(message.len() < 150, "{message}");
            // The sentence may contain a short text by chance.
            assert!(text.chars().count() < 12 || !message.contains(text), "{message}");
            return;
        }
    };
    assert_eq!(vin.as_str(), text.to_ascii_uppercase());
    assert_eq!(vin.as_str().parse(), Ok(vin));
    let shown = format!("{vin:?} {}", vin.short());
    assert!(!shown.contains(vin.as_str()), "{shown}");
    assert!(vin.remarks().len() <= Vin::LENGTH + 1);
}

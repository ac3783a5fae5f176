//! What names a vehicle.

use digital_key_domain::Vin;

/// A VIN is the text in upper case, and neither its short form nor an error tells all of it (GEN-6).
pub(crate) fn vin(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let vin = match text.parse::<Vin>() {
        Ok(vin) => vin,
        Err(error) => {
            let told = error.to_string();
            assert!(told.len() < 150, "{told}");
            // Two characters may stand in the sentence by chance.
            assert!(text.chars().count() < 12 || !told.contains(text), "{told}");
            return;
        }
    };
    assert_eq!(vin.as_str(), text.to_ascii_uppercase());
    assert_eq!(vin.as_str().parse(), Ok(vin));
    let shown = format!("{vin:?} {}", vin.short());
    assert!(!shown.contains(vin.as_str()), "{shown}");
    assert!(vin.remarks().len() <= Vin::LENGTH + 1);
}

//! What the user wants.

use digital_key_domain::Tap;

use digital_key_domain::Vin;

/// Something that the user wants.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Intent {
    /// Show this vehicle on the vehicle tab.
    SelectVehicle {
        /// The vehicle.
        vin: Vin,
    },
    /// The user tapped a control. The core ignores a tap that the page does not offer.
    Tap {
        /// The control.
        tap: Tap,
    },
}

impl From<Intent> for digital_key_domain::Intent {
    fn from(intent: Intent) -> Self {
        match intent {
            Intent::SelectVehicle { vin } => Self::SelectVehicle(vin),
            Intent::Tap { tap } => Self::Tap(tap),
        }
    }
}

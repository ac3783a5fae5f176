//! What the user wants.

use std::sync::Arc;

use digital_key_domain::Tap;

use crate::vin::Vin;

/// Something that the user wants.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Intent {
    /// Show this vehicle on the vehicle tab.
    SelectVehicle {
        /// The vehicle.
        vin: Arc<Vin>,
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
            Intent::SelectVehicle { vin } => Self::SelectVehicle(vin.0),
            Intent::Tap { tap } => Self::Tap(tap),
        }
    }
}

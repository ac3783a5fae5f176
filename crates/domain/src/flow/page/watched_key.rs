//! The key that Overview and the pages opened from it watch (OVR-1, OVR-2).

use super::{Page, Transition, VehicleAnswer};
use crate::flow::ErrorPage;
use crate::flow::screen::Context;
use crate::flow::vehicle::Vehicle;
use crate::{DigitalKeyId, Presence};

/// The key that was on this phone when Overview was loaded, or that the wallet has reported there
/// since (OVR-1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct WatchedKey(Option<DigitalKeyId>);

impl WatchedKey {
    pub(super) fn of(vehicle: &Vehicle) -> Self {
        Self(vehicle.record.key.local().cloned())
    }

    /// Watches the local key of the vehicle from now on, if there is one.
    pub(super) fn update(&mut self, vehicle: &Vehicle) {
        if let Some(key) = vehicle.record.key.local() {
            self.0 = Some(key.clone());
        }
    }

    /// Asks the wallet whether the key still exists.
    pub(super) fn check(&self, cx: &mut Context<'_>) {
        if let Some(key) = &self.0 {
            cx.vehicle.check_key(key.clone(), &mut cx.out);
        }
    }

    /// After the app regained focus, or the wallet changed, the key is checked (OVR-2).
    pub(super) fn on_phone_event(&self, cx: &mut Context<'_>) -> Transition {
        if self.0.is_none() {
            return Transition::NOT_CONCERNED;
        }
        self.check(cx);
        Transition::Stay
    }

    /// Only a definite no is a deletion (OVR-2).
    pub(super) fn on_vehicle_answer(&self, answer: &VehicleAnswer) -> Transition {
        match answer {
            VehicleAnswer::KeyChecked { key, presence: Presence::Absent }
                if self.0.as_ref() == Some(key) =>
            {
                Transition::Open(Page::Error(ErrorPage::KeyDeleted))
            }
            _ => Transition::NOT_CONCERNED,
        }
    }
}

//! What the machine remembers at a quiet moment, so that a recording can begin there (GEN-12).
//!
//! A moment is quiet when the vehicle tab is shown without a pending tap, no request is open and no
//! pairing runs. Then a few values say all that the machine remembers.

use super::HiddenReason;
use super::machine::Flow;
use super::pairing::{EndedSheet, ShownSheet};
use super::protocol::RequestId;
use super::screen::Screen;
use super::settings::Settings;
use super::vehicle::{Loading, UnknownSupport, Vehicle};
use crate::{DigitalKeyId, Generation, VehicleRecord, Vin};

/// What the machine remembers at a quiet moment, beside its vehicles and sheets ([`Remembered`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    /// The selected vehicle.
    pub selected: Option<Vin>,
    /// The app is in the background.
    pub in_background: bool,
    /// The loss of the cache was reported (GEN-7).
    pub reported_lost: bool,
    /// An unavailable cache was reported (GEN-7).
    pub reported_unavailable: bool,
    /// The number of the newest request.
    pub last_id: RequestId,
}

/// A vehicle or a sheet that the machine remembers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Remembered {
    /// A vehicle in memory.
    Vehicle(RememberedVehicle),
    /// A sheet of Apple's that ended without a pass; the newest comes first (CBK-7).
    EndedSheet(RememberedSheet),
    /// A vehicle for which a sheet of Apple's was shown.
    ShownSheet {
        /// The vehicle.
        vin: Vin,
        /// Late answers about it are dropped (GEN-5, GEN-9).
        is_dropped: bool,
    },
}

/// A vehicle in memory without open requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RememberedVehicle {
    /// The vehicle.
    pub vin: Vin,
    /// The record was read from the cache.
    pub is_loaded: bool,
    /// The record.
    pub record: VehicleRecord,
    /// Why the last question for the support has left it unknown: a failure or an unknown value
    /// (ENT-4).
    pub unknown_support: Option<HiddenReason>,
    /// How many seconds to wait, if the last status could not be fetched (GEN-11).
    pub status_wait: Option<u64>,
    /// How many seconds to wait, if the last password could not be fetched (GEN-11).
    pub password_wait: Option<u64>,
    /// The owner key that the last status no longer named (OVR-7).
    pub removed_key: Option<DigitalKeyId>,
    /// The host knows that the ids of the key differ in case.
    pub has_diagnosed_case: bool,
    /// The newest generation that a fetch was given.
    pub newest_fetch: Generation,
}

/// A sheet of Apple's that ended without a pass (CBK-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RememberedSheet {
    /// The request that started it, as long as its own reply may still come.
    pub open: Option<RequestId>,
    /// The vehicle.
    pub vin: Vin,
    /// The fetch that the password of the sheet came from.
    pub generation: Generation,
}

impl Flow {
    /// Returns the settings of this machine.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns a checkpoint if this moment is quiet. [`Flow::remembered`] returns the rest of it.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        let selected = self.screen.as_ref().map(|screen| screen.vin);
        let is_vehicle_tab =
            self.screen.as_ref().is_none_or(|screen| *screen == Screen::vehicle_tab(screen.vin));
        let is_quiet =
            is_vehicle_tab && self.attempt.is_none() && self.vehicles.iter().all(Vehicle::is_idle);
        is_quiet.then_some(Checkpoint {
            selected,
            in_background: self.in_background,
            reported_lost: self.reported_lost,
            reported_unavailable: self.reported_unavailable,
            last_id: self.last_id,
        })
    }

    /// Returns the vehicles and the sheets that belong to a checkpoint of this moment.
    pub fn remembered(&self) -> impl Iterator<Item = Remembered> {
        let vehicles = self.vehicles.iter().map(|vehicle| Remembered::Vehicle(vehicle.into()));
        let ended = self.ended_sheets.iter().map(|sheet| {
            let EndedSheet { open, vin, generation } = *sheet;
            Remembered::EndedSheet(RememberedSheet { open, vin, generation })
        });
        let shown = self.shown_sheets.iter().map(|sheet| {
            let ShownSheet { vin, is_dropped } = *sheet;
            Remembered::ShownSheet { vin, is_dropped }
        });
        vehicles.chain(ended).chain(shown)
    }

    /// Returns the machine as it was at a checkpoint.
    #[must_use]
    pub fn restore(
        settings: Settings,
        checkpoint: Checkpoint,
        remembered: impl IntoIterator<Item = Remembered>,
    ) -> Self {
        let mut flow = Self::new(settings);
        flow.screen = checkpoint.selected.map(Screen::vehicle_tab);
        flow.in_background = checkpoint.in_background;
        flow.reported_lost = checkpoint.reported_lost;
        flow.reported_unavailable = checkpoint.reported_unavailable;
        flow.last_id = checkpoint.last_id;
        for item in remembered {
            match item {
                Remembered::Vehicle(remembered) => {
                    let vehicle = flow.vehicles.get_or_add(remembered.vin, |_| true);
                    *vehicle = remembered.into();
                }
                Remembered::EndedSheet(RememberedSheet { open, vin, generation }) => {
                    flow.ended_sheets.push_oldest(EndedSheet { open, vin, generation });
                }
                Remembered::ShownSheet { vin, is_dropped } => {
                    flow.shown_sheets.insert(ShownSheet { vin, is_dropped });
                }
            }
        }
        flow
    }
}

impl From<&Vehicle> for RememberedVehicle {
    fn from(vehicle: &Vehicle) -> Self {
        Self {
            vin: vehicle.vin,
            is_loaded: vehicle.loading == Loading::Done,
            record: vehicle.record.clone(),
            unknown_support: vehicle.unknown_support.map(|unknown| match unknown {
                UnknownSupport::Failed(no_answer) => HiddenReason::Failed(no_answer),
                UnknownSupport::UnknownValue => HiddenReason::UnknownValue,
            }),
            status_wait: vehicle.status_wait,
            password_wait: vehicle.password_wait,
            removed_key: vehicle.removed_key.clone(),
            has_diagnosed_case: vehicle.has_diagnosed_case,
            newest_fetch: vehicle.newest_fetch,
        }
    }
}

impl From<RememberedVehicle> for Vehicle {
    fn from(remembered: RememberedVehicle) -> Self {
        Self {
            loading: if remembered.is_loaded { Loading::Done } else { Loading::NotAsked },
            record: remembered.record,
            unknown_support: match remembered.unknown_support {
                Some(HiddenReason::Failed(no_answer)) => Some(UnknownSupport::Failed(no_answer)),
                Some(HiddenReason::UnknownValue) => Some(UnknownSupport::UnknownValue),
                // The other reasons follow from the record and the settings.
                Some(
                    HiddenReason::NoVehicle
                    | HiddenReason::Platform
                    | HiddenReason::NotSupported
                    | HiddenReason::Asking,
                )
                | None => None,
            },
            status_wait: remembered.status_wait,
            password_wait: remembered.password_wait,
            removed_key: remembered.removed_key,
            has_diagnosed_case: remembered.has_diagnosed_case,
            newest_fetch: remembered.newest_fetch,
            ..Self::new(remembered.vin)
        }
    }
}

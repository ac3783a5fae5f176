//! What is shown of the selected vehicle, as one value: page, move flow, warning, wait and notice
//! begin and end together.

use super::machine::Outbox;
use super::page::Page;
use super::pairing::Attempt;
use super::settings::Settings;
use super::vehicle::Vehicle;
use super::view::Notice;
use crate::{AppleErrorCode, Vin};

/// What is shown of the selected vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Screen {
    /// The selected vehicle.
    pub(super) vin: Vin,
    pub(super) page: Page,
    /// The user chose to move an existing key to this phone (MOV-3).
    pub(super) move_flow: bool,
    /// The error that came with a key (CBK-3), until the flow ends.
    pub(super) warning: Option<AppleErrorCode>,
    /// How many seconds the page asks to wait, as of the failure that led to it (GEN-11).
    pub(super) wait: Option<u64>,
    /// What the page reports, until the next tap (OVR-4).
    pub(super) notice: Option<Notice>,
}

impl Screen {
    /// Returns the vehicle tab, without a flow.
    pub(super) fn vehicle_tab(vin: Vin) -> Self {
        Self {
            vin,
            page: Page::default(),
            move_flow: false,
            warning: None,
            wait: None,
            notice: None,
        }
    }

    /// Shows another page, with the wait of the failure that led to it (GEN-11).
    pub(super) fn open(&mut self, page: Page, vehicle: &Vehicle) {
        self.wait = page.wait(vehicle);
        self.notice = None;
        self.page = page;
    }
}

/// What a page reads and changes when it handles an event.
pub(super) struct Context<'a> {
    pub(super) settings: &'a Settings,
    pub(super) vehicle: &'a mut Vehicle,
    pub(super) attempt: &'a mut Option<Attempt>,
    pub(super) move_flow: &'a mut bool,
    pub(super) warning: &'a mut Option<AppleErrorCode>,
    pub(super) notice: &'a mut Option<Notice>,
    pub(super) out: Outbox<'a>,
}

impl Context<'_> {
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts { settings: self.settings, vehicle: self.vehicle, move_flow: *self.move_flow }
    }
}

/// What a page reads when it is drawn, and when it says what it offers.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) settings: &'a Settings,
    pub(super) vehicle: &'a Vehicle,
    pub(super) move_flow: bool,
}

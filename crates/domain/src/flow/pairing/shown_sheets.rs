//! The vehicles for which Apple's sheet was shown (GEN-5, GEN-9).
//!
//! A late answer names the vehicle and not the sheet, and it may come at any time while the app runs.
//! Once a sheet was shown for an account that is gone, or before its vehicle was forgotten, no late
//! answer about this vehicle can be taken for one of a newer sheet. The own answers of the newer sheets
//! count, since they name their request; the backend reports any other key.

use crate::Vin;

/// The vehicles with a sheet since the app was started, in the order of their VINs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::flow) struct ShownSheets(Vec<ShownSheet>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::flow) struct ShownSheet {
    pub(in crate::flow) vin: Vin,
    /// The account or the vehicle of a sheet is gone: late answers about the vehicle are dropped.
    pub(in crate::flow) is_dropped: bool,
}

impl ShownSheets {
    /// The number of vehicles that are remembered. Late answers about any further one are dropped.
    const LIMIT: usize = 16;

    pub(in crate::flow) fn new() -> Self {
        Self(Vec::with_capacity(Self::LIMIT))
    }

    /// A sheet is shown for this vehicle.
    pub(in crate::flow) fn add(&mut self, vin: Vin) {
        self.insert(ShownSheet { vin, is_dropped: false });
    }

    /// Adds a vehicle, unless it is there already or there are too many.
    pub(in crate::flow) fn insert(&mut self, sheet: ShownSheet) {
        if let Err(at) = self.find(sheet.vin)
            && self.0.len() < Self::LIMIT
        {
            self.0.insert(at, sheet);
        }
    }

    /// The account of all sheets is gone (GEN-5).
    pub(in crate::flow) fn drop_all(&mut self) {
        self.0.iter_mut().for_each(|sheet| sheet.is_dropped = true);
    }

    /// The vehicle left the account (GEN-9).
    pub(in crate::flow) fn drop_vehicle(&mut self, vin: Vin) {
        if let Ok(at) = self.find(vin) {
            self.0[at].is_dropped = true;
        }
    }

    /// Returns `true` if a late answer about this vehicle may be of a sheet whose account or vehicle
    /// is gone.
    pub(in crate::flow) fn drops_late_answers(&self, vin: Vin) -> bool {
        match self.find(vin) {
            Ok(at) => self.0[at].is_dropped,
            Err(_) => self.0.len() >= Self::LIMIT,
        }
    }

    fn find(&self, vin: Vin) -> Result<usize, usize> {
        self.0.binary_search_by_key(&vin, |sheet| sheet.vin)
    }

    /// Returns the vehicles.
    #[cfg(feature = "recording")]
    pub(in crate::flow) fn iter(&self) -> impl Iterator<Item = &ShownSheet> {
        self.0.iter()
    }
}

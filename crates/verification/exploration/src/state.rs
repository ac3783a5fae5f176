//! One state: the machine and what surrounds it.

use std::collections::BTreeMap;

use digital_key_domain::{
    Effect, Flow, Question, Request, RequestId, Settings, VehicleRecord, Vin,
};

use crate::Violation;

/// One state: the machine, the cache, and what may still come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) flow: Flow,
    /// What is durable.
    pub(crate) cache: BTreeMap<Vin, VehicleRecord>,
    /// The calls that wait for the cache, in the order in which it makes them.
    pub(crate) waiting_calls: Vec<Effect>,
    /// The requests without an answer, those of the cache aside; sorted, as their order has no
    /// meaning.
    pub(crate) open: Vec<Request>,
    /// Apple's sheets that may still answer; sorted, too.
    pub(crate) sheets: Vec<Sheet>,
    /// The vehicles with a sheet since the app was started; `true` = the account or the vehicle of a
    /// sheet is gone, and a late answer may be of that sheet.
    pub(crate) shown_sheets: BTreeMap<Vin, bool>,
    /// The cache has failed; memory and cache may differ since.
    pub(crate) cache_has_failed: bool,
}

/// A sheet of Apple's that may still answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sheet {
    /// The vehicle.
    pub vin: Vin,
    /// How far it has come.
    pub phase: SheetPhase,
    /// The request that started it; 0 once it has returned, as no reply comes any more.
    pub(crate) id: RequestId,
    /// A success must not be recorded any more: the user has signed out since the sheet was shown
    /// (GEN-5), or a newer sheet of its vehicle has made a key, which disabled any older one.
    pub(crate) is_obsolete: bool,
    /// The machine has asked whether the sheet is still up.
    pub is_checked: bool,
    /// How many sheets of its vehicle were shown since; 2 stands for any higher number.
    pub(crate) successors: u8,
}

/// How far a sheet has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetPhase {
    /// It is on the screen.
    Up,
    /// The machine knows that the sheet is gone; the start has not returned.
    Gone,
    /// The start has returned without a pass; Apple's delegate may be called again (CBK-7). Of each
    /// vehicle and account one such sheet is kept: that is enough for each order.
    Returned,
}

impl State {
    /// Returns the first state: the cache is empty, and no vehicle is selected.
    pub(crate) fn first(settings: &Settings) -> Self {
        Self {
            flow: Flow::new(settings.clone()),
            cache: BTreeMap::new(),
            waiting_calls: Vec::new(),
            open: Vec::new(),
            sheets: Vec::new(),
            shown_sheets: BTreeMap::new(),
            cache_has_failed: false,
        }
    }

    /// Begins to perform an effect, as the shell does.
    pub(crate) fn begin(&mut self, effect: &Effect) -> Result<(), Violation> {
        let request = match effect {
            Effect::Request(request) => request,
            Effect::Store { .. } | Effect::Erase { .. } | Effect::EraseAll => {
                self.waiting_calls.push(effect.clone());
                return Ok(());
            }
            Effect::Report(_) | Effect::Diagnose(_) => return Ok(()),
        };
        match request.question {
            Question::Record | Question::StorePassword(_) | Question::TakeUse => {
                self.waiting_calls.push(effect.clone());
                Ok(())
            }
            Question::Support
            | Question::Status
            | Question::Password
            | Question::CanCreateKey
            | Question::Presence(_)
            | Question::OpenWallet(_) => self.open_request(request),
            Question::StartPairing => self.open_sheet(request),
            Question::CheckSheet => {
                let asked_about = self.sheets.iter_mut().find(|sheet| sheet.id == request.id);
                if let Some(sheet) = asked_about {
                    sheet.is_checked = true;
                }
                Ok(())
            }
        }
    }

    fn open_request(&mut self, request: &Request) -> Result<(), Violation> {
        let key = |request: &Request| (request.question.call(), request.vin);
        if self.open.iter().any(|open| key(open) == key(request)) {
            return Err(Violation::AskedTwice(request.question.call()));
        }
        self.open.push(request.clone());
        self.open.sort_by_key(key);
        Ok(())
    }

    fn open_sheet(&mut self, request: &Request) -> Result<(), Violation> {
        if self.sheets.iter().any(|sheet| sheet.phase == SheetPhase::Up) {
            return Err(Violation::TwoSheets);
        }
        let older = self.sheets.iter_mut().filter(|it| it.vin == request.vin);
        older.for_each(|it| it.successors = (it.successors + 1).min(2));
        self.shown_sheets.entry(request.vin).or_default();
        self.sheets.push(Sheet {
            vin: request.vin,
            phase: SheetPhase::Up,
            id: request.id,
            is_obsolete: false,
            is_checked: false,
            successors: 0,
        });
        self.sort_sheets();
        Ok(())
    }

    /// Notes that the start of a sheet has returned, and returns the sheet as it was.
    pub(crate) fn return_sheet(&mut self, at: usize, made_key: bool) -> Sheet {
        let sheet = self.sheets.remove(at);
        if made_key && sheet.successors == 0 && !sheet.is_obsolete {
            let older = self.sheets.iter_mut().filter(|it| it.vin == sheet.vin);
            older.for_each(|it| it.is_obsolete = true);
            self.sort_sheets();
        }
        if !made_key {
            let phase = SheetPhase::Returned;
            self.sheets.push(Sheet { phase, id: RequestId::default(), is_checked: false, ..sheet });
            self.sort_sheets();
        }
        sheet
    }

    /// Notes that the machine knows that a sheet is gone, and returns the sheet.
    pub(crate) fn lose_sheet(&mut self, at: usize) -> Sheet {
        let sheet = &mut self.sheets[at];
        sheet.phase = SheetPhase::Gone;
        sheet.is_checked = false;
        let lost = *sheet;
        self.sort_sheets();
        lost
    }

    /// Notes that a late answer made a key. The answer names no sheet; one such key is enough.
    pub(crate) fn end_returned_sheets(&mut self, vin: Vin) {
        let has_ended = |it: &Sheet| it.vin == vin && it.phase != SheetPhase::Up && !it.is_obsolete;
        let newest = self.sheets.iter().filter(|it| has_ended(it)).map(|it| it.successors).min();
        let older =
            self.sheets.iter_mut().filter(|it| has_ended(it) && Some(it.successors) > newest);
        older.for_each(|it| it.is_obsolete = true);
        self.sheets.retain(|it| (it.vin, it.phase) != (vin, SheetPhase::Returned));
        self.sort_sheets();
    }

    /// Notes that the account of all sheets has signed out.
    pub(crate) fn sign_out_sheets(&mut self) {
        self.sheets.iter_mut().for_each(|sheet| sheet.is_obsolete = true);
        self.shown_sheets.values_mut().for_each(|is_gone| *is_gone = true);
        self.sort_sheets();
    }

    /// Notes that the vehicle of these sheets left the account.
    pub(crate) fn forget_sheets(&mut self, vin: Vin) {
        let sheets = self.sheets.iter_mut().filter(|sheet| sheet.vin == vin);
        sheets.for_each(|sheet| sheet.is_obsolete = true);
        self.shown_sheets.entry(vin).and_modify(|is_gone| *is_gone = true);
        self.sort_sheets();
    }

    /// Two sheets of a vehicle and an account that have returned are equal, and count as one.
    fn sort_sheets(&mut self) {
        self.sheets.sort_unstable();
        self.sheets.dedup();
    }

    /// Returns the requests that are not answered yet, Apple's sheets aside.
    pub(crate) fn open_requests(&self) -> impl Iterator<Item = &Request> {
        self.open.iter().chain(self.waiting_calls.iter().filter_map(request))
    }

    pub(crate) fn has_sheet(&self, phase: SheetPhase) -> bool {
        self.sheets.iter().any(|sheet| sheet.phase == phase)
    }
}

/// Returns the request of an effect, if it is one.
pub(crate) fn request(effect: &Effect) -> Option<&Request> {
    if let Effect::Request(request) = effect { Some(request) } else { None }
}

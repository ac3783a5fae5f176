//! ENT: the entry on the vehicle tab.

use digital_key_domain::{
    EntryMode, EntryView, HiddenReason, NoAnswer, Phone, Support, SupportAnswer, Vin,
};

use crate::expected::Call;
use crate::facts::{Change, Facts};
use crate::model::{Asked, Model, Page, Unanswered};

impl Model {
    /// A vehicle is selected.
    pub(crate) fn on_select(&mut self, vin: Vin) {
        if self.selected != Some(vin) {
            // GEN-3: another vehicle ends a running flow.
            self.cite("GEN-3");
            self.leave_flow();
            self.selected = Some(vin);
        } else if !matches!(self.page, Page::VehicleTab { .. }) {
            // ENT-6: the selected vehicle is ignored while its flow runs.
            self.cite("ENT-6");
            return;
        }
        if self.settings.phone == Phone::Android {
            // ENT-1: no request on an unsupported platform, and nothing to decide.
            self.cite("ENT-1");
        } else {
            self.ask_for_support(vin);
        }
    }

    /// The cache was read. What cannot be read is rebuilt from the backend (GEN-7).
    pub(crate) fn on_record(&mut self, vin: Vin, is_readable: bool) {
        let cached = self.cache.get(&vin).filter(|_| is_readable).cloned().unwrap_or_default();
        self.known.insert(vin, cached);
        if self.refresh_due.remove(&vin) {
            self.refresh_known(vin);
        } else if self.selected == Some(vin) {
            // ENT-6: a vehicle that is not shown any more asks at its next selection.
            self.decide_from_the_cache(vin);
        }
    }

    /// ENT-10: the support is asked again, for any vehicle; the record is read before.
    pub(crate) fn on_refresh(&mut self, vin: Vin) {
        if !self.refresh_is_of_concern(vin) {
            return;
        }
        self.cite("ENT-10");
        if self.known.contains_key(&vin) {
            self.refresh_known(vin);
        } else {
            self.refresh_due.insert(vin);
            self.ask_or_join(vin, Call::ReadCache);
        }
    }

    fn refresh_known(&mut self, vin: Vin) {
        self.failures.remove(&(vin, Asked::Support));
        self.ask_or_join(vin, Call::AskSupport);
    }

    /// ENT-1: an unsupported platform asks nothing. ENT-10: an open question is joined.
    pub(crate) fn refresh_is_of_concern(&self, vin: Vin) -> bool {
        let joins = self.is_open(vin, &Call::AskSupport) || self.refresh_due.contains(&vin);
        self.settings.phone != Phone::Android && !joins
    }

    /// ENT-2, ENT-3: the backend is asked only when the cache does not know.
    fn decide_from_the_cache(&mut self, vin: Vin) {
        if self.facts(vin).support.is_some() {
            self.cite("ENT-3");
        } else {
            self.cite("ENT-2");
            self.failures.remove(&(vin, Asked::Support));
            self.ask_or_join(vin, Call::AskSupport);
        }
    }

    /// ENT-1, ENT-4, ENT-6: the support of a vehicle on the vehicle tab is unknown, and no question that
    /// leads to it is open.
    pub(crate) fn support_can_be_asked(&self, vin: Vin) -> bool {
        self.settings.phone != Phone::Android
            && self.facts(vin).support.is_none()
            && !self.is_open(vin, &Call::ReadCache)
            && !self.is_open(vin, &Call::AskSupport)
    }

    /// Asks the cache first, then the backend (ENT-2, ENT-3).
    pub(crate) fn ask_for_support(&mut self, vin: Vin) {
        if self.known.contains_key(&vin) {
            self.decide_from_the_cache(vin);
        } else {
            self.ask_or_join(vin, Call::ReadCache);
        }
    }

    /// ENT-2, ENT-6: an answer is stored for its own VIN, whatever is selected now.
    /// ENT-4, REQ-5: a failure and an unknown value leave the support unknown.
    pub(crate) fn on_support(&mut self, vin: Vin, answer: Result<SupportAnswer, NoAnswer>) {
        if let Ok(SupportAnswer::Known(support)) = answer {
            self.learn(vin, Change::Support(support));
        } else if self.facts(vin).support.is_none() {
            self.cite("ENT-4");
            let unanswered = answer.map_or_else(Unanswered::Failed, |_| Unanswered::UnknownValue);
            self.failures.insert((vin, Asked::Support), unanswered);
        }
    }

    /// Why no entry is shown: ENT-1, ENT-2, ENT-4, REQ-5.
    pub(crate) fn hidden_reason(&self) -> Option<HiddenReason> {
        if self.settings.phone == Phone::Android {
            return Some(HiddenReason::Platform);
        }
        let Some(vin) = self.selected else { return Some(HiddenReason::NoVehicle) };
        match self.facts(vin).support {
            Some(Support::Supported { .. }) => None,
            Some(Support::NotSupported) => Some(HiddenReason::NotSupported),
            None if self.is_open(vin, &Call::ReadCache) || self.is_open(vin, &Call::AskSupport) => {
                Some(HiddenReason::Asking)
            }
            None => Some(match self.failures.get(&(vin, Asked::Support))? {
                Unanswered::Failed(no_answer) => HiddenReason::Failed(*no_answer),
                Unanswered::UnknownValue => HiddenReason::UnknownValue,
            }),
        }
    }

    /// ENT-1 to ENT-4, ENT-7.
    pub(crate) fn entry(&self, facts: &Facts) -> EntryView {
        let is_supported = matches!(facts.support, Some(Support::Supported { .. }));
        match self.settings.entry_mode {
            _ if self.settings.phone == Phone::Android || !is_supported => EntryView::Hidden,
            EntryMode::ComingSoon => EntryView::ComingSoon,
            EntryMode::OwnerPairing => EntryView::DigitalKey,
        }
    }

    /// ENT-8, ENT-9: the entry is tapped.
    pub(crate) fn open_entry(&mut self, vin: Vin) {
        if let Some(key) = self.facts(vin).local_key() {
            self.cite("ENT-8");
            self.page = Page::VehicleTab { opening: true };
            self.recheck_key(vin, key);
        } else {
            self.cite("ENT-9");
            self.show_welcome(vin);
        }
    }
}

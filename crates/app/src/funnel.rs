//! The funnel: how far drivers get on the way to a key, for the analytics of the host.

use std::sync::Arc;

use digital_key_domain::{
    AppleErrorCode, Effect, EntryView, Event, PageName, PageView, PairingAnswer, Question,
    RecordChange, Reply, Request, View, Vin,
};

/// One thing that happened to a driver on the way to a key.
///
/// It carries no VIN, no key and no free text, so that a host can send it to any analytics service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunnelEvent {
    /// The entry of the selected vehicle became visible (ENT-2).
    EntryShown,
    /// Welcome opened (ENT-9).
    WelcomeShown {
        /// The user moves an existing key to this phone (MOV-3).
        move_flow: bool,
    },
    /// An error page opened, PairingError among them.
    ErrorShown {
        /// The page.
        page: PageName,
    },
    /// A use of the password was taken, and Apple's sheet is opened (RDY-4).
    PairingStarted,
    /// Apple's API answered, or the sheet is gone without an answer (CBK-1 to CBK-4, GEN-2).
    AppleAnswered {
        /// There is a pass.
        made_key: bool,
        /// Apple's error, with or without a pass.
        error: Option<AppleErrorCode>,
        /// The sheet had ended before, with another answer or without one (CBK-7).
        late: bool,
    },
    /// The key is recorded (CBK-5).
    Paired,
    /// The user is back at the vehicle tab, by a tap, by selecting another vehicle, by signing out, or
    /// since the vehicle left the account.
    Left {
        /// The page that was left; never the vehicle tab.
        page: PageName,
    },
}

/// Called with each event of the funnel, in order.
pub type FunnelObserver = Arc<dyn Fn(FunnelEvent) + Send + Sync>;

/// What the funnel remembers between two steps.
#[derive(Debug, Default)]
pub(crate) struct Funnel {
    /// The vehicle whose entry was reported.
    entry_of: Option<Vin>,
    page: Option<PageName>,
    sheet_is_open: bool,
}

impl Funnel {
    /// Reports what a step of the machine means for the funnel: the event that it accepted, the effects,
    /// and the view from then on.
    pub(crate) fn observe(
        &mut self,
        event: &Event,
        effects: &[Effect],
        view: &View,
        report: &FunnelObserver,
    ) {
        if let Some(answered) = self.answer_in(event) {
            report(answered);
        }
        for effect in effects {
            if let Effect::Request(Request { question: Question::StartPairing, .. }) = effect {
                self.sheet_is_open = true;
                report(FunnelEvent::PairingStarted);
            }
            if let Effect::Store { change: RecordChange::Paired { .. }, .. } = effect {
                report(FunnelEvent::Paired);
            }
        }
        self.observe_view(view, report);
    }

    fn answer_in(&mut self, event: &Event) -> Option<FunnelEvent> {
        if let Event::Replied { reply: Reply::Pairing(answer), .. } = event {
            let late = !std::mem::take(&mut self.sheet_is_open);
            return Some(answered(answer, late));
        }
        if let Event::Replied { reply: Reply::SheetGone, .. } = event {
            self.sheet_is_open = false;
            return Some(answered(&PairingAnswer::default(), false));
        }
        if let Event::LateAnswer { answer, .. } = event {
            return Some(answered(answer, true));
        }
        None
    }

    fn observe_view(&mut self, view: &View, report: &FunnelObserver) {
        let entry_of = view.vehicle.filter(|_| view.entry == EntryView::DigitalKey);
        if std::mem::replace(&mut self.entry_of, entry_of) != entry_of && entry_of.is_some() {
            report(FunnelEvent::EntryShown);
        }
        let page = Some(PageName::from(&view.page)).filter(|page| *page != PageName::VehicleTab);
        let before = std::mem::replace(&mut self.page, page);
        if before == page {
            return;
        }
        match (&view.page, page) {
            (PageView::Welcome { move_flow, .. }, _) => {
                report(FunnelEvent::WelcomeShown { move_flow: *move_flow });
            }
            (PageView::PairingError { .. } | PageView::Error(_), Some(page)) => {
                report(FunnelEvent::ErrorShown { page });
            }
            (_, Some(_)) => {}
            (_, None) => before.into_iter().for_each(|page| report(FunnelEvent::Left { page })),
        }
    }
}

fn answered(answer: &PairingAnswer, late: bool) -> FunnelEvent {
    FunnelEvent::AppleAnswered { made_key: answer.pass.is_some(), error: answer.error, late }
}

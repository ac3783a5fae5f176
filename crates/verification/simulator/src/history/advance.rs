//! The taps and answers that lead a user on to a key.

use digital_key_domain::{AppleErrorCode, Intent, Tap, Taps};

use super::History;
use crate::action::SheetEnd;
use crate::invariant::Violation;

impl History {
    /// Does what leads on.
    pub(super) fn advance(&mut self, phone: usize, number: u8) -> Result<(), Violation> {
        if self.environment().sheet_waits(phone) {
            let end = match number % 4 {
                0 => SheetEnd::Failed(AppleErrorCode::UserCanceled),
                backend_lags => {
                    SheetEnd::Made { backend_lags: backend_lags == 1, with_error: false }
                }
            };
            self.environment().end_sheet(phone, end);
            return Ok(());
        }
        if number % 16 == 9 && self.environment().may_answer_late(phone) {
            let end = SheetEnd::Made { backend_lags: number % 32 == 9, with_error: false };
            self.environment().answer_late(phone, end);
            return Ok(());
        }
        let Some(process) = self.app(phone)? else { return Ok(()) };
        let view = process.app.view().borrow().clone();
        let taps = taps_that_lead_on(view.offers, number % 8 == 7);
        let number = usize::from(number);
        let intent = match view.vehicle {
            None => Intent::SelectVehicle(self.setting.vins[usize::from(number % 8 == 0)]),
            Some(_) => match taps.get(number % taps.len().max(1)) {
                Some(tap) => (*tap).into(),
                None => return Ok(()),
            },
        };
        self.dispatch(phone, intent)
    }
}

/// Returns the offered taps that lead on, or sometimes all of them. A page that can only be left is
/// left; Welcome waits until Continue is offered.
fn taps_that_lead_on(offers: Taps, any: bool) -> Vec<Tap> {
    let back = Taps::of([Tap::Back, Tap::Close, Tap::UntickBox, Tap::ConfirmError]);
    let leads_on = |tap: &Tap| any || !back.contains(*tap);
    let taps: Vec<_> = offers.iter().filter(leads_on).collect();
    if taps.is_empty() && offers.contains(Tap::ConfirmError) {
        return vec![Tap::ConfirmError];
    }
    taps
}

//! One pairing sheet: its events, and the decision when its pairing has ended.

use std::time::Duration;

use digital_key_domain::{PairingAnswer, Vin};
use digital_key_ports::LateAnswer;
use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{AppleError, DigitalKeyField, PassFields, SheetError, SheetFacts, pairing_answer};

/// The time without an event after which the adapter inspects the sheet. A sheet that is swiped
/// away or torn down with its window calls no delegate, so only an inspection detects that.
pub(crate) const INSPECTION_INTERVAL: Duration = Duration::from_millis(500);

/// Reports the events of a sheet, from its delegate on the main thread to the waiting pairing.
#[derive(Debug, Clone)]
pub struct SheetReporter {
    field: DigitalKeyField,
    events: UnboundedSender<SheetEvent>,
    pub(crate) late: LateAnswers,
}

/// Reports the answers of a sheet that come too late for its pairing (CBK-7).
#[derive(Debug, Clone)]
pub(crate) struct LateAnswers {
    pub(crate) vin: Vin,
    pub(crate) answers: UnboundedSender<LateAnswer>,
}

impl LateAnswers {
    pub(crate) fn report(&self, answer: PairingAnswer) {
        // Sending fails only after the adapter is dropped.
        let _ = self.answers.send(LateAnswer { vin: self.vin, answer });
    }
}

/// An event of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SheetEvent {
    /// The delegate was called.
    Answered(PairingAnswer),
    /// The dismissal has ended.
    Dismissed,
}

impl SheetReporter {
    pub(crate) fn new(
        field: DigitalKeyField,
        late: LateAnswers,
    ) -> (Self, UnboundedReceiver<SheetEvent>) {
        let (events, receiver) = unbounded_channel();
        (Self { field, events, late }, receiver)
    }

    /// Reports a call of the delegate with these passes and this error (CBK-1 to CBK-4).
    ///
    /// The first call is the answer of the pairing, unless the pairing has ended. Each other call
    /// is a late answer (CBK-7).
    pub fn answered(&self, passes: &[PassFields], error: Option<AppleError<'_>>) {
        let answer = pairing_answer(self.field, passes, error);
        if let Err(SendError(SheetEvent::Answered(answer))) =
            self.events.send(SheetEvent::Answered(answer))
        {
            self.late.report(answer);
        }
    }

    /// Reports that the sheet has been dismissed.
    pub fn dismissed(&self) {
        // Sending fails only after the pairing has ended.
        let _ = self.events.send(SheetEvent::Dismissed);
    }
}

/// The state of a sheet, as one inspection shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SheetState {
    /// It is on the screen, on its way there, or behind a view controller that it presents.
    Up,
    /// It exists but is nowhere on the screen.
    Down,
    /// It no longer exists, so no event can follow.
    Freed,
}

impl SheetState {
    /// Returns the state for the facts of an inspection; `None` = the sheet was freed.
    pub(crate) fn of(sheet: Option<SheetFacts>) -> Self {
        match sheet {
            None => Self::Freed,
            Some(SheetFacts {
                is_presented: false,
                is_being_presented: false,
                has_parent: false,
                is_in_window: false,
            }) => Self::Down,
            Some(_) => Self::Up,
        }
    }
}

/// Decides when a pairing has ended, from its answer and from inspections of its sheet.
///
/// An answer counts once the sheet is off the screen: before that, UIKit refuses to present the
/// next sheet.
#[derive(Debug, Default)]
pub(crate) struct SheetWatch {
    answer: Option<PairingAnswer>,
    was_up: bool,
    /// The number of inspections in a row that left the pairing undecided.
    inspections: u32,
}

impl SheetWatch {
    /// The number of inspections that a sheet which is down has for its answer.
    const UNTIL_NO_ANSWER: u32 = 3;
    /// The number of inspections that a sheet has to come up. UIKit delays the presentation of a
    /// sheet that another process draws by up to 10 seconds, and a presenter may present later, as
    /// one in SwiftUI does.
    const UNTIL_NOT_PRESENTED: u32 = 24;
    /// The number of inspections that the dismissal has until the answer counts without it.
    const UNTIL_ANSWER_COUNTS: u32 = 6;

    /// Keeps the first answer, and returns each other one as an error.
    pub(crate) fn keep_answer(&mut self, answer: PairingAnswer) -> Result<(), PairingAnswer> {
        if self.answer.is_some() {
            return Err(answer);
        }
        self.answer = Some(answer);
        Ok(())
    }

    /// Returns how the pairing has ended, if this state shows that it has: with Apple's answer,
    /// with neither a pass nor an error (CBK-4), or with the error that the sheet was never up.
    pub(crate) fn inspect(
        &mut self,
        state: SheetState,
    ) -> Option<Result<PairingAnswer, SheetError>> {
        if state == SheetState::Up && !self.was_up {
            self.was_up = true;
            self.inspections = 0;
        }
        self.inspections += 1;
        let ended = match (state, &self.answer) {
            (SheetState::Freed, _) | (SheetState::Down, Some(_)) => true,
            (SheetState::Up, Some(_)) => self.inspections >= Self::UNTIL_ANSWER_COUNTS,
            (SheetState::Up, None) => {
                self.inspections = 0;
                false
            }
            (SheetState::Down, None) if self.was_up => self.inspections >= Self::UNTIL_NO_ANSWER,
            (SheetState::Down, None) => self.inspections >= Self::UNTIL_NOT_PRESENTED,
        };
        ended.then(|| match self.answer.take() {
            Some(answer) => Ok(answer),
            None if self.was_up => Ok(PairingAnswer::default()),
            None => Err(SheetError::NotPresented),
        })
    }
}

/// Decides how a sheet is closed whose pairing has ended: it may still be on its way to the screen.
#[derive(Debug, Clone, Default)]
pub struct ClosingSheet {
    was_up: bool,
    inspections: u32,
}

/// What to do next with a sheet that is being closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosingStep {
    /// Dismiss the sheet, and inspect it again.
    Dismiss,
    /// Inspect the sheet again.
    Wait,
    /// The sheet is gone, or it has neither come up nor gone in the time that it has.
    End,
}

impl ClosingSheet {
    /// The time between two inspections.
    pub const INTERVAL: Duration = INSPECTION_INTERVAL;

    /// Returns the next step for the facts of an inspection; `None` = the sheet was freed.
    pub fn inspect(&mut self, sheet: Option<SheetFacts>) -> ClosingStep {
        self.inspections += 1;
        let state = SheetState::of(sheet);
        self.was_up |= state == SheetState::Up;
        match sheet {
            None => ClosingStep::End,
            Some(_) if state == SheetState::Down && self.was_up => ClosingStep::End,
            Some(_) if self.inspections >= SheetWatch::UNTIL_NOT_PRESENTED => ClosingStep::End,
            // UIKit does not dismiss what it is just presenting.
            Some(SheetFacts { is_presented: true, is_being_presented: false, .. }) => {
                ClosingStep::Dismiss
            }
            Some(_) => ClosingStep::Wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use digital_key_domain::AppleErrorCode;

    use super::*;

    fn answer() -> PairingAnswer {
        PairingAnswer { pass: None, error: Some(AppleErrorCode::DeviceNotReady) }
    }

    /// How the pairing ended, and after how many of these states.
    fn ended_after(
        watch: &mut SheetWatch,
        states: &[SheetState],
    ) -> Option<(usize, Result<PairingAnswer, SheetError>)> {
        (1..).zip(states).find_map(|(number, state)| Some((number, watch.inspect(*state)?)))
    }

    #[test]
    fn a_sheet_is_up_while_any_fact_shows_it() {
        let down = SheetFacts::default();
        assert_eq!(SheetState::of(None), SheetState::Freed);
        assert_eq!(SheetState::of(Some(down)), SheetState::Down);
        for up in [
            SheetFacts { is_presented: true, ..down },
            SheetFacts { is_being_presented: true, ..down },
            SheetFacts { has_parent: true, ..down },
            SheetFacts { is_in_window: true, ..down },
        ] {
            assert_eq!(SheetState::of(Some(up)), SheetState::Up, "{up:?}");
        }
    }

    #[test]
    fn a_sheet_that_stays_up_does_not_end_the_pairing() {
        assert_eq!(ended_after(&mut SheetWatch::default(), &[SheetState::Up; 10_000]), None);
    }

    #[test]
    fn gen_2_a_sheet_that_is_gone_ends_the_pairing_without_an_answer() {
        let freed = ended_after(&mut SheetWatch::default(), &[SheetState::Up, SheetState::Freed]);
        assert_eq!(freed, Some((2, Ok(PairingAnswer::default()))));
        let down =
            [SheetState::Up, SheetState::Up, SheetState::Down, SheetState::Down, SheetState::Down];
        let down = ended_after(&mut SheetWatch::default(), &down);
        assert_eq!(down, Some((5, Ok(PairingAnswer::default()))));
    }

    #[test]
    fn a_sheet_that_comes_back_continues_the_pairing() {
        let states = [SheetState::Up, SheetState::Down, SheetState::Down].repeat(20);
        assert_eq!(ended_after(&mut SheetWatch::default(), &states), None);
    }

    #[test]
    fn an_answer_right_after_the_sheet_is_down_counts() {
        let mut watch = SheetWatch::default();
        assert_eq!(
            ended_after(&mut watch, &[SheetState::Up, SheetState::Down, SheetState::Down]),
            None
        );
        watch.keep_answer(answer()).unwrap();
        assert_eq!(watch.inspect(SheetState::Down), Some(Ok(answer())));
    }

    #[test]
    fn a_presenter_may_be_late_but_has_a_limit() {
        let mut watch = SheetWatch::default();
        assert_eq!(ended_after(&mut watch, &[SheetState::Down; 23]), None);
        assert_eq!(ended_after(&mut watch, &[SheetState::Up; 9]), None);
        let never = ended_after(&mut SheetWatch::default(), &[SheetState::Down; 50]);
        assert_eq!(never, Some((24, Err(SheetError::NotPresented))));
        let dropped = ended_after(&mut SheetWatch::default(), &[SheetState::Freed]);
        assert_eq!(dropped, Some((1, Err(SheetError::NotPresented))));
    }

    #[test]
    fn an_answer_counts_once_its_sheet_is_gone_or_stays_too_long() {
        for (states, number) in [
            (&[SheetState::Freed][..], 1),
            (&[SheetState::Up, SheetState::Up, SheetState::Down], 3),
            (&[SheetState::Up; 9], 6),
        ] {
            let mut watch = SheetWatch::default();
            assert_eq!(ended_after(&mut watch, &[SheetState::Up; 50]), None);
            watch.keep_answer(answer()).unwrap();
            assert_eq!(ended_after(&mut watch, states), Some((number, Ok(answer()))));
        }
    }

    #[test]
    fn a_sheet_that_comes_up_while_it_is_closed_is_dismissed() {
        let down = SheetFacts::default();
        let coming = SheetFacts { is_presented: true, is_being_presented: true, ..down };
        let up = SheetFacts { is_presented: true, is_in_window: true, ..down };
        let steps = |sheets: &[Option<SheetFacts>]| {
            let mut closing = ClosingSheet::default();
            sheets.iter().map(|sheet| closing.inspect(*sheet)).collect::<Vec<_>>()
        };
        use ClosingStep::{Dismiss, End, Wait};
        let late = [Some(down), Some(coming), Some(up), Some(up), Some(down)];
        assert_eq!(steps(&late), [Wait, Wait, Dismiss, Dismiss, End]);
        assert_eq!(steps(&[Some(up), None]), [Dismiss, End]);
        assert_eq!(steps(&[Some(down), None]), [Wait, End]);
        assert_eq!(steps(&[Some(down); 24])[22..], [Wait, End]);
        assert_eq!(steps(&[Some(up); 24])[22..], [Dismiss, End]);
    }

    #[test]
    fn cbk_7_the_first_answer_counts() {
        let mut watch = SheetWatch::default();
        watch.keep_answer(answer()).unwrap();
        assert_eq!(watch.keep_answer(PairingAnswer::default()), Err(PairingAnswer::default()));
        assert_eq!(watch.inspect(SheetState::Freed), Some(Ok(answer())));
    }
}

//! One pairing sheet: what it tells, and when it is gone.

use std::time::Duration;

use digital_key_domain::{PairingAnswer, Vin};
use digital_key_ports::LateAnswer;
use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{AppleError, DigitalKeyField, NotShown, PassFields, SheetFacts, pairing_answer};

/// How long nothing is told before someone looks. A sheet that is swiped away or torn down with
/// its window calls no delegate, so looking is the one way that finds out whatever happened.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What a sheet tells, from its delegate on the main thread to the pairing that waits for it.
#[derive(Debug, Clone)]
pub struct SheetTeller {
    field: DigitalKeyField,
    news: UnboundedSender<SheetNews>,
    pub(crate) late: LateAnswers,
}

/// Where a sheet tells what comes too late for its pairing (CBK-7).
#[derive(Debug, Clone)]
pub(crate) struct LateAnswers {
    pub(crate) vin: Vin,
    pub(crate) answers: UnboundedSender<LateAnswer>,
}

impl LateAnswers {
    pub(crate) fn tell(&self, answer: PairingAnswer) {
        // It fails only when the adapter is gone.
        let _ = self.answers.send(LateAnswer { vin: self.vin, answer });
    }
}

/// What a sheet tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SheetNews {
    /// Its delegate was called.
    Answered(PairingAnswer),
    /// Its dismissal has ended.
    Dismissed,
}

impl SheetTeller {
    pub(crate) fn new(
        field: DigitalKeyField,
        late: LateAnswers,
    ) -> (Self, UnboundedReceiver<SheetNews>) {
        let (news, told) = unbounded_channel();
        (Self { field, news, late }, told)
    }

    /// A method of the delegate was called, with these passes and this error (CBK-1 to CBK-4).
    /// The first call is the answer of the pairing, unless that has ended; any other is told as a
    /// late one (CBK-7).
    pub fn answered(&self, passes: &[PassFields], error: Option<AppleError<'_>>) {
        let answer = pairing_answer(self.field, passes, error);
        if let Err(SendError(SheetNews::Answered(answer))) =
            self.news.send(SheetNews::Answered(answer))
        {
            self.late.tell(answer);
        }
    }

    /// The sheet has been dismissed.
    pub fn dismissed(&self) {
        // It fails only when nobody waits for the pairing any more.
        let _ = self.news.send(SheetNews::Dismissed);
    }
}

/// What one look at the sheet means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// It is on the screen, on its way there, or behind something that it shows itself.
    Up,
    /// It exists and is nowhere on the screen.
    Down,
    /// It exists no more, so it has nothing more to tell.
    Freed,
}

impl Look {
    pub(crate) fn at(sheet: Option<SheetFacts>) -> Self {
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

/// Decides when a pairing has ended, from its answer and from looks at its sheet.
///
/// An answer counts once the sheet is off the screen: UIKit refuses the next one before that.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    answer: Option<PairingAnswer>,
    was_up: bool,
    /// How many looks in a row left it open.
    looks: u32,
}

impl Watch {
    /// How many looks an answer gets that is told after its sheet is down.
    const UNTIL_NO_ANSWER: u32 = 3;
    /// How many looks a sheet gets to come up: UIKit delays the presentation of one that another
    /// process draws, by up to 10 seconds, and a presenter may work later, as one in SwiftUI does.
    const UNTIL_NOT_PRESENTED: u32 = 24;
    /// How many looks the dismissal gets after the answer, before the answer counts anyway.
    const UNTIL_ANSWER_COUNTS: u32 = 6;

    /// Takes the first answer, and gives any other back.
    pub(crate) fn take(&mut self, answer: PairingAnswer) -> Result<(), PairingAnswer> {
        if self.answer.is_some() {
            return Err(answer);
        }
        self.answer = Some(answer);
        Ok(())
    }

    /// How the pairing ended, if this look shows that it did: with Apple's answer, with neither a
    /// pass nor an error (CBK-4), or without ever having been on the screen.
    pub(crate) fn look(&mut self, look: Look) -> Option<Result<PairingAnswer, NotShown>> {
        if look == Look::Up && !self.was_up {
            self.was_up = true;
            self.looks = 0;
        }
        self.looks += 1;
        let ended = match (look, &self.answer) {
            (Look::Freed, _) | (Look::Down, Some(_)) => true,
            (Look::Up, Some(_)) => self.looks >= Self::UNTIL_ANSWER_COUNTS,
            (Look::Up, None) => {
                self.looks = 0;
                false
            }
            (Look::Down, None) if self.was_up => self.looks >= Self::UNTIL_NO_ANSWER,
            (Look::Down, None) => self.looks >= Self::UNTIL_NOT_PRESENTED,
        };
        ended.then(|| match self.answer.take() {
            Some(answer) => Ok(answer),
            None if self.was_up => Ok(PairingAnswer::default()),
            None => Err(NotShown::NotPresented),
        })
    }
}

#[cfg(test)]
mod tests {
    use digital_key_domain::AppleErrorCode;

    use super::*;

    fn answer() -> PairingAnswer {
        PairingAnswer { pass: None, error: Some(AppleErrorCode::DeviceNotReady) }
    }

    /// How it ended, and after how many of these looks.
    fn ended_after(
        watch: &mut Watch,
        looks: &[Look],
    ) -> Option<(usize, Result<PairingAnswer, NotShown>)> {
        (1..).zip(looks).find_map(|(number, look)| Some((number, watch.look(*look)?)))
    }

    #[test]
    fn a_sheet_is_up_as_long_as_anything_shows_it() {
        let down = SheetFacts::default();
        assert_eq!(Look::at(None), Look::Freed);
        assert_eq!(Look::at(Some(down)), Look::Down);
        for up in [
            SheetFacts { is_presented: true, ..down },
            SheetFacts { is_being_presented: true, ..down },
            SheetFacts { has_parent: true, ..down },
            SheetFacts { is_in_window: true, ..down },
        ] {
            assert_eq!(Look::at(Some(up)), Look::Up, "{up:?}");
        }
    }

    #[test]
    fn a_sheet_that_stays_up_ends_nothing() {
        assert_eq!(ended_after(&mut Watch::default(), &[Look::Up; 10_000]), None);
    }

    #[test]
    fn gen_2_a_sheet_that_is_gone_ends_the_pairing_without_an_answer() {
        let freed = ended_after(&mut Watch::default(), &[Look::Up, Look::Freed]);
        assert_eq!(freed, Some((2, Ok(PairingAnswer::default()))));
        let down = [Look::Up, Look::Up, Look::Down, Look::Down, Look::Down];
        let down = ended_after(&mut Watch::default(), &down);
        assert_eq!(down, Some((5, Ok(PairingAnswer::default()))));
    }

    #[test]
    fn a_sheet_that_comes_back_goes_on() {
        let looks = [Look::Up, Look::Down, Look::Down].repeat(20);
        assert_eq!(ended_after(&mut Watch::default(), &looks), None);
    }

    #[test]
    fn an_answer_right_after_the_sheet_is_down_counts() {
        let mut watch = Watch::default();
        assert_eq!(ended_after(&mut watch, &[Look::Up, Look::Down, Look::Down]), None);
        watch.take(answer()).unwrap();
        assert_eq!(watch.look(Look::Down), Some(Ok(answer())));
    }

    #[test]
    fn a_presenter_may_take_its_time_but_not_for_ever() {
        let mut watch = Watch::default();
        assert_eq!(ended_after(&mut watch, &[Look::Down; 23]), None);
        assert_eq!(ended_after(&mut watch, &[Look::Up; 9]), None);
        let never = ended_after(&mut Watch::default(), &[Look::Down; 50]);
        assert_eq!(never, Some((24, Err(NotShown::NotPresented))));
        let dropped = ended_after(&mut Watch::default(), &[Look::Freed]);
        assert_eq!(dropped, Some((1, Err(NotShown::NotPresented))));
    }

    #[test]
    fn an_answer_counts_once_its_sheet_is_gone_or_will_not_go() {
        for (looks, number) in
            [(&[Look::Freed][..], 1), (&[Look::Up, Look::Up, Look::Down], 3), (&[Look::Up; 9], 6)]
        {
            let mut watch = Watch::default();
            assert_eq!(ended_after(&mut watch, &[Look::Up; 50]), None);
            watch.take(answer()).unwrap();
            assert_eq!(ended_after(&mut watch, looks), Some((number, Ok(answer()))));
        }
    }

    #[test]
    fn cbk_7_the_first_answer_counts() {
        let mut watch = Watch::default();
        watch.take(answer()).unwrap();
        assert_eq!(watch.take(PairingAnswer::default()), Err(PairingAnswer::default()));
        assert_eq!(watch.look(Look::Freed), Some(Ok(answer())));
    }
}

//! The comparison can fail: it finds each fault that is planted into the machine.

use digital_key_domain::{
    Effect, Event, Flow, Generation, Intent, PageView, PairingAnswer, Presence, Question, Reason,
    RecordChange, Reply, Request, Settings, Tap, Taps, Verdict, View,
};
use digital_key_model::Machine;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use crate::agree::{compare, normal_run};
use crate::generate;

/// A wrong rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// ENT-2: the support answer is not cached.
    SupportIsForgotten,
    /// WEL-2, OVR-2: "cannot say" counts as "no".
    CannotSayMeansNo,
    /// WEL-3: a status request that is in flight is not joined.
    AsksTwice,
    /// WEL-4: Continue is always offered.
    ContinueIsAlwaysOffered,
    /// RDY-2: the highlight stays when the box is checked.
    HighlightStays,
    /// RDY-5: a second tap starts a second pairing.
    StartsTwice,
    /// CBK-3: a pass with an error is a failure.
    PassWithErrorFails,
    /// CBK-7: a success that no page waits for is not recorded.
    UnawaitedSuccessIsLost,
    /// CBK-7: a start that returns a success after its sheet was gone is not recorded.
    SuccessAfterSheetGoneIsLost,
    /// CBK-7: a success that Apple's API reports after the start had returned is not recorded.
    LateSuccessIsLost,
    /// CBK-7, GEN-5: such a success is recorded although the user signed out.
    LateSuccessAfterSignOutIsRecorded,
    /// OVR-7: coming to the foreground reads nothing again.
    ForegroundIsIgnored,
    /// MOV-2: Cancel leaves the flow.
    CancelLeaves,
    /// GEN-2: an event that is ignored leaves a trace.
    IgnoredLeavesTrace,
    /// GEN-2: whether Apple's sheet is gone is never asked.
    SheetIsNotChecked,
    /// GEN-5: a sign-out leaves the cache as it is.
    SignOutErasesNothing,
    /// GEN-8: a tap that is offered is ignored.
    OfferedTapIsIgnored,
    /// GEN-8: a tap that is not offered is accepted.
    TapThatIsNotOfferedIsAccepted,
}

const FAULTS: &[Fault] = &[
    Fault::SupportIsForgotten,
    Fault::CannotSayMeansNo,
    Fault::AsksTwice,
    Fault::ContinueIsAlwaysOffered,
    Fault::HighlightStays,
    Fault::StartsTwice,
    Fault::PassWithErrorFails,
    Fault::UnawaitedSuccessIsLost,
    Fault::SuccessAfterSheetGoneIsLost,
    Fault::LateSuccessIsLost,
    Fault::LateSuccessAfterSignOutIsRecorded,
    Fault::ForegroundIsIgnored,
    Fault::CancelLeaves,
    Fault::IgnoredLeavesTrace,
    Fault::SheetIsNotChecked,
    Fault::SignOutErasesNothing,
    Fault::OfferedTapIsIgnored,
    Fault::TapThatIsNotOfferedIsAccepted,
];

/// The flow machine with a fault around it.
#[derive(Debug, Clone, PartialEq)]
struct Faulty {
    flow: Flow,
    fault: Option<Fault>,
    ignored: u32,
    highlighted: bool,
    signed_out: bool,
}

impl Faulty {
    fn new(fault: Option<Fault>, settings: Settings) -> Self {
        let flow = Flow::new(settings);
        Self { flow, fault, ignored: 0, highlighted: false, signed_out: false }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn waits_for_apple(&self) -> bool {
        matches!(
            self.flow.view().page,
            PageView::ReadyToPair { .. } | PageView::PairingError { .. }
        )
    }

    /// Changes an event on its way to the machine. `None` = the machine does not get it.
    fn twist(&self, mut event: Event) -> Option<Event> {
        let Some(fault) = self.fault else { return Some(event) };
        match (fault, &mut event) {
            (
                Fault::CannotSayMeansNo,
                Event::Replied { reply: Reply::Presence(presence @ Presence::CannotSay), .. },
            ) => *presence = Presence::Absent,
            (
                Fault::PassWithErrorFails,
                Event::Replied {
                    reply: Reply::Pairing(PairingAnswer { pass, error: Some(_) }),
                    ..
                },
            ) => *pass = None,
            (
                Fault::UnawaitedSuccessIsLost,
                Event::Replied { reply: Reply::Pairing(PairingAnswer { pass, .. }), .. },
            ) if !self.waits_for_apple() => *pass = None,
            (
                Fault::SuccessAfterSheetGoneIsLost,
                Event::Replied { reply: Reply::Pairing(PairingAnswer { pass, .. }), .. },
            ) if !self.flow.view().pairing_runs => *pass = None,
            (
                Fault::LateSuccessIsLost,
                Event::LateAnswer { answer: PairingAnswer { pass, .. }, .. },
            ) => *pass = None,
            (Fault::CancelLeaves, Event::Intent(Intent::Tap(tap @ Tap::CancelMove))) => {
                *tap = Tap::Close;
            }
            (Fault::OfferedTapIsIgnored, Event::Intent(Intent::Tap(tap @ Tap::ConfirmError)))
                if self.flow.view().offers.contains(*tap) =>
            {
                return None;
            }
            (Fault::ForegroundIsIgnored, Event::CameToForeground) => return None,
            _ => {}
        }
        Some(event)
    }

    fn leaves_out(&self, effect: &Effect) -> bool {
        match self.fault {
            Some(Fault::SupportIsForgotten) => {
                matches!(effect, Effect::Store { change: RecordChange::Support(_), .. })
            }
            Some(Fault::SheetIsNotChecked) => asks(effect, &Question::CheckSheet),
            Some(Fault::SignOutErasesNothing) => matches!(effect, Effect::EraseAll),
            _ => false,
        }
    }

    fn does_twice(&self, effect: &Effect) -> bool {
        match self.fault {
            Some(Fault::AsksTwice) => asks(effect, &Question::Status),
            Some(Fault::StartsTwice) => asks(effect, &Question::StartPairing),
            _ => false,
        }
    }

    /// Returns `true` if the fault is to accept this event, which the machine ignored.
    fn accepts_wrongly(&self, event: &Event, effects: &mut Vec<Effect>) -> bool {
        match event {
            Event::Intent(Intent::Tap(_)) => self.has(Fault::TapThatIsNotOfferedIsAccepted),
            Event::LateAnswer { vin, answer: PairingAnswer { pass: Some(key), .. } }
                if self.has(Fault::LateSuccessAfterSignOutIsRecorded) && self.signed_out =>
            {
                let change = RecordChange::Paired { key: key.clone(), used: Generation::default() };
                effects.push(Effect::Store { vin: *vin, change });
                true
            }
            _ => false,
        }
    }
}

fn asks(effect: &Effect, asked: &Question) -> bool {
    matches!(effect, Effect::Request(Request { question, .. }) if question == asked)
}

impl Machine for Faulty {
    fn start(&self, settings: Settings) -> Self {
        Self::new(self.fault, settings)
    }

    fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        let Some(event) = self.twist(event) else {
            return Verdict::Ignored(Reason::NotConcerned);
        };
        let mut wanted = Vec::new();
        let mut verdict = self.flow.step(event.clone(), &mut wanted);
        for effect in wanted {
            if self.does_twice(&effect) {
                effects.push(effect.clone());
            }
            if !self.leaves_out(&effect) {
                effects.push(effect);
            }
        }
        if let Verdict::Ignored(Reason::NotOffered | Reason::NotAwaited) = verdict
            && self.accepts_wrongly(&event, effects)
        {
            verdict = Verdict::Accepted;
        }
        if self.has(Fault::IgnoredLeavesTrace) && verdict != Verdict::Accepted {
            self.ignored += 1;
        }
        self.highlighted = match self.flow.view().page {
            PageView::ReadyToPair { highlighted, .. } => highlighted || self.highlighted,
            _ => false,
        };
        self.signed_out |= event == Event::SignedOut;
        verdict
    }

    fn view(&self) -> View {
        let mut view = self.flow.view();
        match (self.fault, &mut view.page) {
            (Some(Fault::ContinueIsAlwaysOffered), PageView::Welcome { .. }) => {
                view.offers = view.offers | Taps::of([Tap::Continue]);
            }
            (Some(Fault::HighlightStays), PageView::ReadyToPair { highlighted, .. }) => {
                *highlighted = self.highlighted;
            }
            _ => {}
        }
        view
    }
}

/// Returns `true` if the normal run finds the fault.
fn is_found(fault: Option<Fault>) -> bool {
    let config = Config { failure_persistence: None, max_shrink_iters: 0, ..normal_run() };
    let found = TestRunner::new(config).run(&generate::run(), |(settings, steps)| {
        compare(&Faulty::new(fault, settings.clone()), settings, &steps)
            .map(drop)
            .map_err(|disagreement| TestCaseError::fail(disagreement.to_string()))
    });
    matches!(found, Err(TestError::Fail(..)))
}

#[test]
fn every_planted_fault_is_found() {
    for fault in FAULTS {
        assert!(is_found(Some(*fault)), "{fault:?} was not found");
    }
}

#[test]
fn without_a_fault_nothing_is_found() {
    assert!(!is_found(None));
}

//! The comparison can fail: each fault that is planted into the machine is found.

use digital_key_domain::{
    Answer, Effect, Event, Flow, Intent, PageView, PairingAnswer, Presence, Reason, RecordChange,
    Settings, Tap, Verdict, View,
};
use digital_key_model::Machine;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use crate::agree::{live, normal_run};
use crate::generate;

/// A wrong rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// ENT-2: the support answer is not cached.
    SupportIsForgotten,
    /// WEL-2, OVR-2: "cannot say" counts as "no".
    CannotSayMeansNo,
    /// WEL-3: a status request that is under way is not joined.
    AsksTwice,
    /// WEL-4: Continue is always enabled.
    ContinueIsAlwaysEnabled,
    /// RDY-2: the highlight stays when the box is checked.
    HighlightStays,
    /// RDY-5: a second tap starts a second pairing.
    StartsTwice,
    /// CBK-3: a pass with an error is a failure.
    PassWithErrorFails,
    /// CBK-7: a success that comes late is not recorded.
    LateSuccessIsForgotten,
    /// CBK-7: a success that comes after an error is not recorded.
    SuccessAfterErrorIsForgotten,
    /// OVR-7: nothing is read again on coming to the foreground.
    ForegroundIsIgnored,
    /// MOV-2: Cancel leaves the flow.
    CancelLeaves,
    /// GEN-2: an event that is ignored leaves a trace.
    IgnoredLeavesTrace,
    /// GEN-2: nobody looks whether Apple's sheet is gone.
    SheetIsNotChecked,
    /// GEN-5: a sign-out leaves the cache as it is.
    SignOutErasesNothing,
}

const FAULTS: &[Fault] = &[
    Fault::SupportIsForgotten,
    Fault::CannotSayMeansNo,
    Fault::AsksTwice,
    Fault::ContinueIsAlwaysEnabled,
    Fault::HighlightStays,
    Fault::StartsTwice,
    Fault::PassWithErrorFails,
    Fault::LateSuccessIsForgotten,
    Fault::SuccessAfterErrorIsForgotten,
    Fault::ForegroundIsIgnored,
    Fault::CancelLeaves,
    Fault::IgnoredLeavesTrace,
    Fault::SheetIsNotChecked,
    Fault::SignOutErasesNothing,
];

/// The flow machine with a fault around it.
#[derive(Debug, Clone, PartialEq)]
struct Faulty {
    flow: Flow,
    fault: Option<Fault>,
    ignored: u32,
    highlighted: bool,
}

impl Faulty {
    fn new(fault: Option<Fault>, settings: Settings) -> Self {
        Self { flow: Flow::new(settings), fault, ignored: 0, highlighted: false }
    }

    fn waits_for_apple(&self) -> bool {
        matches!(
            self.flow.view().page,
            PageView::ReadyToPair { .. } | PageView::PairingError { .. }
        )
    }

    /// What the machine is told instead; `None` = it is not told.
    fn twist(&self, mut event: Event) -> Option<Event> {
        let Some(fault) = self.fault else { return Some(event) };
        match (fault, &mut event) {
            (
                Fault::CannotSayMeansNo,
                Event::Answered {
                    answer: Answer::Presence(presence @ Presence::CannotSay), ..
                },
            ) => *presence = Presence::Absent,
            (
                Fault::PassWithErrorFails,
                Event::Answered {
                    answer: Answer::Pairing(PairingAnswer { pass, error: Some(_) }),
                    ..
                },
            ) => *pass = None,
            (
                Fault::LateSuccessIsForgotten,
                Event::Answered { answer: Answer::Pairing(PairingAnswer { pass, .. }), .. },
            ) if !self.waits_for_apple() => *pass = None,
            (
                Fault::SuccessAfterErrorIsForgotten,
                Event::Answered { answer: Answer::Pairing(PairingAnswer { pass, .. }), .. },
            ) if !self.flow.view().pairing_runs => *pass = None,
            (Fault::CancelLeaves, Event::Intent(Intent::Tap(tap @ Tap::CancelMove))) => {
                *tap = Tap::Close;
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
            Some(Fault::SheetIsNotChecked) => matches!(effect, Effect::CheckSheet { .. }),
            Some(Fault::SignOutErasesNothing) => matches!(effect, Effect::EraseAll),
            _ => false,
        }
    }

    fn does_twice(&self, effect: &Effect) -> bool {
        match self.fault {
            Some(Fault::AsksTwice) => matches!(effect, Effect::AskStatus { .. }),
            Some(Fault::StartsTwice) => matches!(effect, Effect::StartPairing { .. }),
            _ => false,
        }
    }
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
        let verdict = self.flow.step(event, &mut wanted);
        for effect in wanted {
            if self.does_twice(&effect) {
                effects.push(effect.clone());
            }
            if !self.leaves_out(&effect) {
                effects.push(effect);
            }
        }
        if self.fault == Some(Fault::IgnoredLeavesTrace) && verdict != Verdict::Accepted {
            self.ignored += 1;
        }
        self.highlighted = match self.flow.view().page {
            PageView::ReadyToPair { highlighted, .. } => highlighted || self.highlighted,
            _ => false,
        };
        verdict
    }

    fn view(&self) -> View {
        let mut view = self.flow.view();
        match (self.fault, &mut view.page) {
            (Some(Fault::ContinueIsAlwaysEnabled), PageView::Welcome { continue_enabled, .. }) => {
                *continue_enabled = true;
            }
            (Some(Fault::HighlightStays), PageView::ReadyToPair { highlighted, .. }) => {
                *highlighted = self.highlighted;
            }
            _ => {}
        }
        view
    }
}

/// Whether the normal run finds it.
fn is_found(fault: Option<Fault>) -> bool {
    let config = Config { failure_persistence: None, max_shrink_iters: 0, ..normal_run() };
    let found = TestRunner::new(config).run(&generate::run(), |(settings, steps)| {
        live(&Faulty::new(fault, settings.clone()), settings, &steps)
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

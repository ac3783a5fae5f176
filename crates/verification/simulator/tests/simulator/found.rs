//! The faults that histories found, each as its shortest history.

use digital_key_domain::Tap;
use digital_key_simulator::{
    Action, BackendChange, Parts, PhoneFault, Plan, Planned, SheetEnd, Simulator, StoreFault, Wait,
};

/// Runs the actions, each when all is quiet, and expects no violation.
#[track_caller]
fn is_sound(actions: &[Action]) {
    let actions = actions
        .iter()
        .map(|action| Planned { wait: Wait::Millis(200), phone: 0, action: *action })
        .collect();
    let simulator = Simulator::new(Parts::default()).unwrap();
    let outcome =
        simulator.run_with_trace(&Plan { seed: 1, circuit_breaker: true, phones: 1, actions });
    assert!(outcome.violation.is_none(), "{:#?}\n{:#?}", outcome.violation, outcome.trace);
}

/// The taps from Welcome to Apple's sheet.
const TO_THE_SHEET: [Action; 4] = [
    Action::Tap(Tap::Continue),
    Action::Tap(Tap::Continue),
    Action::Tap(Tap::TickBox),
    Action::Tap(Tap::Continue),
];

#[test]
fn rdy_4_a_take_that_was_left_and_the_next_one_are_both_counted_after_a_suspension() {
    let mut actions = vec![Action::Select { vehicle: 0 }, Action::Tap(Tap::Entry)];
    actions.push(Action::Backend { vehicle: 0, change: BackendChange::HasPasswords(false) });
    actions.extend(TO_THE_SHEET);
    actions.extend([
        Action::Sheet(SheetEnd::Vanished),
        Action::Suspend,
        Action::Tap(Tap::Retry),
        Action::Tap(Tap::Close),
        Action::Tap(Tap::Entry),
    ]);
    actions.extend(TO_THE_SHEET);
    actions.push(Action::Resume);
    is_sound(&actions);
}

#[test]
fn ovr_2_the_wallet_is_asked_after_the_app_regained_focus_also_when_a_success_came_late() {
    let mut actions = vec![Action::Select { vehicle: 0 }, Action::Tap(Tap::Entry)];
    actions.extend(&TO_THE_SHEET[..3]);
    actions.extend([
        // The key is made, and Apple's answer comes later.
        Action::Phone(PhoneFault::Slow(3_000)),
        Action::Tap(Tap::Continue),
        Action::Sheet(SheetEnd::Made { backend_lags: false, with_error: false }),
        Action::Tap(Tap::Close),
        Action::Tap(Tap::Entry),
        // Overview asks the wallet, which does not answer before the success is there.
        Action::Phone(PhoneFault::Hangs),
        Action::Tap(Tap::Continue),
        Action::Foreground,
        Action::DeleteInWallet { vehicle: 0 },
    ]);
    is_sound(&actions);
}

#[test]
fn gen_5_nothing_is_read_before_a_sign_out_has_erased_the_store() {
    is_sound(&[
        Action::Select { vehicle: 0 },
        Action::Store(StoreFault::FailsBefore),
        Action::SignOut { cancelled: false },
        Action::Select { vehicle: 0 },
    ]);
}

/// Apple's API calls back about the sheet of the account before while the next sheet is up.
#[test]
fn gen_5_gen_9_a_late_answer_is_not_taken_for_the_sheet_of_the_next_account() {
    for gone in [Action::SignOut { cancelled: false }, Action::Forget { vehicle: 0 }] {
        let mut actions = vec![Action::Select { vehicle: 0 }, Action::Tap(Tap::Entry)];
        actions.extend(TO_THE_SHEET);
        actions.extend([Action::Sheet(SheetEnd::Vanished), gone]);
        actions.extend([Action::Select { vehicle: 0 }, Action::Tap(Tap::Entry)]);
        actions.extend(TO_THE_SHEET);
        let made = SheetEnd::Made { backend_lags: true, with_error: false };
        actions.extend([Action::LateAnswer(made), Action::Sheet(SheetEnd::Vanished)]);
        is_sound(&actions);
    }
}

#[test]
fn gen_9_a_forgotten_vehicle_is_not_read_before_it_is_erased() {
    for fault in [StoreFault::FailsBefore, StoreFault::FlushFails, StoreFault::FailsAfter] {
        is_sound(&[
            Action::Select { vehicle: 0 },
            Action::Store(fault),
            Action::Forget { vehicle: 0 },
            Action::Select { vehicle: 0 },
            Action::Kill { unflushed_survives: true },
            Action::Select { vehicle: 0 },
        ]);
    }
}

#[test]
fn gen_5_the_next_account_starts_without_the_facts_of_the_last_one() {
    let mut actions = vec![Action::Select { vehicle: 0 }, Action::Tap(Tap::Entry)];
    actions.extend(TO_THE_SHEET);
    let made = SheetEnd::Made { backend_lags: true, with_error: false };
    actions.extend([Action::Sheet(made), Action::StartFor { account: 1 }]);
    actions.extend([Action::Select { vehicle: 0 }, Action::Tap(Tap::Entry)]);
    is_sound(&actions);
}

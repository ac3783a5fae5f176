//! What must hold on every edge.

use digital_key_domain::{
    Blockers, Effect, Event, Flow, KeyState, OwnerKey, PageView, PairingAnswer, Presence, Question,
    RecordChange, Reply, Request, TakeOutcome, Taps, Verdict, View, Vin,
};

use super::Violation;
use crate::state::{Sheet, SheetPhase, State};
use crate::state_space::{Rules, Step};

/// Checks one edge: the state before, the step, and the state after.
pub(crate) fn check_edge(
    before: &State,
    step: &Step,
    after: &State,
    rules: &dyn Rules,
) -> Result<(), Violation> {
    ignored_events_have_no_effect(before, step, after)?;
    a_start_has_its_use(step)?;
    a_success_is_recorded(before, step)?;
    a_success_is_shown(step, after)?;
    the_foreground_asks_again(before, step, after)?;
    a_late_error_has_no_effect(before, step)?;
    no_answer_counts_twice(step, after, rules)?;
    keys_follow_the_wallet(before, step, after)?;
    answers_stay_with_their_vehicle(before, step, after)?;
    sign_out_leaves_nothing(step, after)?;
    a_refresh_asks_and_moves_no_page(before, step, after)?;
    a_forgotten_vehicle_leaves_nothing(before, step, after)?;
    the_wallet_opens_at_the_local_key(step, after)
}

fn ensure(holds: bool, violation: Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation) }
}

/// Returns the vehicle of an answer.
fn answered(event: &Event) -> Option<Vin> {
    match event {
        Event::Replied { vin, .. } | Event::LateAnswer { vin, .. } => Some(*vin),
        Event::Intent(_)
        | Event::WentToBackground
        | Event::CameToForeground
        | Event::WalletChanged
        | Event::RefreshRequested(_)
        | Event::VehicleForgotten(_)
        | Event::SignedOut
        | Event::CacheFailed(_) => None,
    }
}

fn ignored_events_have_no_effect(
    before: &State,
    step: &Step,
    after: &State,
) -> Result<(), Violation> {
    let acted = before.flow != after.flow || !step.effects.is_empty();
    ensure(step.verdict == Verdict::Accepted || !acted, Violation::IgnoredButActed)
}

fn a_start_has_its_use(step: &Step) -> Result<(), Violation> {
    for effect in &step.effects {
        let Effect::Request(Request { id, question: Question::StartPairing, .. }) = effect else {
            continue;
        };
        let has_use = matches!(
            &step.event,
            Event::Replied { id: of, reply: Reply::UseTaken(Ok(TakeOutcome::Granted(counted))), .. }
                if of == id && (1..=3).contains(&counted.uses.get())
        );
        ensure(has_use, Violation::StartedWithoutUse)?;
    }
    Ok(())
}

/// Returns Apple's answer on this edge, with the sheet that it belongs to.
fn answer_of_sheet<'a>(before: &'a State, event: &'a Event) -> Option<(Sheet, &'a PairingAnswer)> {
    let mut sheets = before.sheets.iter().copied();
    if let Event::LateAnswer { vin, answer } = event {
        let sheet = sheets.find(|it| it.phase == SheetPhase::Returned && it.vin == *vin)?;
        Some((sheet, answer))
    } else if let Event::Replied { id, reply: Reply::Pairing(answer), .. } = event {
        let sheet = sheets.find(|it| it.phase != SheetPhase::Returned && it.id == *id)?;
        Some((sheet, answer))
    } else {
        None
    }
}

/// A success is recorded however late it comes (CBK-7), unless the account has signed out since
/// (GEN-5) or a newer sheet of the vehicle has made a key. A late answer names the vehicle only. If it
/// may be of a sheet whose account or vehicle is gone, it is not recorded (GEN-5, GEN-9); if it may be
/// of an older sheet of the same account, it counts.
fn a_success_is_recorded(before: &State, step: &Step) -> Result<(), Violation> {
    let Some((sheet, PairingAnswer { pass: Some(pass), .. })) =
        answer_of_sheet(before, &step.event)
    else {
        return Ok(());
    };
    let is_recorded = step.effects.iter().any(|effect| {
        matches!(
            effect,
            Effect::Store { vin, change: RecordChange::Paired { key, .. } }
                if *vin == sheet.vin && key == pass
        )
    });
    let is_late = matches!(step.event, Event::LateAnswer { .. });
    if is_late && before.shown_sheets.get(&sheet.vin) == Some(&true) {
        return ensure(!is_recorded, Violation::ObsoleteSuccessRecorded);
    }
    if sheet.is_obsolete {
        let may_be_of_another_sheet = sheet.phase == SheetPhase::Returned
            && before.sheets.iter().any(|it| it.vin == sheet.vin && !it.is_obsolete);
        return ensure(!is_recorded || may_be_of_another_sheet, Violation::ObsoleteSuccessRecorded);
    }
    let is_known = local_key(&before.flow, sheet.vin).is_some_and(|owner| owner.id == *pass);
    ensure(is_recorded || is_known, Violation::SuccessNotRecorded)
}

/// Nobody reads "it did not work", or pairs over a key that was just made (CBK-7).
fn a_success_is_shown(step: &Step, after: &State) -> Result<(), Violation> {
    let view = after.flow.view();
    let is_of_shown_vehicle = step.effects.iter().any(|effect| {
        matches!(
            effect,
            Effect::Store { vin, change: RecordChange::Paired { .. } } if Some(*vin) == view.vehicle
        )
    });
    let page = view.page.name();
    let is_of_pairing =
        ["GrabYourTwoKeys", "ReadyToPair", "PairingError", "PairingAttemptsExhausted"]
            .contains(&page);
    ensure(!(is_of_shown_vehicle && is_of_pairing), Violation::SuccessNotShown(page))
}

/// A page that failed is not final: the vehicle tab asks for support again (ENT-4), and Welcome for
/// the status (WEL-1).
fn the_foreground_asks_again(before: &State, step: &Step, after: &State) -> Result<(), Violation> {
    let view = before.flow.view();
    let (Event::CameToForeground, Some(vin)) = (&step.event, view.vehicle) else { return Ok(()) };
    let is_asked = |questions: &[Question]| {
        let mut open = after.open_requests().filter(|request| request.vin == vin);
        open.any(|request| questions.contains(&request.question))
    };
    let lacks_support = before.flow.record(vin).is_none_or(|record| record.support.is_none());
    let is_on_tab = matches!(view.page, PageView::VehicleTab { .. });
    let has_failed = matches!(
        view.page,
        PageView::Welcome { blockers, .. } if blockers == Blockers::backend_error()
    );
    let holds = (!(is_on_tab && lacks_support) || is_asked(&[Question::Record, Question::Support]))
        && (!has_failed || is_asked(&[Question::Status]));
    ensure(holds, Violation::NotAskedAgain(view.page.name()))
}

/// No page waits for an answer whose sheet is known to be gone, or whose page was left (CBK-7).
fn a_late_error_has_no_effect(before: &State, step: &Step) -> Result<(), Violation> {
    let Some((sheet, PairingAnswer { pass: None, .. })) = answer_of_sheet(before, &step.event)
    else {
        return Ok(());
    };
    let view = before.flow.view();
    let may_be_awaited = sheet.phase == SheetPhase::Up
        && !sheet.is_obsolete
        && view.vehicle == Some(sheet.vin)
        && matches!(view.page, PageView::ReadyToPair { .. } | PageView::PairingError { .. });
    let acted = !step.effects.is_empty()
        || (sheet.phase == SheetPhase::Returned && step.verdict == Verdict::Accepted);
    ensure(may_be_awaited || !acted, Violation::LateErrorActed)
}

fn no_answer_counts_twice(step: &Step, after: &State, rules: &dyn Rules) -> Result<(), Violation> {
    if step.verdict != Verdict::Accepted || answered(&step.event).is_none() {
        return Ok(());
    }
    let mut flow = after.flow.clone();
    let verdict = rules.step(&mut flow, step.event.clone(), &mut Vec::new());
    ensure(verdict != Verdict::Accepted, Violation::DuplicateAccepted)
}

fn local_key(flow: &Flow, vin: Vin) -> Option<&OwnerKey> {
    let owner = flow.record(vin)?.key.owner()?;
    owner.on_this_phone.then_some(owner)
}

/// A key is on this phone from a yes or a pairing on, until a no, a sign-out or another key that
/// the wallet let in.
fn keys_follow_the_wallet(before: &State, step: &Step, after: &State) -> Result<(), Violation> {
    let Event::Replied { vin, reply, .. } = &step.event else { return Ok(()) };
    let Some(was) = local_key(&before.flow, *vin) else { return Ok(()) };
    if local_key(&after.flow, *vin).is_some_and(|is| is.id == was.id) {
        let said_no = step.effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Store { change: RecordChange::Presence { on_this_phone: false, .. }, .. }
            )
        });
        return ensure(!said_no, Violation::OutlivedDefiniteNo);
    }
    let may_end = match reply {
        Reply::Presence(Presence::Absent) | Reply::Pairing(_) | Reply::Record(_) => true,
        // A key that was made here stays until the backend has named it once (CBK-8).
        Reply::Status(_) => !was.paired_here || was.reported,
        Reply::Presence(Presence::Present | Presence::CannotSay)
        | Reply::Support(_)
        | Reply::Password(_)
        | Reply::PasswordStored(_)
        | Reply::CanCreateKey(_)
        | Reply::WalletOpened(_)
        | Reply::UseTaken(_)
        | Reply::SheetGone => false,
    };
    ensure(may_end, Violation::ForgottenKey)
}

/// Returns what is shown, the running sheet aside, which belongs to the whole app.
fn shown(flow: &Flow) -> View {
    let mut view = flow.view();
    view.pairing_runs = false;
    view
}

fn answers_stay_with_their_vehicle(
    before: &State,
    step: &Step,
    after: &State,
) -> Result<(), Violation> {
    let Some(vin) = answered(&step.event) else { return Ok(()) };
    let stays =
        before.flow.view().vehicle == Some(vin) || shown(&before.flow) == shown(&after.flow);
    ensure(stays, Violation::ShownOnAnotherVehicle)
}

fn sign_out_leaves_nothing(step: &Step, after: &State) -> Result<(), Violation> {
    if step.event != Event::SignedOut {
        return Ok(());
    }
    let view = after.flow.view();
    let is_clean = view.vehicle.is_none()
        && view.password_uses.is_none()
        && view.warning.is_none()
        && view.offers == Taps::NONE
        && after.cache.keys().all(|vin| after.flow.record(*vin).is_none())
        && step.effects == [Effect::EraseAll];
    ensure(is_clean, Violation::LeftAfterSignOut)
}

/// ENT-10: a refresh reads the record or asks for the support, and moves no page.
fn a_refresh_asks_and_moves_no_page(
    before: &State,
    step: &Step,
    after: &State,
) -> Result<(), Violation> {
    let Event::RefreshRequested(_) = step.event else { return Ok(()) };
    let asks_only =
        step.effects.iter().all(|effect| matches!(effect.call(), "cache.load" | "bff.support"));
    let (was, is) = (before.flow.view(), after.flow.view());
    let stays = was.vehicle == is.vehicle
        && (was.entry, was.page.name(), was.offers) == (is.entry, is.page.name(), is.offers);
    ensure(asks_only && stays, Violation::RefreshActed)
}

/// GEN-9: of a vehicle that left the account nothing is left, and other vehicles are as they were.
fn a_forgotten_vehicle_leaves_nothing(
    before: &State,
    step: &Step,
    after: &State,
) -> Result<(), Violation> {
    let Event::VehicleForgotten(vin) = step.event else { return Ok(()) };
    let was_shown = before.flow.view().vehicle == Some(vin);
    let is_clean = after.flow.record(vin).is_none()
        && step.effects == [Effect::Erase { vin }]
        && if was_shown {
            after.flow.view().vehicle.is_none()
        } else {
            shown(&before.flow) == shown(&after.flow)
        };
    ensure(is_clean, Violation::LeftAfterForget)
}

fn the_wallet_opens_at_the_local_key(step: &Step, after: &State) -> Result<(), Violation> {
    let view = after.flow.view();
    let local = view.vehicle.and_then(|vin| local_key(&after.flow, vin));
    for effect in &step.effects {
        if let Effect::Request(Request { question: Question::OpenWallet(key), .. }) = effect {
            // The pass of a key that the backend has removed can be removed in the wallet (OVR-7).
            let is_removed = view.key_state == KeyState::None;
            let is_local = local.is_some_and(|owner| owner.id == *key);
            ensure(is_local || is_removed, Violation::WrongKeyOpened)?;
        }
    }
    Ok(())
}

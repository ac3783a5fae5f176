//! What must hold on every edge.

use digital_key_domain::{
    Answer, Effect, Event, Intent, PageView, Presence, RecordChange, TakeAnswer, Tap, Verdict,
    View, Vin,
};

use crate::answers::asked;
use crate::world::{Rules, Step, World};

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// An ignored event changed something or caused an effect (GEN-2).
    IgnoredButActed,
    /// A second request for the same VIN and question while the first is open (ENT-6, WEL-3).
    AskedTwice(&'static str),
    /// A second sheet while one is up (RDY-5).
    TwoSheets,
    /// A sheet was started without a use that was just counted (RDY-4), or with more than three.
    StartedWithoutUse,
    /// The same answer once more was accepted (CBK-7).
    DuplicateAccepted,
    /// Memory knows something else than the cache will (GEN-4).
    MemoryDiffersFromCache(Vin),
    /// An answer about one vehicle changed what is shown of another (GEN-3).
    ShownOnAnotherVehicle,
    /// A key is taken to be on this phone after a definite no about it (OVR-2).
    OutlivedDefiniteNo,
    /// A success was not recorded for its vehicle, or one of before a sign-out was (CBK-7, GEN-5).
    SuccessNotRecorded,
    /// A key that was on this phone was lost without a definite no (CBK-8, WEL-2).
    ForgottenKey,
    /// Nothing is under way, and the page waits all the same (GEN-2).
    Stuck(&'static str),
    /// Close did not leave the flow (GEN-1).
    CannotLeave(&'static str),
    /// After a sign-out something is left (GEN-5).
    LeftAfterSignOut,
    /// The wallet was opened at a key of another vehicle, or at one that is elsewhere (OVR-4).
    WrongKeyOpened,
}

/// Checks one edge: `before`, what happened, and `after`.
pub(crate) fn check(
    before: &World,
    step: &Step,
    after: &World,
    rules: &impl Rules,
) -> Result<(), Violation> {
    ignored_means_nothing(before, step, after)?;
    a_start_has_its_use(step)?;
    no_answer_counts_twice(step, after, rules)?;
    a_success_is_recorded(before, step)?;
    keys_follow_the_wallet(before, step, after)?;
    answers_stay_with_their_vehicle(before, step, after)?;
    sign_out_leaves_nothing(step, after)?;
    the_wallet_opens_at_the_local_key(step, after)
}

/// Checks one state by itself.
pub(crate) fn check_state(world: &World, rules: &impl Rules) -> Result<(), Violation> {
    memory_is_what_the_cache_will_be(world)?;
    nothing_waits_for_nothing(world)?;
    close_leaves(world, rules)
}

fn ignored_means_nothing(before: &World, step: &Step, after: &World) -> Result<(), Violation> {
    let acted = before.flow != after.flow || !step.effects.is_empty();
    match step.verdict {
        Verdict::Ignored(_) if acted => Err(Violation::IgnoredButActed),
        Verdict::Ignored(_) | Verdict::Accepted => Ok(()),
    }
}

fn a_start_has_its_use(step: &Step) -> Result<(), Violation> {
    let granted = match &step.event {
        Event::Answered { id, answer: Answer::Take(TakeAnswer::Granted(counted)), .. } => {
            (1..=3).contains(&counted.uses.get()).then_some(*id)
        }
        Event::Answered { .. }
        | Event::Intent(_)
        | Event::WentToBackground
        | Event::CameToForeground
        | Event::WalletChanged
        | Event::SignedOut
        | Event::CacheFailed(_) => None,
    };
    let starts = step.effects.iter().filter(|it| matches!(it, Effect::StartPairing { .. }));
    for start in starts {
        if asked(start).map(|(id, _)| id) != granted {
            return Err(Violation::StartedWithoutUse);
        }
    }
    Ok(())
}

fn no_answer_counts_twice(step: &Step, after: &World, rules: &impl Rules) -> Result<(), Violation> {
    if !matches!(step.event, Event::Answered { .. }) {
        return Ok(());
    }
    let mut flow = after.flow.clone();
    match rules.step(&mut flow, step.event.clone(), &mut Vec::new()) {
        Verdict::Ignored(_) => Ok(()),
        Verdict::Accepted => Err(Violation::DuplicateAccepted),
    }
}

/// However late it comes, and whatever the sheet said before.
fn a_success_is_recorded(before: &World, step: &Step) -> Result<(), Violation> {
    let Event::Answered { id, vin, answer: Answer::Pairing(answer) } = &step.event else {
        return Ok(());
    };
    let (Some(pass), Some(sheet)) =
        (&answer.pass, before.sheets.iter().find(|sheet| sheet.id == *id))
    else {
        return Ok(());
    };
    let is_recorded = step.effects.iter().any(|effect| {
        matches!(
            effect,
            Effect::Store { vin: of, change: RecordChange::Paired { key, .. } }
                if of == vin && key == pass
        )
    });
    if is_recorded == sheet.is_forgotten { Err(Violation::SuccessNotRecorded) } else { Ok(()) }
}

/// "On this phone" begins with a yes or a pairing, and ends with a no, a sign-out or another key
/// that the wallet let in.
fn keys_follow_the_wallet(before: &World, step: &Step, after: &World) -> Result<(), Violation> {
    let Event::Answered { vin, answer, .. } = &step.event else { return Ok(()) };
    let local = |world: &World| {
        let owner = world.flow.record(*vin).and_then(|record| record.key.owner()).cloned();
        owner.filter(|owner| owner.on_this_phone)
    };
    let Some(was) = local(before) else { return Ok(()) };
    if local(after).is_some_and(|is| is.id == was.id) {
        let said_no = step.effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Store { change: RecordChange::Presence { on_this_phone: false, .. }, .. }
            )
        });
        return if said_no { Err(Violation::OutlivedDefiniteNo) } else { Ok(()) };
    }
    let may_end = match answer {
        Answer::Presence(Presence::Absent) | Answer::Pairing(_) | Answer::Record(_) => true,
        // A key that was made here stays, whatever the backend says (CBK-8).
        Answer::Status(_) => !was.paired_here,
        Answer::Presence(Presence::Present | Presence::CannotSay)
        | Answer::Support(_)
        | Answer::Password(_)
        | Answer::PasswordStored(_)
        | Answer::CanCreate(_)
        | Answer::Take(_)
        | Answer::SheetGone => false,
    };
    if may_end { Ok(()) } else { Err(Violation::ForgottenKey) }
}

/// What is shown, the running sheet aside, which belongs to the whole app.
fn shown(view: View) -> View {
    View { pairing_runs: false, ..view }
}

fn answers_stay_with_their_vehicle(
    before: &World,
    step: &Step,
    after: &World,
) -> Result<(), Violation> {
    match &step.event {
        Event::Answered { vin, .. }
            if before.flow.view().vehicle != Some(*vin)
                && shown(before.flow.view()) != shown(after.flow.view()) =>
        {
            Err(Violation::ShownOnAnotherVehicle)
        }
        Event::Answered { .. }
        | Event::Intent(_)
        | Event::WentToBackground
        | Event::CameToForeground
        | Event::WalletChanged
        | Event::SignedOut
        | Event::CacheFailed(_) => Ok(()),
    }
}

fn sign_out_leaves_nothing(step: &Step, after: &World) -> Result<(), Violation> {
    if step.event != Event::SignedOut {
        return Ok(());
    }
    let view = after.flow.view();
    let clean = view.vehicle.is_none()
        && view.password_uses.is_none()
        && view.warning.is_none()
        && after.cache.keys().all(|vin| after.flow.record(*vin).is_none())
        && step.effects == [Effect::EraseAll];
    if clean { Ok(()) } else { Err(Violation::LeftAfterSignOut) }
}

fn the_wallet_opens_at_the_local_key(step: &Step, after: &World) -> Result<(), Violation> {
    for effect in &step.effects {
        if let Effect::OpenWallet { key } = effect {
            let record = after.flow.view().vehicle.and_then(|vin| after.flow.record(vin));
            if record.and_then(|record| record.key.local()) != Some(key) {
                return Err(Violation::WrongKeyOpened);
            }
        }
    }
    Ok(())
}

/// Once the waiting calls are made, the cache holds what memory knows.
fn memory_is_what_the_cache_will_be(world: &World) -> Result<(), Violation> {
    let is_settled = world.lane.is_empty() && !world.cache_has_failed;
    for (vin, cached) in &world.cache {
        if let Some(known) = world.flow.record(*vin)
            && is_settled
            && known != cached
        {
            return Err(Violation::MemoryDiffersFromCache(*vin));
        }
    }
    Ok(())
}

fn nothing_waits_for_nothing(world: &World) -> Result<(), Violation> {
    if !world.lane.is_empty() || !world.open.is_empty() {
        return Ok(());
    }
    let view = world.flow.view();
    let waits = match &view.page {
        PageView::VehicleTab { opening } => *opening,
        PageView::Welcome { continue_enabled, .. } => !continue_enabled,
        PageView::GrabYourTwoKeys
        | PageView::ReadyToPair { .. }
        | PageView::PairingError { .. }
        | PageView::Tutorial1
        | PageView::Tutorial2
        | PageView::Overview { .. }
        | PageView::MoveKeyWarning
        | PageView::Error(_) => false,
    };
    let sheet_is_missing = view.pairing_runs && world.sheets.iter().all(|sheet| sheet.has_ended);
    if waits || sheet_is_missing { Err(Violation::Stuck(view.page.name())) } else { Ok(()) }
}

fn close_leaves(world: &World, rules: &impl Rules) -> Result<(), Violation> {
    let page = world.flow.view().page;
    if matches!(page, PageView::VehicleTab { .. }) {
        return Ok(());
    }
    let mut flow = world.flow.clone();
    let _ = rules.step(&mut flow, Event::Intent(Intent::Tap(Tap::Close)), &mut Vec::new());
    match flow.view().page {
        PageView::VehicleTab { opening: false } => Ok(()),
        PageView::VehicleTab { opening: true }
        | PageView::Welcome { .. }
        | PageView::GrabYourTwoKeys
        | PageView::ReadyToPair { .. }
        | PageView::PairingError { .. }
        | PageView::Tutorial1
        | PageView::Tutorial2
        | PageView::Overview { .. }
        | PageView::MoveKeyWarning
        | PageView::Error(_) => Err(Violation::CannotLeave(page.name())),
    }
}

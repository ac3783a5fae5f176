//! What must hold in every state.

use digital_key_domain::{
    Blocker, CardAction, ErrorPage, HiddenReason, KeyState, PageView, Reason, Tap, Verdict,
};

use super::Violation;
use crate::state::{SheetPhase, State};
use crate::state_space::Rules;

/// Checks one state by itself.
pub(crate) fn check_state(state: &State, rules: &dyn Rules) -> Result<(), Violation> {
    memory_is_what_is_cached(state)?;
    a_page_that_waits_has_an_open_request(state)?;
    waits_and_notices_have_their_page(state)?;
    a_card_needs_a_key(state)?;
    super::certainty::continue_is_offered_once_it_is_certain(state, rules)?;
    each_tap_is_handled_as_offered(state, rules)
}

/// Once the waiting calls are made, the cache holds what the machine remembers (GEN-4).
fn memory_is_what_is_cached(state: &State) -> Result<(), Violation> {
    if !state.waiting_calls.is_empty() || state.cache_has_failed {
        return Ok(());
    }
    let differs = |(vin, cached)| state.flow.record(vin).is_some_and(|known| known != cached);
    match state.cache.iter().map(|(vin, cached)| (*vin, cached)).find(|it| differs(*it)) {
        Some((vin, _)) => Err(Violation::MemoryDiffersFromCache(vin)),
        None => Ok(()),
    }
}

fn a_page_that_waits_has_an_open_request(state: &State) -> Result<(), Violation> {
    if !state.waiting_calls.is_empty() || !state.open.is_empty() {
        return Ok(());
    }
    let view = state.flow.view();
    let waits = match &view.page {
        PageView::VehicleTab { opening, hidden } => {
            *opening || *hidden == Some(HiddenReason::Asking)
        }
        PageView::Welcome { .. } => !view.offers.contains(Tap::Continue),
        PageView::GrabYourTwoKeys
        | PageView::ReadyToPair { .. }
        | PageView::PairingError { .. }
        | PageView::Tutorial1
        | PageView::Tutorial2
        | PageView::Overview { .. }
        | PageView::MoveKeyWarning
        | PageView::Error(_) => false,
    };
    let sheet_is_missing = view.pairing_runs && !state.has_sheet(SheetPhase::Up);
    if waits || sheet_is_missing { Err(Violation::Stuck(view.page.name())) } else { Ok(()) }
}

/// A wait is shown where a failure led (GEN-11), and a notice where the wallet was opened (OVR-4).
fn waits_and_notices_have_their_page(state: &State) -> Result<(), Violation> {
    let view = state.flow.view();
    let may_wait = match &view.page {
        PageView::VehicleTab { hidden, .. } => matches!(hidden, Some(HiddenReason::Failed(_))),
        PageView::Error(ErrorPage::Blocked(blocker)) => {
            matches!(blocker, Blocker::BackendError | Blocker::PairingPasswordUnavailable)
        }
        PageView::Error(ErrorPage::PairingAttemptsExhausted) => true,
        PageView::Welcome { .. }
        | PageView::GrabYourTwoKeys
        | PageView::ReadyToPair { .. }
        | PageView::PairingError { .. }
        | PageView::Tutorial1
        | PageView::Tutorial2
        | PageView::Overview { .. }
        | PageView::MoveKeyWarning
        | PageView::Error(ErrorPage::KeyDeleted) => false,
    };
    let may_notify = matches!(view.page, PageView::Overview { .. });
    if (view.wait.is_some() && !may_wait) || (view.notice.is_some() && !may_notify) {
        return Err(Violation::ShownOnAnotherPage(view.page.name()));
    }
    Ok(())
}

/// Without an owner key the card cannot unlock, and there is no key to move (OVR-7).
fn a_card_needs_a_key(state: &State) -> Result<(), Violation> {
    let view = state.flow.view();
    let PageView::Overview { card, .. } = view.page else { return Ok(()) };
    let has_key = !matches!(view.key_state, KeyState::None | KeyState::Unknown);
    if has_key || (card.cannot_unlock && card.action == CardAction::EditInWallet) {
        return Ok(());
    }
    Err(Violation::CardWithoutKey)
}

/// Exactly the offered taps are accepted, or ignored for a reason of their own (GEN-8), and Close
/// leaves the flow from each of its pages (GEN-1).
fn each_tap_is_handled_as_offered(state: &State, rules: &dyn Rules) -> Result<(), Violation> {
    let view = state.flow.view();
    let is_in_flow = !matches!(view.page, PageView::VehicleTab { .. });
    let mut flow = state.flow.clone();
    let mut effects = Vec::new();
    for tap in Tap::ALL {
        let verdict = rules.step(&mut flow, tap.into(), &mut effects);
        if tap == Tap::Close
            && is_in_flow
            && !matches!(flow.view().page, PageView::VehicleTab { opening: false, .. })
        {
            return Err(Violation::CannotLeave(view.page.name()));
        }
        let is_offered = view.offers.contains(tap);
        let is_right = match verdict {
            Verdict::Accepted | Verdict::Ignored(Reason::NothingToChange) => is_offered,
            Verdict::Ignored(Reason::PairingRuns) => is_offered && view.pairing_runs,
            Verdict::Ignored(Reason::NotOffered) => !is_offered,
            Verdict::Ignored(
                Reason::AlreadySelected | Reason::NotAwaited | Reason::NotConcerned,
            ) => false,
        };
        if !is_right {
            return Err(Violation::OffersDiffer { page: view.page.name(), tap, verdict });
        }
        if verdict == Verdict::Accepted {
            flow.clone_from(&state.flow);
            effects.clear();
        } else if flow != state.flow || !effects.is_empty() {
            return Err(Violation::IgnoredButActed);
        }
    }
    Ok(())
}

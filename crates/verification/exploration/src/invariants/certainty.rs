//! When Continue on Welcome is certain (WEL-4), found by trying every answer that is missing.

use std::collections::BTreeSet;

use digital_key_domain::{
    CacheFailure, Event, Flow, KeyCreation, NoAnswer, PageView, PairingStatus, PasswordFetch,
    Presence, Question, Reply, Request, StoredPassword, Tap, Vin,
};

use super::Violation;
use crate::state::{State, request as request_of};
use crate::state_space::Rules;

/// Continue is offered if and only if no missing answer can change where it leads.
pub(super) fn continue_is_offered_once_it_is_certain(
    state: &State,
    rules: &dyn Rules,
) -> Result<(), Violation> {
    let view = state.flow.view();
    let (PageView::Welcome { .. }, Some(vin)) = (&view.page, view.vehicle) else {
        return Ok(());
    };
    let is_offered = view.offers.contains(Tap::Continue);
    // A showing that has its status does not wait for the next one.
    let open: Vec<_> = open_requests(state, vin)
        .filter(|request| request.question != Question::Status || !is_offered)
        .collect();
    if is_offered {
        let mut ends = BTreeSet::new();
        collect_ends(rules, &state.flow, &open, &mut ends);
        return if ends.len() <= 1 { Ok(()) } else { Err(Violation::UncertainContinue) };
    }
    let has_owner = state.flow.record(vin).is_some_and(|record| record.key.owner().is_some());
    // Two waits are decided although no answer may change where Continue leads. WEL-4 lets an owner key
    // wait for the wallet, and ADR 104.11 extends that to the move flow; an earlier question about another
    // key is part of it, since the next question follows it, and it ends at the phone's deadline. WEL-4
    // lets a password in the cache wait for the fetch, too, which replaces it. Without the first excuse
    // the bounds `every-answer` find an earlier question, and without the second each bounds find a fetch.
    let waits_by_rule = open.iter().any(|Request { question, .. }| {
        (matches!(question, Question::Presence(_)) && has_owner)
            || (matches!(question, Question::Password | Question::StorePassword(_))
                && view.password_uses.is_some())
    });
    if waits_by_rule {
        return Ok(());
    }
    let mut ends = BTreeSet::new();
    collect_ends(rules, &state.flow, &open, &mut ends);
    // Where Continue is never offered, the page is stuck, which another invariant finds.
    let is_stuck = ends.contains("Welcome");
    if ends.len() > 1 || is_stuck { Ok(()) } else { Err(Violation::LateContinue) }
}

/// Returns the requests of this vehicle on which Welcome depends.
fn open_requests(state: &State, vin: Vin) -> impl Iterator<Item = Request> + '_ {
    state
        .open_requests()
        .filter(move |request| request.vin == vin && !replies(&request.question).is_empty())
        .cloned()
}

/// Answers the open requests in every way, and collects the pages behind Continue.
fn collect_ends(
    rules: &dyn Rules,
    flow: &Flow,
    open: &[Request],
    ends: &mut BTreeSet<&'static str>,
) {
    let Some((request, rest)) = open.split_first() else {
        let mut flow = flow.clone();
        let _ = rules.step(&mut flow, Tap::Continue.into(), &mut Vec::new());
        ends.insert(flow.view().page.name());
        return;
    };
    for reply in replies(&request.question) {
        let (mut flow, mut effects) = (flow.clone(), Vec::new());
        let Request { id, vin, .. } = *request;
        let _ = rules.step(&mut flow, Event::Replied { id, vin, reply }, &mut effects);
        let follow_ups = effects.iter().filter_map(request_of).cloned();
        // A showing that has its status does not wait for the next one.
        let follow_ups =
            follow_ups.filter(|request| request.question != Question::Status || !has_status(&flow));
        let open: Vec<_> = rest.iter().cloned().chain(follow_ups).collect();
        collect_ends(rules, &flow, &open, ends);
    }
}

/// Returns `true` once Continue is offered, which needs the status of this showing.
fn has_status(flow: &Flow) -> bool {
    flow.view().offers.contains(Tap::Continue)
}

/// Returns the replies that differ for Welcome; none for a question that does not concern it.
fn replies(question: &Question) -> Vec<Reply> {
    let status = |primary_subscriber| {
        let status = PairingStatus { owner_key: None, primary_subscriber, prepared: true };
        Reply::Status(Ok(status))
    };
    match question {
        Question::Status => {
            vec![Reply::Status(Err(NoAnswer::UNREACHABLE)), status(true), status(false)]
        }
        Question::Password => vec![
            Reply::Password(PasswordFetch::Fetched),
            Reply::Password(PasswordFetch::NoPassword),
        ],
        Question::StorePassword(_) => vec![
            Reply::PasswordStored(Ok(StoredPassword::Stored)),
            Reply::PasswordStored(Err(CacheFailure::Unavailable)),
        ],
        Question::CanCreateKey => {
            [KeyCreation::Possible, KeyCreation::Refused].map(Reply::CanCreateKey).into()
        }
        Question::Presence(_) => [Presence::Present, Presence::Absent].map(Reply::Presence).into(),
        Question::Record
        | Question::Support
        | Question::TakeUse
        | Question::StartPairing
        | Question::OpenWallet(_)
        | Question::CheckSheet => Vec::new(),
    }
}

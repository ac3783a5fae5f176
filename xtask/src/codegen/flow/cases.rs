//! The cases in which a step leads to different things, each with its condition in words and as a check.

use digital_key_domain::{Blocker, CardAction, Flow, PageView, Readiness, Tap, VehicleRecord};

use super::words::{HAS_KEY, Leads, What};

/// One of the cases in which a step from a page leads to different things.
pub(super) struct Case {
    pub(super) from: &'static str,
    pub(super) what: What,
    pub(super) leads: Leads,
    /// The condition in words; empty = otherwise.
    pub(super) condition: &'static str,
    /// Whether the machine, before the step, meets the condition.
    pub(super) holds: fn(&Flow) -> bool,
}

const fn case(
    from: &'static str,
    what: What,
    leads: Leads,
    condition: &'static str,
    holds: fn(&Flow) -> bool,
) -> Case {
    Case { from, what, leads, condition, holds }
}

const fn tap(
    from: &'static str,
    tap: Tap,
    leads: Leads,
    condition: &'static str,
    holds: fn(&Flow) -> bool,
) -> Case {
    case(from, What::Tap(tap), leads, condition, holds)
}

/// The cases in which a step leads to more than one thing, or keeps the page.
pub(super) const CASES: &[Case] = &[
    tap("VehicleTab", Tap::Entry, Leads::To("Welcome"), "no key on this phone", |flow| {
        !has_local_key(flow)
    }),
    tap(
        "VehicleTab",
        Tap::Entry,
        Leads::Stays("asks the wallet"),
        "key on this phone",
        has_local_key,
    ),
    case("VehicleTab", HAS_KEY, Leads::To("Overview"), "", always),
    case("VehicleTab", HAS_KEY, Leads::To("Welcome"), "the key has changed meanwhile", always),
    on_welcome("BackendError", "the status could not be fetched", |flow| {
        is_blocked(flow, Blocker::BackendError)
    }),
    on_welcome("Overview", "owner key exists", leads_to_overview),
    on_welcome("PhoneNotSupported", "no owner key, phone not supported", |flow| {
        may_pair(flow) && is_blocked(flow, Blocker::PhoneNotSupported)
    }),
    on_welcome(
        "PhoneSoftwareUpdateRequired",
        "no owner key, iOS too old or Apple refuses",
        |flow| may_pair(flow) && has_software_issue(flow),
    ),
    on_welcome("NotPrimarySubscriber", "no owner key, not primary subscriber", |flow| {
        may_pair(flow) && !is_ready(flow, |it| it.primary_subscriber)
    }),
    on_welcome("VehicleNotPrepared", "no owner key, vehicle not prepared", |flow| {
        may_pair(flow) && !is_ready(flow, |it| it.prepared)
    }),
    on_welcome("PairingPasswordUnavailable", "no owner key, no use of a password left", |flow| {
        may_pair(flow) && !has_use_left(flow)
    }),
    on_welcome("GrabYourTwoKeys", "no owner key, no obstacle", |flow| {
        may_pair(flow)
            && is_ready(flow, |it| it.primary_subscriber && it.prepared)
            && has_use_left(flow)
    }),
    tap("Welcome", Tap::Back, Leads::To("Overview"), "in the move flow", is_move),
    tap("Welcome", Tap::Back, Leads::To("VehicleTab"), "not in the move flow", |flow| {
        !is_move(flow)
    }),
    tap(
        "ReadyToPair",
        Tap::Continue,
        Leads::Stays("highlights the box"),
        "box unchecked",
        |flow| !is_checked(flow),
    ),
    tap("ReadyToPair", Tap::Continue, Leads::ToSheet, "box checked", is_checked),
    tap("ReadyToPair", Tap::TickBox, Leads::Stays("checks the box"), "", always),
    tap("ReadyToPair", Tap::UntickBox, Leads::Stays("unchecks the box"), "", always),
    tap("Overview", Tap::CardAction, Leads::To("MoveKeyWarning"), "key on another phone", |flow| {
        !opens_wallet(flow)
    }),
    tap(
        "Overview",
        Tap::CardAction,
        Leads::Stays("opens the wallet at the key"),
        "key on this phone, or removed by the backend",
        opens_wallet,
    ),
    tap("PairingError", Tap::Retry, Leads::ToSheet, "", always),
];

/// A case of Continue on Welcome.
const fn on_welcome(page: &'static str, condition: &'static str, holds: fn(&Flow) -> bool) -> Case {
    tap("Welcome", Tap::Continue, Leads::To(page), condition, holds)
}

fn always(_: &Flow) -> bool {
    true
}

fn record(flow: &Flow) -> Option<&VehicleRecord> {
    flow.record(flow.view().vehicle?)
}

fn has_local_key(flow: &Flow) -> bool {
    record(flow).is_some_and(|record| record.key.local().is_some())
}

fn has_use_left(flow: &Flow) -> bool {
    record(flow)
        .and_then(|record| record.password)
        .is_some_and(|password| !password.uses.is_exhausted())
}

fn is_ready(flow: &Flow, holds: fn(&Readiness) -> bool) -> bool {
    record(flow).and_then(|record| record.readiness.as_ref()).is_some_and(holds)
}

fn is_blocked(flow: &Flow, by: Blocker) -> bool {
    matches!(flow.view().page, PageView::Welcome { blockers, .. } if blockers.first() == Some(by))
}

fn has_software_issue(flow: &Flow) -> bool {
    let PageView::Welcome { blockers, .. } = flow.view().page else { return false };
    matches!(blockers.first(), Some(Blocker::PhoneSoftwareUpdateRequired(_)))
}

fn is_move(flow: &Flow) -> bool {
    matches!(flow.view().page, PageView::Welcome { move_flow: true, .. })
}

fn opens_wallet(flow: &Flow) -> bool {
    let PageView::Overview { card, .. } = flow.view().page else { return false };
    card.action == CardAction::EditInWallet
}

fn leads_to_overview(flow: &Flow) -> bool {
    !is_move(flow) && record(flow).is_some_and(|record| record.key.owner().is_some())
}

/// "No owner key", or the user moves the one that there is.
fn may_pair(flow: &Flow) -> bool {
    !leads_to_overview(flow)
}

fn is_checked(flow: &Flow) -> bool {
    matches!(flow.view().page, PageView::ReadyToPair { checked: true, .. })
}

//! The gallery: every page and every blocker, by the shortest way that the exploration finds.

use digital_key_domain::{
    DigitalKeyId, Flow, Intent, KeyCreation, PageView, PairingAnswer, PairingStatus, PasswordFetch,
    Presence, Reply, ReportedKey, Support, SupportAnswer,
};
use digital_key_exploration::{Action, Bounds, World, shortest_way};
use serde::Serialize;

use crate::answer::{Answer, Asked, Fault};
use crate::change::Change;
use crate::moves::{Move, SheetAnswer, VehicleNumber};
use crate::session::{Session, number_of, vin_of};
use crate::truth::Truth;

/// One place of the gallery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GalleryEntry {
    /// What is shown there.
    pub name: &'static str,
    /// The link.
    pub link: String,
}

/// A place, and where the exploration looks for it.
struct Place {
    name: &'static str,
    /// What is changed in the world first.
    changes: &'static [Change],
    bounds: fn(Bounds) -> Bounds,
    is_there: fn(&Flow) -> bool,
}

const ANY: fn(Bounds) -> Bounds = |bounds| bounds;
const FAILING: fn(Bounds) -> Bounds = |bounds| Bounds { bff_fails: true, ..bounds };
const STATUSES: fn(Bounds) -> Bounds = |bounds| Bounds {
    status: vec![
        status(None, true, true),
        status(None, false, true),
        status(None, true, false),
        status(Some("K1"), true, true),
    ],
    ..bounds
};
const NO_PASS: fn(Bounds) -> Bounds =
    |bounds| Bounds { pairing: vec![PairingAnswer::default()], bff_fails: true, ..bounds };

macro_rules! page {
    ($name:literal, $bounds:expr) => {
        Place {
            name: $name,
            changes: &[],
            bounds: $bounds,
            is_there: |flow| flow.view().vehicle.is_some() && flow.view().page.name() == $name,
        }
    };
    ($name:literal, $bounds:expr, $changes:expr) => {
        Place { changes: $changes, ..page!($name, $bounds) }
    };
}

const PLACES: &[Place] = &[
    page!("VehicleTab", ANY),
    Place {
        name: "VehicleTab with the entry",
        changes: &[],
        bounds: ANY,
        is_there: |flow| flow.view().entry == digital_key_domain::EntryView::DigitalKey,
    },
    Place {
        name: "VehicleTab, coming soon",
        changes: &[Change::ComingSoon(true)],
        bounds: ANY,
        is_there: |flow| flow.view().entry == digital_key_domain::EntryView::ComingSoon,
    },
    page!("Welcome", ANY),
    page!("GrabYourTwoKeys", ANY),
    page!("ReadyToPair", ANY),
    Place {
        name: "ReadyToPair with Apple's sheet",
        changes: &[],
        bounds: ANY,
        is_there: |flow| {
            flow.view().pairing_runs && matches!(flow.view().page, PageView::ReadyToPair { .. })
        },
    },
    page!("Tutorial1", ANY),
    page!("Tutorial2", ANY),
    page!("Overview", ANY),
    Place {
        name: "Overview, key on another phone",
        changes: &[],
        bounds: STATUSES,
        is_there: |flow| {
            matches!(flow.view().page, PageView::Overview { .. })
                && flow.view().key_state == digital_key_domain::KeyState::OtherDevice
        },
    },
    page!("MoveKeyWarning", STATUSES),
    page!("BackendError", FAILING),
    page!("PhoneNotSupported", ANY, &[Change::Phone(1)]),
    page!("PhoneSoftwareUpdateRequired", ANY, &[Change::Version(2)]),
    page!("NotPrimarySubscriber", STATUSES),
    page!("VehicleNotPrepared", STATUSES),
    page!("PairingPasswordUnavailable", FAILING),
    page!("PairingError", NO_PASS),
    page!("PairingAttemptsExhausted", NO_PASS),
    page!("KeyDeleted", ANY),
];

/// Returns all places, each with the link of a session that ends there.
#[must_use]
pub fn gallery() -> Vec<GalleryEntry> {
    let entries =
        PLACES.iter().map(|place| Some(GalleryEntry { name: place.name, link: link_to(place)? }));
    entries.flatten().collect()
}

fn link_to(place: &Place) -> Option<String> {
    let mut truth = Truth::default();
    place.changes.iter().for_each(|change| truth.apply(*change));
    let bounds = Bounds {
        settings: truth.settings(),
        vehicles: vec![vin_of(0)?],
        foreground: true,
        pairing: vec![PairingAnswer { pass: DigitalKeyId::try_from("K1").ok(), error: None }],
        ..Bounds::smallest()
    };
    let bounds = (place.bounds)(bounds);
    let way = shortest_way(&bounds, &mut |flow| (place.is_there)(flow))?;
    let mut world = World::new(bounds.settings);
    let mut words = vec!["1".to_owned()];
    words.extend(place.changes.iter().map(|change| Move::World(*change).to_string()));
    for action in way {
        words.push(move_of(&action, &world)?.to_string());
        world.perform(&action).ok()?;
    }
    let link = words.join(".");
    Session::of_link(&link).ok().map(|session| session.link())
}

/// Returns the move that lets the same happen in a session.
fn move_of(action: &Action, world: &World) -> Option<Move> {
    Some(match action {
        Action::Intent(Intent::SelectVehicle(vin)) => Move::Select(number_of(*vin)?),
        Action::Intent(Intent::Tap(tap)) => Move::Tap(*tap),
        Action::Background => Move::Background,
        Action::Foreground => Move::Foreground,
        Action::SignOut => Move::SignOut,
        Action::Refresh(vin) => Move::Refresh(number_of(*vin)?),
        Action::Forget(vin) => Move::Forget(number_of(*vin)?),
        Action::Kill { .. } => Move::Kill,
        Action::Reply { request, reply } => {
            let request = world.open_requests().get(*request)?;
            let asked = Asked::of(&request.question)?;
            Move::Answer(number_of(request.vin)?, asked, answer_of(reply)?)
        }
        Action::StartReturns { sheet, answer } => {
            Move::Sheet(vehicle_of_sheet(world, *sheet)?, sheet_answer(answer))
        }
        Action::SheetGone { sheet } => Move::SheetGone(vehicle_of_sheet(world, *sheet)?),
        Action::LateAnswer { sheet, answer } => {
            Move::Late(vehicle_of_sheet(world, *sheet)?, sheet_answer(answer))
        }
        Action::WalletChange | Action::CacheCall | Action::CacheFails(_) => return None,
    })
}

fn vehicle_of_sheet(world: &World, sheet: usize) -> Option<VehicleNumber> {
    number_of(world.sheets().get(sheet)?.vin)
}

fn sheet_answer(answer: &PairingAnswer) -> SheetAnswer {
    match (&answer.pass, answer.error) {
        (Some(_), Some(code)) => SheetAnswer::PassAndError(code),
        (Some(_), None) => SheetAnswer::Pass,
        (None, Some(code)) => SheetAnswer::Error(code),
        (None, None) => SheetAnswer::Neither,
    }
}

fn answer_of(reply: &Reply) -> Option<Answer> {
    let yes = |condition| if condition { Answer::Yes } else { Answer::No };
    Some(match reply {
        Reply::Support(Ok(SupportAnswer::Known(Support::Supported { upgrade_required: true }))) => {
            Answer::UpgradeRequired
        }
        Reply::Support(Ok(SupportAnswer::Known(support))) => {
            yes(matches!(support, Support::Supported { .. }))
        }
        Reply::Support(Ok(SupportAnswer::Unknown)) => Answer::Unknown,
        Reply::Status(Ok(status)) => Answer::Status {
            owner: status.owner_key.as_ref().map(|key| (1, key.tracked)),
            primary: status.primary_subscriber,
            prepared: status.prepared,
        },
        Reply::Support(Err(_))
        | Reply::Status(Err(_))
        | Reply::Password(PasswordFetch::Failed(_)) => Answer::Fails(Fault::AsksToWait),
        Reply::Password(fetch) => yes(*fetch == PasswordFetch::Fetched),
        Reply::WalletOpened(opened) => yes(*opened),
        Reply::CanCreateKey(KeyCreation::NoAnswer) => Answer::Fails(Fault::TimedOut),
        Reply::CanCreateKey(creation) => yes(*creation == KeyCreation::Possible),
        Reply::Presence(Presence::CannotSay) => Answer::Unknown,
        Reply::Presence(presence) => yes(*presence == Presence::Present),
        Reply::Record(_)
        | Reply::PasswordStored(_)
        | Reply::UseTaken(_)
        | Reply::Pairing(_)
        | Reply::SheetGone => return None,
    })
}

fn status(key: Option<&str>, primary_subscriber: bool, prepared: bool) -> PairingStatus {
    let id = key.and_then(|key| DigitalKeyId::try_from(key).ok());
    let owner_key = id.map(|id| ReportedKey { id, tracked: true });
    PairingStatus { owner_key, primary_subscriber, prepared }
}

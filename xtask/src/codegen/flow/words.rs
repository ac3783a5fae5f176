//! The words of the page: titles, what happens, and where it leads.

use digital_key_domain::{Event, Intent, Presence, Reply, TakeOutcome, Tap};
use digital_key_exploration::Edge;

/// The pages in the order of the journey, with their titles.
pub(super) const PAGES: [(&str, &str); 17] = [
    ("VehicleTab", "Vehicle tab"),
    ("Welcome", "Welcome"),
    ("GrabYourTwoKeys", "Grab your two keys"),
    ("ReadyToPair", "Ready to pair"),
    ("Tutorial1", "Tutorial, first page"),
    ("Tutorial2", "Tutorial, second page"),
    ("Overview", "Your digital key"),
    ("MoveKeyWarning", "Move the key to this phone?"),
    ("BackendError", "Something went wrong"),
    ("PhoneNotSupported", "This phone is not supported"),
    ("PhoneSoftwareUpdateRequired", "Update your phone"),
    ("NotPrimarySubscriber", "You are not the primary subscriber"),
    ("VehicleNotPrepared", "The vehicle is not ready yet"),
    ("PairingPasswordUnavailable", "Pairing is not possible right now"),
    ("PairingError", "Pairing failed"),
    ("PairingAttemptsExhausted", "No more attempts"),
    ("KeyDeleted", "The key was deleted"),
];

/// The first of the error pages among [`PAGES`].
const FIRST_ERROR: &str = "BackendError";

/// The steps of a user whose pairing succeeds at once.
pub(super) const HAPPY_PATH: [(&str, What, Leads); 7] = [
    ("VehicleTab", What::Tap(Tap::Entry), Leads::To("Welcome")),
    ("Welcome", What::Tap(Tap::Continue), Leads::To("GrabYourTwoKeys")),
    ("GrabYourTwoKeys", What::Tap(Tap::Continue), Leads::To("ReadyToPair")),
    ("ReadyToPair", What::Tap(Tap::Continue), Leads::ToSheet),
    ("ReadyToPair", MADE_KEY, Leads::To("Tutorial1")),
    ("Tutorial1", What::Tap(Tap::Continue), Leads::To("Tutorial2")),
    ("Tutorial2", What::Tap(Tap::Continue), Leads::To("Overview")),
];

/// What leads to the vehicle tab from each page of the flow.
pub(super) const EVERYWHERE: [What; 3] = [What::Tap(Tap::Close), SELECTED, SIGNED_OUT];

/// Returns the place of a page in the journey.
pub(super) fn place(page: &str) -> Option<usize> {
    PAGES.iter().position(|(name, _)| *name == page)
}

pub(super) fn title(page: &str) -> &str {
    PAGES.iter().find(|(name, _)| *name == page).map_or(page, |(_, title)| title)
}

pub(super) fn is_error(page: &str) -> bool {
    place(page) >= place(FIRST_ERROR)
}

/// What a step leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leads {
    /// A page opens.
    To(&'static str),
    /// A use of the password is taken, then Apple's sheet opens above the page.
    ToSheet,
    /// The page stays, and this happens.
    Stays(&'static str),
}

/// What happened in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Tap(Tap),
    /// The user did something outside the page.
    User(&'static str),
    /// Something happened to the phone.
    Phone(&'static str),
    /// Apple's sheet has ended.
    Sheet(&'static str),
    /// Another question was answered.
    Answer(&'static str),
}

const SELECTED: What = What::User("another vehicle is selected");
const SIGNED_OUT: What = What::User("the user signs out");
const MADE_KEY: What = What::Sheet("Apple makes a key");
pub(super) const HAS_KEY: What = What::Answer("the wallet has the key");

impl What {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Tap(tap) => tap_words(tap),
            Self::User(words) | Self::Phone(words) | Self::Sheet(words) | Self::Answer(words) => {
                words
            }
        }
    }
}

/// Returns what happened in a step.
pub(super) fn what(edge: &Edge<'_>) -> What {
    match edge.event {
        Event::Intent(Intent::Tap(tap)) => What::Tap(*tap),
        Event::Intent(Intent::SelectVehicle(vin)) => {
            if edge.before.view().vehicle == Some(*vin) {
                What::User("the vehicle is selected again")
            } else {
                SELECTED
            }
        }
        Event::RefreshRequested(_) => What::User("the host refreshes a vehicle"),
        Event::VehicleForgotten(_) => What::User("the host forgets a vehicle"),
        Event::SignedOut => SIGNED_OUT,
        Event::WentToBackground => What::Phone("the app goes to the background"),
        Event::CameToForeground => What::Phone("the app comes to the foreground"),
        Event::WalletChanged => What::Phone("the wallet changes"),
        Event::Replied { reply, .. } => answer(reply),
        Event::LateAnswer { .. } => What::Answer("Apple calls back once more"),
        Event::CacheFailed(_) => What::Answer("the cache fails"),
    }
}

fn tap_words(tap: Tap) -> &'static str {
    match tap {
        Tap::Entry => "Digital Key",
        Tap::Continue => "Continue",
        Tap::Retry => "Retry",
        Tap::Close => "Close",
        Tap::Back => "Back",
        Tap::TickBox => "Check the box",
        Tap::UntickBox => "Uncheck the box",
        Tap::CardAction => "Action of the card",
        Tap::Tutorial => "Tutorial",
        Tap::ConfirmMove => "Move",
        Tap::CancelMove => "Cancel",
        Tap::ConfirmError => "OK",
    }
}

fn answer(reply: &Reply) -> What {
    match reply {
        Reply::Pairing(answer) if answer.pass.is_some() => MADE_KEY,
        Reply::Pairing(_) => What::Sheet("Apple makes no key"),
        Reply::SheetGone => What::Sheet("the sheet is gone"),
        Reply::Record(_) => What::Answer("the cache answers"),
        Reply::Support(_) | Reply::Status(_) | Reply::Password(_) => {
            What::Answer("the backend answers")
        }
        Reply::PasswordStored(_) => What::Answer("the password is stored"),
        Reply::CanCreateKey(_) => What::Answer("Apple says whether a key can be created"),
        Reply::Presence(Presence::Present) => HAS_KEY,
        Reply::Presence(Presence::Absent) => What::Answer("the wallet does not have the key"),
        Reply::Presence(Presence::CannotSay) => What::Answer("the wallet cannot say"),
        Reply::WalletOpened(true) => What::Answer("the wallet app opens"),
        Reply::WalletOpened(false) => What::Answer("the wallet app does not open"),
        Reply::UseTaken(Ok(TakeOutcome::Granted(_))) => What::Answer("a use is taken"),
        Reply::UseTaken(Ok(TakeOutcome::NoPassword)) => What::Answer("no password is cached"),
        Reply::UseTaken(Ok(TakeOutcome::Exhausted)) => What::Answer("no use is left"),
        Reply::UseTaken(Err(_)) => What::Answer("the cache cannot be used"),
    }
}

//! A view of every page, for previews and snapshot tests of a client.
//!
//! The views come from the flow machine itself, driven by a script, so that each is one that a driver
//! can see: with the taps, the key state and the blockers that belong to it.

use std::collections::VecDeque;

use digital_key_domain::{
    AppleErrorCode, Effect, EntryMode, Event, FailureKind, Flow, Intent, KeyCreation, NoAnswer,
    PairingAnswer, PairingStatus, PasswordFetch, Phone, Presence, Question, Reply, ReportedKey,
    Request, RequestId, Settings, Support, SupportAnswer, Tap, VehicleRecord, View, Vin,
};

use crate::values::key;

/// A view with a name, such as `overview-untracked`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedView {
    /// The name, which is unique: small letters, digits and hyphens.
    pub name: &'static str,
    /// The view.
    pub view: View,
}

/// Returns a view of every page, and of each of its variants that looks different.
///
/// ```
/// use digital_key_testkit::canned::canned_views;
///
/// let views = canned_views();
/// let welcome = views.iter().find(|canned| canned.name == "welcome").map(|it| &it.view);
/// assert_eq!(welcome.map(|view| view.page.name()), Some("Welcome"));
/// ```
#[must_use]
pub fn canned_views() -> Vec<CannedView> {
    let mut views = Vec::new();
    for script in [vehicle_tab, welcome, pairing, error_pages, overview] {
        script(&mut |name, driver| views.push(CannedView { name, view: driver.flow.view() }));
    }
    views
}

/// No connection.
const OFFLINE: NoAnswer = NoAnswer { kind: FailureKind::Unreachable, wait: None };

/// A backend that asks for half a minute.
const OVERLOADED: NoAnswer = NoAnswer { kind: FailureKind::Status { status: 503 }, wait: Some(30) };

/// Takes the view that a driver sees now.
type Camera<'a> = &'a mut dyn FnMut(&'static str, &Driver);

fn vehicle_tab(shoot: Camera<'_>) {
    shoot("vehicle-tab-without-vehicle", &Driver::new());
    let mut unsupported = Driver::new();
    unsupported.support = Ok(SupportAnswer::Known(Support::NotSupported));
    shoot("vehicle-tab-without-entry", unsupported.select());
    let mut unreachable = Driver::new();
    unreachable.support = Err(OFFLINE);
    shoot("vehicle-tab-backend-failed", unreachable.select());
    let mut asking = Driver::new();
    asking.held = Some("bff.support");
    shoot("vehicle-tab-asking", asking.select());
    shoot("vehicle-tab", Driver::new().select());
    let mut outdated = Driver::new();
    outdated.support = Ok(SupportAnswer::Known(Support::Supported { upgrade_required: true }));
    shoot("vehicle-tab-upgrade-required", outdated.select());
    let mut early = Driver::with(|settings| settings.entry_mode = EntryMode::ComingSoon);
    shoot("vehicle-tab-coming-soon", early.select());
}

fn welcome(shoot: Camera<'_>) {
    let mut slow = Driver::new();
    slow.held = Some("bff.pairing_status");
    shoot("welcome-loading", slow.select().taps(&[Tap::Entry]));
    shoot("welcome", Driver::new().select().taps(&[Tap::Entry]));
    let mut blocked = Driver::new();
    blocked.status = status(None, false, false);
    shoot("welcome-blocked", blocked.select().taps(&[Tap::Entry]));
    let mut moving = Driver::new();
    moving.own(true, Presence::Absent);
    moving.select().taps(&[Tap::Entry, Tap::Continue, Tap::CardAction, Tap::ConfirmMove]);
    shoot("welcome-move-flow", &moving);
}

fn pairing(shoot: Camera<'_>) {
    let mut driver = Driver::new();
    shoot("grab-your-two-keys", driver.select().taps(&[Tap::Entry, Tap::Continue]));
    shoot("ready-to-pair", driver.taps(&[Tap::Continue]));
    shoot("ready-to-pair-highlighted", driver.taps(&[Tap::Continue]));
    shoot("ready-to-pair-checked", driver.taps(&[Tap::TickBox]));
    shoot("ready-to-pair-sheet", driver.taps(&[Tap::Continue]));

    driver.apple(None, Some(AppleErrorCode::UserCanceled));
    shoot("pairing-error-canceled", &driver);
    driver.password = PasswordFetch::Failed(OFFLINE);
    driver.taps(&[Tap::Retry]).apple(None, None);
    shoot("pairing-error", &driver);
    driver.taps(&[Tap::Retry]).apple(None, Some(AppleErrorCode::GenericError));
    driver.taps(&[Tap::Retry]).apple(None, Some(AppleErrorCode::GenericError));
    shoot("pairing-attempts-exhausted", driver.taps(&[Tap::Retry]));

    let mut refreshing = Driver::new();
    refreshing.reach_sheet().held = Some("bff.pairing_password");
    refreshing.apple(None, Some(AppleErrorCode::UserCanceled));
    shoot("pairing-error-refreshing", &refreshing);

    let mut paired = Driver::new();
    paired.reach_sheet().apple(Some(1), None);
    shoot("tutorial-1", &paired);
    shoot("tutorial-2", paired.taps(&[Tap::Continue]));
    let mut warned = Driver::new();
    warned.reach_sheet().apple(Some(1), Some(AppleErrorCode::GenericError));
    shoot("tutorial-1-warning", &warned);
}

fn error_pages(shoot: Camera<'_>) {
    let opening = [Tap::Entry, Tap::Continue];
    let mut driver = Driver::new();
    driver.status = Err(OFFLINE);
    shoot("backend-error", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.status = Err(OVERLOADED);
    shoot("backend-error-wait", driver.select().taps(&opening));
    let mut driver = Driver::on("iPhone10,6", "14.2");
    shoot("phone-not-supported", driver.select().taps(&opening));
    let mut driver = Driver::on("iPhone12,1", "13.5");
    shoot("phone-software-update-required", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.key_creation = KeyCreation::Refused;
    shoot("phone-software-update-required-apple-refuses", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.key_creation = KeyCreation::NoAnswer;
    shoot("phone-software-update-required-no-answer", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.status = status(None, false, true);
    shoot("not-primary-subscriber", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.status = status(None, true, false);
    shoot("vehicle-not-prepared", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.password = PasswordFetch::Failed(OFFLINE);
    shoot("pairing-password-unavailable", driver.select().taps(&opening));
    let mut driver = Driver::new();
    driver.own(true, Presence::Present).select().taps(&opening);
    driver.presence = Presence::Absent;
    driver.run(Event::WentToBackground).run(Event::CameToForeground);
    shoot("key-deleted", &driver);
}

fn overview(shoot: Camera<'_>) {
    let opening = [Tap::Entry, Tap::Continue];
    let mut driver = Driver::new();
    shoot("overview", driver.own(true, Presence::Present).select().taps(&opening));
    shoot("overview-wallet-not-opened", driver.taps(&[Tap::CardAction]));
    let mut driver = Driver::new();
    shoot("overview-untracked", driver.own(false, Presence::Present).select().taps(&opening));
    let mut driver = Driver::new();
    driver.own(true, Presence::Present).select().taps(&opening);
    driver.status = status(None, true, true);
    shoot("overview-removed", driver.run(Event::CameToForeground));
    let mut driver = Driver::new();
    shoot("overview-other-device", driver.own(true, Presence::Absent).select().taps(&opening));
    shoot("move-key-warning", driver.taps(&[Tap::CardAction]));
}

fn status(
    owner_key: Option<ReportedKey>,
    primary_subscriber: bool,
    prepared: bool,
) -> Result<PairingStatus, NoAnswer> {
    Ok(PairingStatus { owner_key, primary_subscriber, prepared })
}

/// A machine, and the answers that it gets. By default a pairing is possible.
struct Driver {
    flow: Flow,
    record: VehicleRecord,
    support: Result<SupportAnswer, NoAnswer>,
    status: Result<PairingStatus, NoAnswer>,
    password: PasswordFetch,
    presence: Presence,
    key_creation: KeyCreation,
    /// The call that is not answered.
    held: Option<&'static str>,
    /// The pairing whose sheet is up.
    pairing: Option<(RequestId, Vin)>,
}

impl Driver {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn on(machine: &str, version: &str) -> Self {
        Self::with(|settings| {
            // A text that is none leaves the phone as it is, and the test of the page names fails.
            if let (Ok(machine), Ok(version)) = (machine.parse(), version.parse()) {
                settings.phone = Phone::Ios { machine, version };
            }
        })
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(Phone::Android);
        if let (Ok(machine), Ok(version)) = ("iPhone12,1".parse(), "14.2".parse()) {
            settings.phone = Phone::Ios { machine, version };
        }
        change(&mut settings);
        let supported = Support::Supported { upgrade_required: false };
        Self {
            flow: Flow::new(settings),
            record: VehicleRecord::default(),
            support: Ok(SupportAnswer::Known(supported)),
            status: status(None, true, true),
            password: PasswordFetch::Fetched,
            presence: Presence::Absent,
            key_creation: KeyCreation::Possible,
            held: None,
            pairing: None,
        }
    }

    /// Gives the vehicle an owner key.
    fn own(&mut self, tracked: bool, presence: Presence) -> &mut Self {
        self.status = status(Some(ReportedKey { id: key(1), tracked }), true, true);
        self.presence = presence;
        self
    }

    fn select(&mut self) -> &mut Self {
        if let Ok(vin) = "WBADKEY0000000001".parse() {
            self.run(Intent::SelectVehicle(vin));
        }
        self
    }

    fn taps(&mut self, taps: &[Tap]) -> &mut Self {
        for tap in taps {
            self.run(*tap);
        }
        self
    }

    fn reach_sheet(&mut self) -> &mut Self {
        let taps = [Tap::Entry, Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue];
        self.select().taps(&taps)
    }

    /// Ends the sheet.
    fn apple(&mut self, pass: Option<u32>, error: Option<AppleErrorCode>) {
        let answer = PairingAnswer { pass: pass.map(key), error };
        if let Some((id, vin)) = self.pairing.take() {
            self.run(Event::Replied { id, vin, reply: Reply::Pairing(answer) });
        }
    }

    /// Makes a step, and the steps that the answers to its effects cause.
    fn run(&mut self, event: impl Into<Event>) -> &mut Self {
        let mut events = VecDeque::from([event.into()]);
        let mut effects = Vec::new();
        while let Some(event) = events.pop_front() {
            let _ = self.flow.step(event, &mut effects);
            events.extend(effects.drain(..).filter_map(|effect| self.answer(effect)));
        }
        self
    }

    fn answer(&mut self, effect: Effect) -> Option<Event> {
        if let Effect::Store { change, .. } = &effect {
            self.record.apply(change);
        }
        let Effect::Request(Request { id, vin, question }) = effect else { return None };
        if self.held == Some(question.call()) {
            return None;
        }
        let reply = match question {
            Question::Record => Reply::Record(Ok(self.record.clone())),
            Question::Support => Reply::Support(self.support),
            Question::Status => Reply::Status(self.status.clone()),
            Question::Password => Reply::Password(self.password),
            Question::StorePassword(generation) => {
                Reply::PasswordStored(Ok(self.record.store_password(generation)))
            }
            Question::CanCreateKey => Reply::CanCreateKey(self.key_creation),
            Question::Presence(_) => Reply::Presence(self.presence),
            Question::TakeUse => Reply::UseTaken(Ok(self.record.take_use())),
            Question::StartPairing => {
                self.pairing = Some((id, vin));
                return None;
            }
            Question::OpenWallet(_) => Reply::WalletOpened(false),
            Question::CheckSheet => return None,
        };
        Some(Event::Replied { id, vin, reply })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_page_has_a_view_of_its_name() {
        let views = canned_views();
        let names: BTreeSet<_> = views.iter().map(|canned| canned.name).collect();
        assert_eq!(names.len(), views.len(), "the names are unique");
        let different: std::collections::HashSet<_> = views.iter().map(|it| &it.view).collect();
        assert_eq!(different.len(), views.len(), "the views are different");
        // `PairingAttemptsExhausted` as `pairing-attempts-exhausted`, with a variant behind it.
        let kebab = |page: &str| -> String {
            let separated = page.chars().flat_map(|c| {
                let starts_word = c.is_ascii_uppercase() || c.is_ascii_digit();
                [starts_word.then_some('-'), Some(c.to_ascii_lowercase())]
            });
            separated.flatten().skip(1).collect()
        };
        for CannedView { name, view } in &views {
            assert!(name.starts_with(&kebab(view.page.name())), "{name}: {view:?}");
        }
        for page in [
            "VehicleTab",
            "Welcome",
            "GrabYourTwoKeys",
            "ReadyToPair",
            "PairingError",
            "Tutorial1",
            "Tutorial2",
            "Overview",
            "MoveKeyWarning",
            "BackendError",
            "PhoneNotSupported",
            "PhoneSoftwareUpdateRequired",
            "NotPrimarySubscriber",
            "VehicleNotPrepared",
            "PairingPasswordUnavailable",
            "PairingAttemptsExhausted",
            "KeyDeleted",
        ] {
            assert!(views.iter().any(|canned| canned.view.page.name() == page), "{page}");
        }
    }

    #[test]
    fn gen_8_each_view_offers_a_tap_that_the_machine_accepts() {
        for CannedView { name, view } in canned_views() {
            let leads_nowhere = name.starts_with("vehicle-tab-") && !name.ends_with("required");
            assert_eq!(view.offers.iter().next().is_none(), leads_nowhere, "{name}: {view:?}");
        }
    }
}

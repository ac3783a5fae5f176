//! The faults that the comparison found, each as its shortest story.

use digital_key_domain::{
    CacheFailure, DigitalKeyId, Effect, Event, Flow, Generation, Intent, KeyCreation, NoAnswer,
    PageView, PairingAnswer, PairingStatus, PasswordFetch, PasswordUse, Phone, Presence, Question,
    RecordChange, Reply, ReportedKey, Request, Settings, StoredPassword, Support, SupportAnswer,
    TakeOutcome, Tap, UsageCounter, VehicleRecord, Verdict, Vin,
};

use crate::generate::vins;

/// The machine, and its requests that are not answered.
struct App {
    flow: Flow,
    requests: Vec<Request>,
}

impl App {
    fn start() -> Self {
        let phone =
            Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: "14.2".parse().unwrap() };
        Self { flow: Flow::new(Settings::new(phone)), requests: Vec::new() }
    }

    fn give(&mut self, event: impl Into<Event>) -> Vec<Effect> {
        self.step(event).1
    }

    fn step(&mut self, event: impl Into<Event>) -> (Verdict, Vec<Effect>) {
        let mut effects = Vec::new();
        let verdict = self.flow.step(event.into(), &mut effects);
        self.requests.extend(effects.iter().filter_map(|effect| match effect {
            Effect::Request(request) => Some(request.clone()),
            _ => None,
        }));
        (verdict, effects)
    }

    /// Answers the oldest request for this call.
    fn reply(&mut self, call: &str, reply: Reply) -> Vec<Effect> {
        let found = self.requests.iter().position(|request| request.question.call() == call);
        let Request { id, vin, .. } = self.requests.remove(found.expect("it was asked"));
        self.give(Event::Replied { id, vin, reply })
    }

    fn is_asking(&self, call: &str) -> bool {
        self.requests.iter().any(|request| request.question.call() == call)
    }

    /// Goes to Welcome: the vehicle is selected, and the wallet is not asked.
    fn on_welcome(record: VehicleRecord) -> Self {
        let mut app = Self::start();
        app.give(Intent::SelectVehicle(vins()[0]));
        app.reply("cache.load", Reply::Record(Ok(record)));
        app.give(Tap::Entry);
        app
    }

    /// Goes to Apple's first sheet, with a password of generation 1.
    fn with_sheet_up() -> Self {
        let mut app = Self::on_welcome(supported());
        app.reply("bff.pairing_status", status(None));
        app.reply("bff.pairing_password", Reply::Password(PasswordFetch::Fetched));
        app.reply("cache.store_password", Reply::PasswordStored(Ok(StoredPassword::Stored)));
        app.reply("apple_pairing.can_create_key", Reply::CanCreateKey(KeyCreation::Possible));
        for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
            app.give(tap);
        }
        app.reply("cache.take_use", granted(1));
        app
    }

    /// The sheet is gone without an answer, and Retry is tapped.
    fn give_up_and_retry(&mut self) {
        self.give(Event::CameToForeground);
        self.reply("apple_pairing.sheet_is_up", Reply::SheetGone);
        self.give(Tap::Retry);
    }
}

fn supported() -> VehicleRecord {
    let mut record = VehicleRecord::default();
    record.apply(&RecordChange::Support(Support::Supported { upgrade_required: false }));
    record
}

fn key() -> DigitalKeyId {
    DigitalKeyId::try_from("K1").unwrap()
}

/// A record that says that the key is on this phone.
fn with_local_key() -> VehicleRecord {
    let mut record = supported();
    record.apply(&RecordChange::Status(pairing_status(Some(key()))));
    record.apply(&RecordChange::Presence { key: key(), on_this_phone: true });
    record
}

fn pairing_status(owner_key: Option<DigitalKeyId>) -> PairingStatus {
    PairingStatus {
        owner_key: owner_key.map(|id| ReportedKey { id, tracked: true }),
        primary_subscriber: true,
        prepared: true,
    }
}

fn status(owner_key: Option<DigitalKeyId>) -> Reply {
    Reply::Status(Ok(pairing_status(owner_key)))
}

fn granted(uses: u8) -> Reply {
    let generation = Generation::new(1);
    let counted = PasswordUse { generation, uses: UsageCounter::new(uses) };
    Reply::UseTaken(Ok(TakeOutcome::Granted(counted)))
}

fn pass() -> PairingAnswer {
    PairingAnswer { pass: Some(key()), error: None }
}

fn stores_a_key(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Store { change: RecordChange::Paired { .. }, .. }))
}

#[test]
fn gen_2_welcome_is_not_stuck_when_a_late_success_drops_its_status() {
    for answer in [status(None), Reply::Status(Err(NoAnswer::UNREACHABLE))] {
        let mut app = App::with_sheet_up();
        app.give(Tap::Close);
        app.give(Tap::Entry);
        app.reply("apple_pairing.start", Reply::Pairing(pass()));
        // Asked before the success: dropped (CBK-8).
        app.reply("bff.pairing_status", answer);
        app.reply("bff.pairing_password", Reply::Password(PasswordFetch::NoPassword));
        app.reply("apple_pairing.can_create_key", Reply::CanCreateKey(KeyCreation::Possible));
        // Either Continue is offered now (an owner key exists), or the status is asked again.
        let is_offered = app.flow.view().offers.contains(Tap::Continue);
        assert!(app.is_asking("bff.pairing_status") || is_offered, "Welcome is stuck");
    }
}

#[test]
fn ent_6_a_key_belongs_to_the_vehicle_whose_pairing_it_was() {
    let mut app = App::with_sheet_up();
    let Some(Request { id, question: Question::StartPairing, .. }) = app.requests.pop() else {
        panic!("no sheet")
    };
    let [_, other]: [Vin; 2] = vins().try_into().unwrap();
    app.give(Intent::SelectVehicle(other));
    app.reply("cache.load", Reply::Record(Ok(supported())));
    let before = app.flow.clone();
    let effects = app.give(Event::Replied { id, vin: other, reply: Reply::Pairing(pass()) });
    assert_eq!(effects, [], "a key is stored for a vehicle that no pairing was started for");
    assert!(app.flow == before);
}

#[test]
fn cbk_5_a_late_success_deletes_the_used_password_also_while_a_use_is_taken() {
    let mut app = App::with_sheet_up();
    app.give_up_and_retry();
    app.reply("apple_pairing.start", Reply::Pairing(pass()));
    assert_eq!(app.flow.view().password_uses, None);
    // The cache takes the use first: it was asked before the success was to be stored.
    app.reply("cache.take_use", granted(2));
    assert_eq!(app.flow.view().password_uses, None, "the cache will hold no password");
}

#[test]
fn cbk_7_each_late_success_is_recorded() {
    let mut app = App::with_sheet_up();
    app.give_up_and_retry();
    app.reply("cache.take_use", granted(2));
    // Two sheets are gone. Then the start of the first one returns.
    app.give(Event::CameToForeground);
    app.reply("apple_pairing.sheet_is_up", Reply::SheetGone);
    let effects = app.reply("apple_pairing.start", Reply::Pairing(pass()));
    assert!(stores_a_key(&effects), "a key that exists is forgotten");
}

#[test]
fn cbk_7_a_sheet_that_is_found_gone_twice_may_still_return_a_key() {
    let mut app = App::with_sheet_up();
    for _ in 0..2 {
        app.give(Event::CameToForeground);
    }
    for _ in 0..2 {
        app.reply("apple_pairing.sheet_is_up", Reply::SheetGone);
    }
    let effects = app.reply("apple_pairing.start", Reply::Pairing(pass()));
    assert!(stores_a_key(&effects), "a key that exists is forgotten");
}

#[test]
fn cbk_7_a_late_success_of_an_older_sheet_does_not_replace_a_newer_key() {
    let mut app = App::with_sheet_up();
    app.reply("apple_pairing.start", Reply::Pairing(PairingAnswer::default()));
    app.give(Tap::Retry);
    app.reply("cache.take_use", granted(2));
    let newer = PairingAnswer { pass: Some("K2".try_into().unwrap()), error: None };
    app.reply("apple_pairing.start", Reply::Pairing(newer));
    // Apple calls back about the first sheet. Making K2 has disabled K1.
    let effects = app.give(Event::LateAnswer { vin: vins()[0], answer: pass() });
    assert_eq!(effects, [], "the key that works is forgotten");
}

#[test]
fn cbk_5_a_late_success_deletes_the_used_password_also_when_the_key_is_known_already() {
    let mut app = App::with_sheet_up();
    app.reply("apple_pairing.start", Reply::Pairing(PairingAnswer::default()));
    app.reply("bff.pairing_password", Reply::Password(PasswordFetch::NoPassword));
    app.give(Tap::Close);
    app.give(Tap::Entry);
    app.reply("bff.pairing_status", status(Some(key())));
    app.reply("wallet.presence", Reply::Presence(Presence::Present));
    app.give(Event::LateAnswer { vin: vins()[0], answer: pass() });
    assert_eq!(app.flow.view().password_uses, None, "the password was used for this key");
}

#[test]
fn wel_2_a_definite_no_is_stored_again_when_it_could_not_be_stored() {
    let mut app = App::on_welcome(with_local_key());
    // ENT-8: the wallet says no; the cache must be corrected, and fails.
    app.reply("wallet.presence", Reply::Presence(Presence::Absent));
    app.give(Event::CacheFailed(CacheFailure::Unavailable));
    // The cache works again. Welcome asks, and the wallet says no once more.
    app.reply("bff.pairing_status", status(Some(key())));
    let effects = app.reply("wallet.presence", Reply::Presence(Presence::Absent));
    assert!(
        effects.iter().any(|effect| effect.call() == "cache.store"),
        "the cache says forever that the key is on this phone"
    );
}

#[test]
fn wel_2_a_definite_no_is_stored_when_the_cache_could_not_be_read() {
    let mut app = App::start();
    app.give(Intent::SelectVehicle(vins()[0]));
    // It holds `with_local_key`, and cannot be read now.
    app.reply("cache.load", Reply::Record(Err(CacheFailure::Unavailable)));
    let supported = SupportAnswer::Known(Support::Supported { upgrade_required: false });
    app.reply("bff.support", Reply::Support(Ok(supported)));
    app.give(Tap::Entry);
    app.reply("bff.pairing_status", status(Some(key())));
    let effects = app.reply("wallet.presence", Reply::Presence(Presence::Absent));
    assert!(
        effects.iter().any(|effect| effect.call() == "cache.store"),
        "the cache says forever that the key is on this phone"
    );
}

#[test]
fn ovr_2_the_wallet_is_asked_after_the_app_regained_focus() {
    let mut app = App::on_welcome(with_local_key());
    app.reply("wallet.presence", Reply::Presence(Presence::Present));
    assert!(matches!(app.flow.view().page, PageView::Overview { .. }));
    app.give(Event::WalletChanged);
    app.give(Event::WentToBackground);
    // The key is deleted here. ADR 104.3: its wallet change is ignored, since coming back asks.
    app.give(Event::WalletChanged);
    let mut effects = app.give(Event::CameToForeground);
    // A question from before the deletion is answered as it was then.
    effects.extend(app.reply("wallet.presence", Reply::Presence(Presence::Present)));
    assert!(
        effects.iter().any(|effect| effect.call() == "wallet.presence"),
        "the deletion is not seen: the wallet was not asked since the app regained focus"
    );
}

#[test]
fn rdy_4_a_use_that_was_taken_is_counted_also_when_a_second_take_is_under_way() {
    let mut app = App::with_sheet_up();
    app.give_up_and_retry();
    app.give(Tap::Close);
    app.give(Tap::Entry);
    app.reply("bff.pairing_status", status(None));
    app.reply("bff.pairing_password", Reply::Password(PasswordFetch::NoPassword));
    app.reply("apple_pairing.can_create_key", Reply::CanCreateKey(KeyCreation::Possible));
    for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
        app.give(tap);
    }
    app.reply("cache.take_use", granted(2));
    assert_eq!(app.flow.view().password_uses, Some(UsageCounter::new(2)));
}

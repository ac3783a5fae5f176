//! What the comparison found: the shortest stories.

use digital_key_domain::{
    Answer, CacheFailure, DigitalKeyId, Effect, Event, Flow, Intent, PageView, PairingAnswer,
    PairingStatus, PasswordAnswer, PasswordUse, Phone, Presence, RecordChange, ReportedKey,
    Settings, StoredPassword, Support, SupportAnswer, TakeAnswer, Tap, UsageCounter, VehicleRecord,
    Vin,
};

use crate::generate::vins;

/// The machine, and what it has asked that is not answered.
struct App {
    flow: Flow,
    asked: Vec<Effect>,
}

impl App {
    fn start() -> Self {
        let phone =
            Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: "14.2".parse().unwrap() };
        Self { flow: Flow::new(Settings::new(phone)), asked: Vec::new() }
    }

    /// Tells something; what that causes is asked from now on.
    fn hears(&mut self, event: impl Into<Event>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let _ = self.flow.step(event.into(), &mut effects);
        self.asked.extend(effects.clone());
        effects
    }

    /// Answers the oldest question of this call.
    fn answers(&mut self, call: &str, answer: Answer) -> Vec<Effect> {
        let found = self.asked.iter().position(|asked| asked.call() == call);
        let effect = self.asked.remove(found.expect("it was asked"));
        self.hears(to(&effect, answer))
    }

    /// The wallet knows nothing of it, the vehicle is ready, no key exists: up to Welcome.
    fn on_welcome(record: VehicleRecord) -> Self {
        let mut app = Self::start();
        app.hears(Event::Intent(Intent::SelectVehicle(vins()[0])));
        app.answers("cache.load", Answer::Record(Ok(record)));
        app.hears(Tap::Entry);
        app
    }

    /// Apple's sheet is up for the first time, with generation 1.
    fn with_sheet_up() -> Self {
        let mut app = Self::on_welcome(supported());
        app.answers("bff.pairing_status", status(None));
        app.answers("bff.pairing_password", Answer::Password(PasswordAnswer::Fetched));
        app.answers("cache.store_password", Answer::PasswordStored(Ok(StoredPassword::Stored)));
        app.answers("apple_pairing.can_create_key", Answer::CanCreate(true));
        for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
            app.hears(tap);
        }
        app.answers("cache.take_use", granted(1));
        app
    }

    /// The sheet is gone without an answer, and Retry is tapped.
    fn gives_up_and_retries(&mut self) {
        self.hears(Event::CameToForeground);
        self.answers("apple_pairing.sheet_is_up", Answer::SheetGone);
        self.hears(Tap::Retry);
    }
}

/// The answer to an effect.
fn to(effect: &Effect, answer: Answer) -> Event {
    let (id, vin) = match effect {
        Effect::LoadRecord { id, vin }
        | Effect::AskStatus { id, vin }
        | Effect::AskPassword { id, vin }
        | Effect::StorePassword { id, vin, .. }
        | Effect::AskCanCreate { id, vin }
        | Effect::AskPresence { id, vin, .. }
        | Effect::TakeUse { id, vin }
        | Effect::StartPairing { id, vin }
        | Effect::CheckSheet { id, vin } => (*id, *vin),
        other => panic!("{other:?} is not answered"),
    };
    Event::Answered { id, vin, answer }
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

fn status(owner_key: Option<DigitalKeyId>) -> Answer {
    Answer::Status(Ok(pairing_status(owner_key)))
}

fn granted(uses: u8) -> Answer {
    let mut record = supported();
    record.apply(&RecordChange::PasswordStored(digital_key_domain::Generation::new(1)));
    let generation = record.generation;
    Answer::Take(TakeAnswer::Granted(PasswordUse { generation, uses: UsageCounter::new(uses) }))
}

fn pass() -> Answer {
    Answer::Pairing(PairingAnswer { pass: Some(key()), error: None })
}

#[test]
fn gen_2_welcome_is_not_stuck_when_a_late_success_drops_its_status() {
    for answer in [status(None), Answer::Status(Err(digital_key_domain::Failed))] {
        let mut app = App::with_sheet_up();
        app.hears(Tap::Close);
        app.hears(Tap::Entry);
        app.answers("apple_pairing.start", pass());
        // Asked before the success: dropped (CBK-8).
        app.answers("bff.pairing_status", answer);
        app.answers("bff.pairing_password", Answer::Password(PasswordAnswer::NoneFetched));
        app.answers("apple_pairing.can_create_key", Answer::CanCreate(true));
        // Either it is enabled now (an owner key exists), or the status is asked again.
        let asks_again = app.asked.iter().any(|asked| asked.call() == "bff.pairing_status");
        let page = app.flow.view().page;
        assert!(asks_again || page.continue_enabled(), "stuck for ever: {page:?}");
    }
}

#[test]
fn ent_6_a_key_belongs_to_the_vehicle_whose_pairing_it_was() {
    let mut app = App::with_sheet_up();
    let Some(Effect::StartPairing { id, .. }) = app.asked.pop() else { panic!("no sheet") };
    let [_, other]: [Vin; 2] = vins().try_into().unwrap();
    app.hears(Event::Intent(Intent::SelectVehicle(other)));
    app.answers("cache.load", Answer::Record(Ok(supported())));
    let before = app.flow.clone();
    let effects = app.hears(Event::Answered { id, vin: other, answer: pass() });
    assert_eq!(effects, [], "a key is stored for a vehicle that no pairing was started for");
    assert!(app.flow == before);
}

#[test]
fn cbk_5_a_late_success_deletes_the_used_password_also_while_a_use_is_taken() {
    let mut app = App::with_sheet_up();
    app.gives_up_and_retries();
    app.answers("apple_pairing.start", pass());
    assert_eq!(app.flow.view().password_uses, None);
    // The take was in the lane before the success was stored; the deletion comes behind it.
    app.answers("cache.take_use", granted(2));
    assert_eq!(app.flow.view().password_uses, None, "the cache will hold no password");
}

#[test]
fn cbk_7_each_late_success_is_recorded() {
    let mut app = App::with_sheet_up();
    app.gives_up_and_retries();
    app.answers("cache.take_use", granted(2));
    // Twice a sheet is gone, and the answer of the first one comes after that.
    app.hears(Event::CameToForeground);
    app.answers("apple_pairing.sheet_is_up", Answer::SheetGone);
    let effects = app.answers("apple_pairing.start", pass());
    assert!(
        effects.iter().any(|effect| effect.call() == "cache.store"),
        "a key that exists is forgotten"
    );
}

#[test]
fn wel_2_a_definite_no_is_stored_again_when_it_could_not_be_stored() {
    let mut app = App::on_welcome(with_local_key());
    // ENT-8: the wallet says no; the cache is to be corrected, and cannot be.
    app.answers("wallet.presence", Answer::Presence(Presence::Absent));
    app.hears(Event::CacheFailed(CacheFailure::Unavailable));
    // The cache works again. Welcome asks, and the wallet says no once more.
    app.answers("bff.pairing_status", status(Some(key())));
    let effects = app.answers("wallet.presence", Answer::Presence(Presence::Absent));
    assert!(
        effects.iter().any(|effect| effect.call() == "cache.store"),
        "the cache says for ever that the key is on this phone"
    );
}

#[test]
fn wel_2_a_definite_no_is_stored_when_the_cache_could_not_be_read() {
    let mut app = App::start();
    app.hears(Event::Intent(Intent::SelectVehicle(vins()[0])));
    // It holds `with_local_key`, which nobody can read now.
    app.answers("cache.load", Answer::Record(Err(CacheFailure::Unavailable)));
    let supported = SupportAnswer::Known(Support::Supported { upgrade_required: false });
    let Some(Effect::AskSupport { id, vin }) =
        app.asked.iter().find(|asked| asked.call() == "bff.support").cloned()
    else {
        panic!("not asked")
    };
    app.hears(Event::Answered { id, vin, answer: Answer::Support(Ok(supported)) });
    app.hears(Tap::Entry);
    app.answers("bff.pairing_status", status(Some(key())));
    let effects = app.answers("wallet.presence", Answer::Presence(Presence::Absent));
    assert!(
        effects.iter().any(|effect| effect.call() == "cache.store"),
        "the cache says for ever that the key is on this phone"
    );
}

#[test]
fn ovr_2_the_wallet_is_asked_after_the_app_regained_focus() {
    let mut app = App::on_welcome(with_local_key());
    app.answers("wallet.presence", Answer::Presence(Presence::Present));
    assert!(matches!(app.flow.view().page, PageView::Overview { .. }));
    app.hears(Event::WalletChanged);
    app.hears(Event::WentToBackground);
    // The key is deleted here. ADR 104.3: its wallet change is ignored, since coming back asks.
    app.hears(Event::WalletChanged);
    let mut effects = app.hears(Event::CameToForeground);
    // What was asked before the deletion is answered as it was then.
    effects.extend(app.answers("wallet.presence", Answer::Presence(Presence::Present)));
    assert!(
        effects.iter().any(|effect| effect.call() == "wallet.presence"),
        "the deletion is not seen: nobody has asked since the app regained focus"
    );
}

#[test]
fn rdy_4_a_use_that_was_taken_is_counted_also_when_a_second_take_is_under_way() {
    let mut app = App::with_sheet_up();
    app.gives_up_and_retries();
    app.hears(Tap::Close);
    app.hears(Tap::Entry);
    app.answers("bff.pairing_status", status(None));
    app.answers("bff.pairing_password", Answer::Password(PasswordAnswer::NoneFetched));
    app.answers("apple_pairing.can_create_key", Answer::CanCreate(true));
    for tap in [Tap::Continue, Tap::Continue, Tap::TickBox, Tap::Continue] {
        app.hears(tap);
    }
    app.answers("cache.take_use", granted(2));
    assert_eq!(app.flow.view().password_uses, Some(UsageCounter::new(2)));
}

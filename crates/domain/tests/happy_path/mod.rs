//! The events of the whole happy path, from the vehicle tab to a tracked key on Overview.

use digital_key_domain::{
    DigitalKeyId, Effect, Event, Flow, Generation, Intent, KeyCreation, PairingAnswer,
    PairingStatus, PasswordFetch, PasswordUse, Phone, Presence, Question, Reply, ReportedKey,
    Request, Settings, StoredPassword, Support, SupportAnswer, TakeOutcome, Tap, UsageCounter,
    VehicleRecord, Verdict,
};

/// The machine before the first event, and all events: taps, and the answers to what they cause.
pub(crate) fn record() -> (Flow, Vec<Event>) {
    let start = Flow::new(Settings::new(Phone::Ios {
        machine: "iPhone12,1".parse().unwrap(),
        version: "14.2".parse().unwrap(),
    }));
    let vin = "WBA0000000000000A".parse().unwrap();
    let mut flow = start.clone();
    let mut events = Vec::new();
    for intent in [
        Intent::SelectVehicle(vin),
        Intent::Tap(Tap::Entry),
        Intent::Tap(Tap::Continue),
        Intent::Tap(Tap::Continue),
        Intent::Tap(Tap::TickBox),
        Intent::Tap(Tap::Continue),
        Intent::Tap(Tap::Continue),
        Intent::Tap(Tap::Continue),
    ] {
        let mut waiting = vec![Event::Intent(intent)];
        while !waiting.is_empty() {
            let event = waiting.remove(0);
            let mut effects = Vec::new();
            assert_eq!(flow.step(event.clone(), &mut effects), Verdict::Accepted);
            events.push(event);
            waiting.extend(effects.into_iter().filter_map(answer));
        }
    }
    assert_eq!(flow.view().page.name(), "Overview");
    (start, events)
}

fn answer(effect: Effect) -> Option<Event> {
    let Effect::Request(Request { id, vin, question }) = effect else { return None };
    let reply = match question {
        Question::Record => Reply::Record(Ok(VehicleRecord::default())),
        Question::Support => {
            let support = SupportAnswer::Known(Support::Supported { upgrade_required: false });
            Reply::Support(Ok(support))
        }
        Question::Status => Reply::Status(Ok(status(id.to_string()))),
        Question::Password => Reply::Password(PasswordFetch::Fetched),
        Question::StorePassword(_) => Reply::PasswordStored(Ok(StoredPassword::Stored)),
        Question::OpenWallet(_) => Reply::WalletOpened(true),
        Question::CanCreateKey => Reply::CanCreateKey(KeyCreation::Possible),
        Question::Presence(_) => Reply::Presence(Presence::Present),
        Question::TakeUse => {
            let counted =
                PasswordUse { generation: Generation::new(1), uses: UsageCounter::new(1) };
            Reply::UseTaken(Ok(TakeOutcome::Granted(counted)))
        }
        Question::StartPairing => {
            let pass = DigitalKeyId::try_from("K1").ok();
            Reply::Pairing(PairingAnswer { pass, error: None })
        }
        Question::CheckSheet => return None,
    };
    Some(Event::Replied { id, vin, reply })
}

/// No owner key at first; after the pairing, the new one, tracked.
fn status(id: String) -> PairingStatus {
    let is_first = id == "#3";
    let key = ReportedKey { id: DigitalKeyId::try_from("K1").unwrap(), tracked: true };
    PairingStatus {
        owner_key: (!is_first).then_some(key),
        primary_subscriber: true,
        prepared: true,
    }
}

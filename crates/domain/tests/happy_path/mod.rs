//! The events of the whole happy path, from the vehicle tab to a tracked key on Overview.

use digital_key_domain::{
    Answer, DigitalKeyId, Effect, Event, Flow, Generation, Intent, PairingAnswer, PairingStatus,
    PasswordAnswer, PasswordUse, Phone, Presence, ReportedKey, Settings, StoredPassword, Support,
    SupportAnswer, TakeAnswer, Tap, UsageCounter, VehicleRecord, Verdict,
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
    let (id, vin, answer) = match effect {
        Effect::LoadRecord { id, vin } => (id, vin, Answer::Record(Ok(VehicleRecord::default()))),
        Effect::AskSupport { id, vin } => {
            let support = SupportAnswer::Known(Support::Supported { upgrade_required: false });
            (id, vin, Answer::Support(Ok(support)))
        }
        Effect::AskStatus { id, vin } => (id, vin, Answer::Status(Ok(status(id.to_string())))),
        Effect::AskPassword { id, vin } => (id, vin, Answer::Password(PasswordAnswer::Fetched)),
        Effect::StorePassword { id, vin, .. } => {
            (id, vin, Answer::PasswordStored(Ok(StoredPassword::Stored)))
        }
        Effect::AskCanCreate { id, vin } => (id, vin, Answer::CanCreate(true)),
        Effect::AskPresence { id, vin, .. } => (id, vin, Answer::Presence(Presence::Present)),
        Effect::TakeUse { id, vin } => {
            let counted =
                PasswordUse { generation: Generation::new(1), uses: UsageCounter::new(1) };
            (id, vin, Answer::Take(TakeAnswer::Granted(counted)))
        }
        Effect::StartPairing { id, vin } => {
            let pass = DigitalKeyId::try_from("K1").ok();
            (id, vin, Answer::Pairing(PairingAnswer { pass, error: None }))
        }
        Effect::CheckSheet { .. }
        | Effect::OpenWallet { .. }
        | Effect::Store { .. }
        | Effect::EraseAll
        | Effect::Report(_) => return None,
    };
    Some(Event::Answered { id, vin, answer })
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

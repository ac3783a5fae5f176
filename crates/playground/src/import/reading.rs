//! What a recording says, in the playground's terms.

use std::cmp::Reverse;

use digital_key_domain::{
    EntryMode, Event, FailureKind, Intent, MachineIdentifier, NoAnswer, OsVersion, Phone, Reply,
    VehicleRecord, Vin,
};
use digital_key_recording::{Recording, Step};

use crate::VINS;
use crate::answer::Fault;
use crate::change::Change;
use crate::truth::{PHONES, VERSIONS};

/// Returns the vehicle that an event belongs to.
pub(super) fn vin_of(event: &Event) -> Option<Vin> {
    match event {
        Event::Intent(Intent::SelectVehicle(vin))
        | Event::RefreshRequested(vin)
        | Event::VehicleForgotten(vin)
        | Event::LateAnswer { vin, .. }
        | Event::Replied { vin, .. } => Some(*vin),
        Event::Intent(Intent::Tap(_))
        | Event::WentToBackground
        | Event::CameToForeground
        | Event::WalletChanged
        | Event::SignedOut
        | Event::CacheFailed(_) => None,
    }
}

/// Returns the vehicles that most events belong to, as many as the playground has.
pub(super) fn busiest_vehicles(recording: &Recording) -> Vec<Vin> {
    let mut counts: Vec<(Vin, usize)> = Vec::new();
    for vin in recording.steps().filter_map(|(_, step)| vin_of(&step.event)) {
        match counts.iter_mut().find(|(known, _)| *known == vin) {
            Some((_, count)) => *count += 1,
            None => counts.push((vin, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| Reverse(*count));
    counts.into_iter().map(|(vin, _)| vin).take(VINS.len()).collect()
}

/// The changes of the world that make the phone of the recording, or one like it.
pub(super) fn settings(recording: &Recording) -> Vec<Change> {
    let mut changes = Vec::new();
    let place = |at: Option<usize>| at.and_then(|at| u8::try_from(at).ok());
    let is_like = |machine: &str| {
        let Phone::Ios { machine: recorded, .. } = &recording.header.phone else { return false };
        machine.parse().is_ok_and(|it: MachineIdentifier| it.support() == recorded.support())
    };
    match &recording.header.phone {
        Phone::Android => {
            changes
                .extend(place(PHONES.iter().position(|(_, it)| it.is_none())).map(Change::Phone));
        }
        Phone::Ios { machine, version } => {
            let exact = PHONES.iter().position(|(_, it)| *it == Some(machine.as_str()));
            let like = || PHONES.iter().position(|(_, it)| it.is_some_and(is_like));
            changes.extend(place(exact.or_else(like)).map(Change::Phone));
            let first = OsVersion::FIRST_SUPPORTED_IOS;
            let is_new = |text: &str| text.parse().is_ok_and(|it: OsVersion| it >= first);
            let exact = VERSIONS.iter().position(|it| *it == version.to_string());
            let like = || VERSIONS.iter().position(|it| is_new(it) == (*version >= first));
            changes.extend(place(exact.or_else(like)).map(Change::Version));
        }
    }
    if recording.header.entry_mode == EntryMode::ComingSoon {
        changes.push(Change::ComingSoon(true));
    }
    changes
}

/// The records that the cache gave, each at its first reading.
pub(super) fn records_read(recording: &Recording) -> impl Iterator<Item = (Vin, VehicleRecord)> {
    recording.steps().filter_map(|(_, step)| match &step.event {
        Event::Replied { vin, reply: Reply::Record(Ok(record)), .. } => {
            Some((*vin, record.clone()))
        }
        _ => None,
    })
}

/// Whether the cache replies, which it does by itself here.
pub(super) fn is_of_cache(step: &Step) -> bool {
    matches!(
        step.event,
        Event::Replied {
            reply: Reply::Record(_) | Reply::PasswordStored(_) | Reply::UseTaken(_),
            ..
        }
    )
}

/// Returns the fault that has the same consequence.
pub(super) fn fault(no_answer: NoAnswer) -> Fault {
    match no_answer.kind {
        FailureKind::Unreachable | FailureKind::Interrupted => Fault::Offline,
        FailureKind::DeadlineExceeded => Fault::TimedOut,
        FailureKind::Malformed => Fault::Malformed,
        FailureKind::Unauthorized | FailureKind::NoToken => Fault::Unauthorized,
        FailureKind::Status { .. } | FailureKind::CircuitOpen | FailureKind::Other
            if no_answer.wait.is_some() =>
        {
            Fault::AsksToWait
        }
        FailureKind::Status { .. } | FailureKind::CircuitOpen | FailureKind::Other => {
            Fault::Unavailable
        }
    }
}

//! Bounds that are small and, together, let the machine make every step that a page can make.

use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, PairingAnswer, PairingStatus, Phone, Presence, ReportedKey,
    Settings,
};
use digital_key_exploration::Bounds;

use crate::TaskError;

pub(super) fn all() -> Result<Vec<Bounds>, TaskError> {
    let key = |id: &str| DigitalKeyId::try_from(id);
    let status = |owner_key| PairingStatus { owner_key, primary_subscriber: true, prepared: true };
    let phone = |machine: &str, version: &str| -> Result<Phone, TaskError> {
        Ok(Phone::Ios { machine: machine.parse()?, version: version.parse()? })
    };
    // Another vehicle and a sign-out, which lead away from each page.
    let smallest = Bounds {
        bystanders: Bounds::two_vehicles().vehicles.split_off(1),
        ends: true,
        ..Bounds::smallest()
    };
    let new_key = PairingAnswer { pass: Some(key("K2")?), error: None };
    let no_key = PairingAnswer { pass: None, error: Some(AppleErrorCode::UserCanceled) };
    let owner_key = |id: &str| -> Result<ReportedKey, TaskError> {
        Ok(ReportedKey { id: key(id)?, tracked: true })
    };

    let pairing = Bounds {
        name: "pairing",
        presence: vec![Presence::Present],
        pairing: vec![new_key.clone(), no_key.clone()],
        ..smallest.clone()
    };
    let gone = Bounds {
        name: "gone",
        presence: vec![Presence::Present],
        pairing: vec![new_key],
        foreground: true,
        ..Bounds::smallest()
    };
    let backend =
        Bounds { name: "backend", pairing: Vec::new(), bff_fails: true, ..smallest.clone() };
    let late = Bounds {
        name: "late",
        presence: vec![Presence::Present],
        pairing: pairing.pairing.clone(),
        bff_fails: true,
        ..Bounds::smallest()
    };
    let owner = Bounds {
        name: "owner",
        status: vec![status(Some(owner_key("K1")?))],
        pairing: Vec::new(),
        background: true,
        ..smallest.clone()
    };
    let moved = Bounds {
        name: "moved",
        status: vec![status(Some(owner_key("K1")?)), status(Some(owner_key("K2")?))],
        pairing: Vec::new(),
        foreground: true,
        ..Bounds::smallest()
    };
    let blocked = Bounds {
        name: "blocked",
        status: vec![
            PairingStatus { primary_subscriber: false, ..status(None) },
            PairingStatus { prepared: false, ..status(None) },
        ],
        ..smallest.clone()
    };
    let old_phone = Bounds {
        name: "old-phone",
        settings: Settings::new(phone("iPhone9,1", "14.2")?),
        ..smallest.clone()
    };
    let old_software = Bounds {
        name: "old-software",
        settings: Settings::new(phone("iPhone12,1", "13.5")?),
        ..smallest
    };
    let cache = Bounds {
        name: "cache",
        presence: vec![Presence::Present],
        pairing: vec![no_key],
        cache_fails: true,
        waiting_calls: 1,
        ..Bounds::smallest()
    };
    Ok(vec![pairing, gone, backend, late, owner, moved, blocked, old_phone, old_software, cache])
}

//! How much is explored.

use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, PairingAnswer, PairingStatus, Phone, Presence, ReportedKey,
    Settings, Support, SupportAnswer, Vin,
};

/// The bounds of an exploration: what the ports may answer, and what may happen beside.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The name of the bounds in the report.
    pub name: &'static str,
    /// The phone.
    pub settings: Settings,
    /// The vehicles that can be selected.
    pub vehicles: Vec<Vin>,
    /// Vehicles without Smart Access that can be selected, too.
    pub bystanders: Vec<Vin>,
    /// What the BFF may answer to the question for support; a failure comes on top.
    pub support: Vec<SupportAnswer>,
    /// What the BFF may answer to the question for the status; a failure comes on top.
    pub status: Vec<PairingStatus>,
    /// What the wallet may answer to the question for a key.
    pub presence: Vec<Presence>,
    /// What Apple's sheet may answer, at once or late.
    pub pairing: Vec<PairingAnswer>,
    /// How many calls may wait for the cache before it makes the next one; 0 = it makes each at once.
    pub waiting_calls: usize,
    /// Whether the BFF may fail, or have no password.
    pub bff_fails: bool,
    /// Whether calls of the cache may fail.
    pub cache_fails: bool,
    /// Whether the app may be killed and the user may sign out.
    pub ends: bool,
    /// Whether the host may refresh a vehicle (ENT-10) and forget it (GEN-9).
    pub host_calls: bool,
    /// Whether the app may come to the foreground.
    pub foreground: bool,
    /// Whether the app may go to the background, and the wallet may change meanwhile.
    pub background: bool,
}

const SUPPORTED: SupportAnswer =
    SupportAnswer::Known(Support::Supported { upgrade_required: false });

impl Bounds {
    /// Returns the bounds that take seconds.
    #[must_use]
    pub fn quick() -> Vec<Self> {
        vec![
            Self::smallest(),
            Self::late_success(),
            Self::next_account(),
            Self::late_answers(),
            Self::failing_cache(),
            Self::removed_key(),
            Self::failing_backend(),
            Self::host_calls(),
        ]
    }

    /// Returns all bounds that have a name: after the quick ones those that take minutes.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = Self::quick();
        all.extend([Self::two_vehicles(), Self::every_answer(), Self::two_vehicles_that_fail()]);
        all
    }

    /// One vehicle, one answer to each question, and nothing in between.
    #[must_use]
    pub fn smallest() -> Self {
        Self {
            name: "smallest",
            settings: settings(),
            vehicles: vins(1),
            bystanders: Vec::new(),
            support: vec![SUPPORTED],
            status: vec![status(None)],
            presence: vec![Presence::Present, Presence::Absent, Presence::CannotSay],
            pairing: vec![answer(key("K1"), false)],
            waiting_calls: 0,
            bff_fails: false,
            cache_fails: false,
            ends: false,
            host_calls: false,
            foreground: false,
            background: false,
        }
    }

    /// One vehicle, and Apple's sheet may fail before it succeeds (CBK-7).
    #[must_use]
    pub fn late_success() -> Self {
        Self {
            name: "late-success",
            pairing: vec![answer(key("K1"), false), answer(None, false)],
            ends: true,
            ..Self::smallest()
        }
    }

    /// One vehicle, and sheets that are gone before they answer, with more than one key (CBK-7).
    #[must_use]
    pub fn late_answers() -> Self {
        Self {
            name: "late-answers",
            presence: vec![Presence::Present],
            pairing: vec![answer(key("K1"), false), answer(key("K2"), false), answer(None, false)],
            foreground: true,
            ..Self::smallest()
        }
    }

    /// One vehicle, and a sheet of one account that answers when the next one is there (GEN-5).
    #[must_use]
    pub fn next_account() -> Self {
        Self {
            name: "next-account",
            pairing: Self::late_success().pairing,
            ends: true,
            ..Self::late_answers()
        }
    }

    /// One vehicle, and every answer of every port: late, missing, failed; crashes and sign-outs.
    #[must_use]
    pub fn every_answer() -> Self {
        let ready = status(None);
        Self {
            name: "every-answer",
            support: vec![
                SUPPORTED,
                SupportAnswer::Known(Support::NotSupported),
                SupportAnswer::Unknown,
            ],
            status: vec![
                ready.clone(),
                PairingStatus { primary_subscriber: false, ..ready.clone() },
                PairingStatus { prepared: false, ..ready },
                status(reported("K1", false)),
                status(reported("K1", true)),
                status(reported("K2", true)),
            ],
            pairing: vec![
                answer(key("K1"), false),
                answer(key("K1"), true),
                answer(None, true),
                answer(None, false),
            ],
            bff_fails: true,
            ends: true,
            foreground: true,
            background: true,
            ..Self::smallest()
        }
    }

    /// One vehicle, and calls of the cache that wait, and fail.
    #[must_use]
    pub fn failing_cache() -> Self {
        Self { name: "failing-cache", cache_fails: true, waiting_calls: 1, ..Self::smallest() }
    }

    /// One vehicle whose owner key is reported and then no longer reported (OVR-7, MOV-4).
    #[must_use]
    pub fn removed_key() -> Self {
        Self {
            name: "removed-key",
            status: vec![status(None), status(reported("K1", true))],
            pairing: Vec::new(),
            foreground: true,
            background: true,
            ..Self::smallest()
        }
    }

    /// One vehicle whose backend fails, and an app that comes to the foreground (ENT-4, WEL-1, WEL-4).
    #[must_use]
    pub fn failing_backend() -> Self {
        let ready = status(None);
        Self {
            name: "failing-backend",
            status: vec![PairingStatus { primary_subscriber: false, ..ready.clone() }, ready],
            pairing: vec![answer(None, false)],
            bff_fails: true,
            foreground: true,
            ..Self::smallest()
        }
    }

    /// One vehicle that the host refreshes and forgets, with sheets that answer late (ENT-10, GEN-9).
    #[must_use]
    pub fn host_calls() -> Self {
        Self {
            name: "host-calls",
            support: vec![SUPPORTED, SupportAnswer::Known(Support::NotSupported)],
            presence: vec![Presence::Present],
            pairing: Self::late_success().pairing,
            host_calls: true,
            ..Self::smallest()
        }
    }

    /// Two vehicles, each within the smallest bounds: what one may do to the other.
    #[must_use]
    pub fn two_vehicles() -> Self {
        Self { name: "two-vehicles", vehicles: vins(2), ..Self::smallest() }
    }

    /// Two vehicles whose pairings fail and whose passwords are used up, counter 0 to 3.
    #[must_use]
    pub fn two_vehicles_that_fail() -> Self {
        Self {
            name: "two-vehicles-that-fail",
            pairing: vec![answer(key("K1"), false), answer(None, false)],
            bff_fails: true,
            ..Self::two_vehicles()
        }
    }
}

fn settings() -> Settings {
    let ios = "iPhone12,1".parse().ok().zip("14.2".parse().ok());
    Settings::new(ios.map_or(Phone::Android, |(machine, version)| Phone::Ios { machine, version }))
}

fn vins(count: usize) -> Vec<Vin> {
    ["WBA0000000000000A", "WBA0000000000000B"]
        .iter()
        .take(count)
        .filter_map(|text| text.parse().ok())
        .collect()
}

fn key(id: &str) -> Option<DigitalKeyId> {
    DigitalKeyId::try_from(id).ok()
}

fn reported(id: &str, tracked: bool) -> Option<ReportedKey> {
    key(id).map(|id| ReportedKey { id, tracked })
}

fn status(owner_key: Option<ReportedKey>) -> PairingStatus {
    PairingStatus { owner_key, primary_subscriber: true, prepared: true }
}

fn answer(pass: Option<DigitalKeyId>, with_error: bool) -> PairingAnswer {
    PairingAnswer { pass, error: with_error.then_some(AppleErrorCode::UserCanceled) }
}

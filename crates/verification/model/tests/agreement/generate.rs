//! Random runs: what may happen, and how often.

use digital_key_domain::{AppleErrorCode, EntryMode, Phone, Presence, Settings, Support, Tap, Vin};
use digital_key_model::{Answers, CacheOutcome, Step};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Returns whole runs: the settings, and the steps.
pub(crate) fn run() -> impl Strategy<Value = (Settings, Vec<Step>)> {
    (settings(), vec(step(), 1..=60))
}

/// Returns runs in which more happens than a small recording holds.
pub(crate) fn long_run() -> impl Strategy<Value = (Settings, Vec<Step>)> {
    (settings(), vec(step(), 200..=400))
}

/// Two vehicles: what belongs to one must not appear on the other.
pub(crate) fn vins() -> Vec<Vin> {
    ["WBA00000000DEMO03", "WBA00000000DEMO04"].iter().map(|vin| vin.parse().unwrap()).collect()
}

fn settings() -> impl Strategy<Value = Settings> {
    let phone = prop_oneof![
        50 => Just(("iPhone12,1", "14.2")),
        1 => Just(("iPhone10,6", "14.2")),
        1 => Just(("iPhone11,2", "13.5.9")),
        1 => Just(("iPhone11,8", "13.6")),
        1 => Just(("arm64", "26")),
        1 => Just(("iPad13,1", "18.1")),
    ];
    let phone = phone.prop_map(|(machine, version)| Phone::Ios {
        machine: machine.parse().unwrap(),
        version: version.parse().unwrap(),
    });
    let phone = prop_oneof![30 => phone, 1 => Just(Phone::Android)];
    let mode = prop_oneof![30 => Just(EntryMode::OwnerPairing), 1 => Just(EntryMode::ComingSoon)];
    (phone, mode).prop_map(|(phone, entry_mode)| {
        let mut settings = Settings::new(phone);
        settings.entry_mode = entry_mode;
        settings
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        300 => (any::<u8>(), answers()).prop_map(|(n, answers)| Step::Advance(n.into(), answers)),
        10 => (any::<u8>(), answers()).prop_map(|(n, answers)| Step::Reply(n.into(), answers)),
        10 => cache_outcome().prop_map(Step::Cache),
        3 => (any::<u8>(), answers())
            .prop_map(|(n, answers)| Step::ReplyForAnother(n.into(), answers)),
        8 => select(&Tap::ALL[..]).prop_map(Step::Tap),
        4 => any::<u8>().prop_map(|n| Step::Select(n.into())),
        8 => Just(Step::Foreground),
        2 => Just(Step::Background),
        4 => Just(Step::WalletChange),
        2 => any::<u8>().prop_map(|n| Step::ReplyAgain(n.into())),
        8 => late_answer(),
        2 => Just(Step::Restart),
        4 => any::<u8>().prop_map(|n| Step::Refresh(n.into())),
        2 => any::<u8>().prop_map(|n| Step::Forget(n.into())),
        1 => Just(Step::SignOut),
    ]
}

/// Most late answers report a key: the others change nothing.
fn late_answer() -> impl Strategy<Value = Step> {
    let pass = proptest::option::weighted(0.8, 1..3u8);
    (any::<u8>(), pass, answers())
        .prop_map(|(n, pass, answers)| Step::LateAnswer(n.into(), Answers { pass, ..answers }))
}

fn cache_outcome() -> impl Strategy<Value = CacheOutcome> {
    prop_oneof![
        6 => Just(CacheOutcome::Works),
        1 => Just(CacheOutcome::IsUnavailable),
        1 => Just(CacheOutcome::IsLost),
        1 => Just(CacheOutcome::IsLostTwice),
    ]
}

fn answers() -> impl Strategy<Value = Answers> {
    let support = prop_oneof![
        20 => any::<bool>().prop_map(|upgrade_required| Some(Support::Supported { upgrade_required })),
        1 => Just(Some(Support::NotSupported)),
        1 => Just(None),
    ];
    let presence = select(&[Presence::Present, Presence::Absent, Presence::CannotSay][..]);
    let error = proptest::option::of(select(&AppleErrorCode::ALL[..]));
    (
        proptest::bool::weighted(0.1),
        proptest::option::of(1..90u64),
        support,
        proptest::option::weighted(0.3, (select(&[1, 1, 1, 2, 2, 2, 3][..]), any::<bool>())),
        proptest::bool::weighted(0.9),
        proptest::bool::weighted(0.9),
        presence,
        proptest::option::weighted(0.4, 1..3u8),
        error,
    )
        .prop_map(
            |(
                fails,
                wait,
                support,
                owner_key,
                primary_subscriber,
                prepared,
                presence,
                pass,
                error,
            )| {
                Answers {
                    fails,
                    wait,
                    support,
                    owner_key,
                    primary_subscriber,
                    prepared,
                    presence,
                    pass,
                    error,
                }
            },
        )
}

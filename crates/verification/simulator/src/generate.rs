//! Makes a plan from a seed.

use digital_key_domain::{AppleErrorCode, Tap};
use fastrand::Rng;

use crate::action::{
    Action, BackendChange, BffFault, Damage, PhoneFault, Plan, Planned, SheetEnd, StoreFault, Wait,
};
use crate::backend::VEHICLES;

/// Returns the plan of a seed: always the same one.
pub(crate) fn plan(seed: u64) -> Plan {
    let mut rng = Rng::with_seed(seed);
    let phones = if rng.u8(..5) == 0 { 2 } else { 1 };
    let mut actions: Vec<_> = (0..rng.usize(10..=30)).map(|_| planned(&mut rng, phones)).collect();
    if rng.u8(..6) == 0 {
        bring_misfortune(&mut rng, &mut actions);
    }
    if rng.u8(..6) == 0 {
        sign_out_in_background(&mut rng, &mut actions);
    }
    if rng.u8(..6) == 0 {
        lose_facts(&mut rng, &mut actions);
    }
    Plan { seed, circuit_breaker: rng.u8(..3) > 0, phones, actions }
}

fn planned(rng: &mut Rng, phones: usize) -> Planned {
    let wait = match rng.u8(..10) {
        0..3 => Wait::Turns(rng.u8(..24)),
        3..9 => Wait::Millis(rng.u32(1..200)),
        _ => Wait::Millis(rng.u32(200..15_000)),
    };
    Planned { wait, phone: rng.usize(..phones), action: action(rng) }
}

fn action(rng: &mut Rng) -> Action {
    let vehicle = rng.usize(..VEHICLES);
    match rng.u8(..100) {
        0..50 => Action::Advance(rng.u8(..)),
        50 => Action::Forget { vehicle },
        51 => Action::StartFor { account: rng.u8(..2) },
        52..56 => Action::Tap(pick(rng, &Tap::ALL)),
        56 => Action::LateAnswer(sheet_end(rng)),
        57..59 => Action::Select { vehicle },
        59 => Action::Refresh { vehicle },
        60 => Action::SignOut { cancelled: rng.bool() },
        61 => Action::Background,
        62..64 => Action::Foreground,
        64 => Action::Suspend,
        65..67 => Action::Resume,
        67..71 => Action::Kill { unflushed_survives: rng.bool() },
        71 => Action::Damage(damage(rng, vehicle)),
        72 => Action::SecondInstance { vehicle },
        73 => Action::ClockJumps { seconds: rng.u32(1..60) },
        74..78 => Action::Sheet(sheet_end(rng)),
        78 => Action::DeleteInWallet { vehicle },
        79 => Action::WalletKnows(rng.bool()),
        80..83 => Action::Phone(phone_fault(rng)),
        83..88 => Action::Bff(bff_fault(rng)),
        88 => Action::BackendIsDown { requests: rng.u8(1..9) },
        89..95 => Action::Store(store_fault(rng)),
        95 => Action::DiskIsFull(rng.bool()),
        _ => Action::Backend { vehicle, change: backend_change(rng) },
    }
}

/// The user gets far, and then everything fails: sheets end without a key and there is no new
/// password, until all uses are taken.
fn bring_misfortune(rng: &mut Rng, actions: &mut [Planned]) {
    let begin = rng.usize(7..=10);
    for (at, planned) in actions.iter_mut().enumerate() {
        if rng.u8(..4) == 0 {
            continue;
        }
        let action = match at {
            _ if at < begin => Action::Advance(rng.u8(..)),
            _ if at == begin => {
                Action::Backend { vehicle: 0, change: BackendChange::HasPasswords(false) }
            }
            _ if (at - begin).is_multiple_of(2) => Action::Tap(Tap::Retry),
            _ => Action::Sheet(SheetEnd::Failed(AppleErrorCode::UserCanceled)),
        };
        *planned = Planned { wait: Wait::Millis(100), phone: 0, action };
    }
}

/// The user gets far, leaves the app and signs out there, and the app is killed at any instant from then
/// on. The steps overtake each other.
fn sign_out_in_background(rng: &mut Rng, actions: &mut [Planned]) {
    let begin = rng.usize(4..=9);
    let mut leave =
        [Action::Background, Action::Suspend, Action::SignOut { cancelled: rng.bool() }];
    rng.shuffle(&mut leave);
    let kill = Action::Kill { unflushed_survives: rng.bool() };
    let back = pick(rng, &[kill, Action::Foreground, Action::Resume, Action::Suspend]);
    let actions = actions.iter_mut().skip(begin);
    for (planned, action) in actions.zip(leave.into_iter().chain([back, kill])) {
        let wait = if rng.bool() { Wait::Turns(rng.u8(..12)) } else { Wait::Millis(20) };
        *planned = Planned { wait, phone: 0, action };
    }
}

/// The user gets far. Then the facts are lost on purpose: the vehicle leaves the account, or the user of
/// the phone changes. A kill or a late answer may come at any instant after that.
fn lose_facts(rng: &mut Rng, actions: &mut [Planned]) {
    let begin = rng.usize(6..=14);
    let lost = match rng.u8(..4) {
        0 | 1 => Action::Forget { vehicle: 0 },
        2 => Action::StartFor { account: 1 },
        _ => Action::SignOut { cancelled: false },
    };
    let next = [
        Action::Kill { unflushed_survives: rng.bool() },
        Action::LateAnswer(SheetEnd::Made { backend_lags: true, with_error: false }),
        Action::Store(store_fault(rng)),
        Action::Select { vehicle: 0 },
    ];
    let fault = Action::Store(store_fault(rng));
    let before = if rng.bool() { fault } else { Action::Advance(rng.u8(..)) };
    let actions = actions.iter_mut().skip(begin);
    for (planned, action) in actions.zip([before, lost, pick(rng, &next)]) {
        let wait = if rng.bool() { Wait::Turns(rng.u8(..12)) } else { Wait::Millis(20) };
        *planned = Planned { wait, phone: 0, action };
    }
}

const STATUSES: [u16; 10] = [403, 404, 408, 409, 429, 500, 502, 503, 503, 504];

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

fn sheet_end(rng: &mut Rng) -> SheetEnd {
    match rng.u8(..4) {
        0 => SheetEnd::Made { backend_lags: rng.bool(), with_error: rng.bool() },
        1 | 2 => SheetEnd::Failed(pick(rng, &AppleErrorCode::ALL)),
        _ => SheetEnd::Vanished,
    }
}

fn phone_fault(rng: &mut Rng) -> PhoneFault {
    match rng.u8(..3) {
        0 => PhoneFault::Slow(rng.u16(100..8_000)),
        1 => PhoneFault::Hangs,
        _ => PhoneFault::Fails,
    }
}

fn bff_fault(rng: &mut Rng) -> BffFault {
    match rng.u8(..11) {
        0 => BffFault::Refused,
        1 => BffFault::Interrupted,
        2 => BffFault::TimedOut,
        3 => BffFault::Hangs,
        4 => BffFault::Duplicated,
        5 | 6 => BffFault::Slow(rng.u16(100..12_000)),
        7 => BffFault::Unauthorized,
        8 => BffFault::Malformed,
        9 if rng.bool() => BffFault::NoToken,
        _ => BffFault::Status(pick(rng, &STATUSES)),
    }
}

fn store_fault(rng: &mut Rng) -> StoreFault {
    match rng.u8(..7) {
        0 => StoreFault::FailsBefore,
        1 => StoreFault::FlushFails,
        2 | 3 => StoreFault::FailsAfter,
        4 => StoreFault::Slow(rng.u16(1..12_000)),
        5 => StoreFault::HangsAt(rng.u8(..3)),
        _ => StoreFault::LockedOnce,
    }
}

fn damage(rng: &mut Rng, vehicle: usize) -> Damage {
    match rng.u8(..5) {
        0 => Damage::TornWrite,
        1 => Damage::Rollback,
        2 => Damage::CorruptRecord { vehicle },
        3 => Damage::CounterInDoubt { vehicle },
        _ => Damage::KeyMissing,
    }
}

fn backend_change(rng: &mut Rng) -> BackendChange {
    match rng.u8(..8) {
        0 => BackendChange::DeletesKey,
        1 => BackendChange::CatchesUp,
        2 => BackendChange::Tracks,
        3 => BackendChange::MovesKeyElsewhere,
        4 => BackendChange::Prepared(rng.bool()),
        5 => BackendChange::PrimarySubscriber(rng.bool()),
        6 => BackendChange::HasPasswords(rng.bool()),
        _ => BackendChange::SupportIsUnknown(rng.bool()),
    }
}

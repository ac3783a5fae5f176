//! A recording in words.

use std::fmt::Write as _;

use digital_key::domain::{
    CacheFailure, Event, FailureKind, Intent, KeyCreation, PageName, PairingAnswer, PasswordFetch,
    Presence, Reply, StoredPassword, Support, SupportAnswer, TakeOutcome, Verdict,
};
use digital_key_recording::{Entry, Recording};

/// Returns a line for each entry: when it was, what happened, and the page if it is another one.
pub(super) fn story(recording: &Recording) -> String {
    let mut text = String::new();
    let mut page = PageName::VehicleTab;
    let mut number = 0;
    for (millis, entry) in recording.timed_entries() {
        let time = time(millis);
        let (mark, what) = match entry {
            Entry::Step(step) => {
                number += 1;
                let mut what = words(&step.event);
                if let Verdict::Ignored(reason) = step.verdict {
                    let _ = write!(what, " (ignored: {reason})");
                }
                if std::mem::replace(&mut page, step.page) != step.page {
                    let _ = write!(what, " → {}", step.page.as_str());
                }
                (format!("{number:>4}."), what)
            }
            Entry::PortFailure { failure, .. } => ("     ".to_owned(), failure.to_string()),
        };
        let _ = writeln!(text, "{mark} {time:>9}  {what}");
    }
    let replayed = recording.replay().last();
    let waits = match replayed.is_some_and(|step| step.view.pairing_runs) {
        true => "; a pairing runs, and Apple's sheet has not answered",
        false => "",
    };
    let _ = writeln!(text, "The recording ends on {}{waits}.", page.as_str());
    text
}

/// Returns a time since the beginning, such as `1:03.250`.
pub(super) fn time(millis: u64) -> String {
    let (minutes, seconds, millis) = (millis / 60_000, millis / 1_000 % 60, millis % 1_000);
    format!("{minutes}:{seconds:02}.{millis:03}")
}

/// Returns what happened.
pub(super) fn words(event: &Event) -> String {
    match event {
        Event::Intent(Intent::SelectVehicle(vin)) => {
            format!("the user selects {}", vin.short())
        }
        Event::Intent(Intent::Tap(tap)) => format!("the user taps: {}", tap.name()),
        Event::WentToBackground => "the app goes to the background".to_owned(),
        Event::CameToForeground => "the app comes to the foreground".to_owned(),
        Event::WalletChanged => "the wallet changes".to_owned(),
        Event::RefreshRequested(vin) => format!("the host refreshes {}", vin.short()),
        Event::VehicleForgotten(vin) => format!("the host forgets {}", vin.short()),
        Event::SignedOut => "the user signs out".to_owned(),
        Event::Replied { reply, .. } => reply_words(reply),
        Event::LateAnswer { answer, .. } => {
            format!("Apple calls back late: {}", answer_words(answer))
        }
        Event::CacheFailed(failure) => format!("the cache fails: {}", failure_words(*failure)),
    }
}

fn reply_words(reply: &Reply) -> String {
    match reply {
        Reply::Record(Ok(_)) => "the cache has read the record".to_owned(),
        Reply::Record(Err(failure)) => {
            format!("the cache cannot read the record: {}", failure_words(*failure))
        }
        Reply::Support(Ok(SupportAnswer::Known(Support::Supported { upgrade_required }))) => {
            let upgrade = if *upgrade_required { ", after an upgrade" } else { "" };
            format!("the BFF says: supported{upgrade}")
        }
        Reply::Support(Ok(SupportAnswer::Known(Support::NotSupported))) => {
            "the BFF says: not supported".to_owned()
        }
        Reply::Support(Ok(SupportAnswer::Unknown)) => {
            "the BFF says a support that this version does not know".to_owned()
        }
        Reply::Support(Err(why)) => format!("the support has no answer: {}", why_words(why.kind)),
        Reply::Status(Ok(status)) => {
            let owner = match &status.owner_key {
                None => "no owner key".to_owned(),
                Some(key) if key.tracked => format!("owner key {}, tracked", key.id),
                Some(key) => format!("owner key {}, untracked", key.id),
            };
            let primary =
                if status.primary_subscriber { "" } else { ", not the primary subscriber" };
            let prepared = if status.prepared { "" } else { ", not prepared" };
            format!("the BFF says: {owner}{primary}{prepared}")
        }
        Reply::Status(Err(why)) => format!("the status has no answer: {}", why_words(why.kind)),
        Reply::Password(PasswordFetch::Fetched) => "the BFF gives a password".to_owned(),
        Reply::Password(PasswordFetch::NoPassword) => "the BFF has no password".to_owned(),
        Reply::Password(PasswordFetch::Failed(why)) => {
            format!("no password came: {}", why_words(why.kind))
        }
        Reply::PasswordStored(Ok(StoredPassword::Stored)) => {
            "the cache keeps the password".to_owned()
        }
        Reply::PasswordStored(Ok(StoredPassword::Outdated { .. })) => {
            "the cache has a newer password".to_owned()
        }
        Reply::PasswordStored(Err(failure)) => {
            format!("the cache cannot keep the password: {}", failure_words(*failure))
        }
        Reply::CanCreateKey(KeyCreation::Possible) => "Apple can create a key".to_owned(),
        Reply::CanCreateKey(KeyCreation::Refused) => "Apple cannot create a key".to_owned(),
        Reply::CanCreateKey(KeyCreation::NoAnswer) => {
            "Apple does not say whether it can create a key".to_owned()
        }
        Reply::Presence(Presence::Present) => "the wallet has the key".to_owned(),
        Reply::Presence(Presence::Absent) => "the wallet does not have the key".to_owned(),
        Reply::Presence(Presence::CannotSay) => "the wallet cannot say".to_owned(),
        Reply::WalletOpened(true) => "the wallet app opens".to_owned(),
        Reply::WalletOpened(false) => "the wallet app does not open".to_owned(),
        Reply::UseTaken(Ok(TakeOutcome::Granted(used))) => {
            format!(
                "the cache counts use {} of password {}",
                used.uses.get(),
                used.generation.get()
            )
        }
        Reply::UseTaken(Ok(_)) => "the password has no use left".to_owned(),
        Reply::UseTaken(Err(failure)) => {
            format!("the cache cannot count a use: {}", failure_words(*failure))
        }
        Reply::Pairing(answer) => format!("Apple's sheet answers: {}", answer_words(answer)),
        Reply::SheetGone => "Apple's sheet is gone without an answer".to_owned(),
    }
}

fn answer_words(answer: &PairingAnswer) -> String {
    match (&answer.pass, answer.error) {
        (Some(key), None) => format!("key {key}"),
        (Some(key), Some(error)) => format!("key {key} and the error {}", error.name()),
        (None, Some(error)) => format!("the error {}", error.name()),
        (None, None) => "neither a key nor an error".to_owned(),
    }
}

/// Returns why the backend gave no answer.
fn why_words(kind: FailureKind) -> String {
    match kind {
        FailureKind::Unreachable => "no connection".to_owned(),
        FailureKind::Interrupted => "the connection broke".to_owned(),
        FailureKind::DeadlineExceeded => "no complete answer in time".to_owned(),
        FailureKind::Status { status } => format!("the backend answered with status {status}"),
        FailureKind::Unauthorized => "the token is rejected".to_owned(),
        FailureKind::NoToken => "there is no token".to_owned(),
        FailureKind::Malformed => "the answer is broken".to_owned(),
        FailureKind::CircuitOpen => "not sent: the backend failed too often".to_owned(),
        FailureKind::Other => "another failure".to_owned(),
    }
}

fn failure_words(failure: CacheFailure) -> &'static str {
    match failure {
        CacheFailure::Lost => "its content was lost",
        CacheFailure::Unavailable => "it cannot be used",
    }
}

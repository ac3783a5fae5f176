//! The commands that a person types.

use digital_key::backend::{Endpoint, Fault, OwnerKey, Password, PasswordSource, VehicleChange};
use digital_key::ports::{DigitalKeyId, PairingAnswer};
use digital_key::{AppleErrorCode, Tap, Vin};

/// What `help` is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Overview,
    Apple,
    Phone,
    Vehicle,
    Backend,
}

impl Topic {
    /// The key of the text of `help` about this topic.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Overview => "help-overview",
            Self::Apple => "help-apple",
            Self::Phone => "help-phone",
            Self::Vehicle => "help-vehicle",
            Self::Backend => "help-backend",
        }
    }
}

/// A change of the endpoints of the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EndpointChange {
    /// An endpoint fails in this way, or not any more.
    Fail(Endpoint, Option<Fault>),
    HealAll,
    Hold(Endpoint),
    Release(Endpoint),
}

/// A command that a person typed.
#[derive(Debug, Clone)]
pub(super) enum Command {
    Nothing,
    Help(Topic),
    Quit,
    Vehicles,
    /// Taps the button at this place, from 1.
    Tap(usize),
    Press(Tap),
    Select(Vin),
    SelectNumber(usize),
    Refresh(Vin),
    Forget(Vin),
    Apple(PairingAnswer),
    CanCreate(bool),
    Delete(DigitalKeyId),
    WalletAnswers(bool),
    Background,
    Foreground,
    Restart,
    SignOut,
    Change(VehicleChange),
    Endpoint(EndpointChange),
}

impl Command {
    /// Parses a line. The error is a sentence for the person.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<_> = line.split_whitespace().collect();
        Ok(match words[..] {
            [] => Self::Nothing,
            ["help" | "?"] => Self::Help(Topic::Overview),
            ["help", "apple"] => Self::Help(Topic::Apple),
            ["help", "phone" | "wallet"] => Self::Help(Topic::Phone),
            ["help", "vehicle"] => Self::Help(Topic::Vehicle),
            ["help", "backend"] => Self::Help(Topic::Backend),
            ["vehicles"] => Self::Vehicles,
            ["quit" | "exit" | "q"] => Self::Quit,
            ["select", what] => match what.parse() {
                Ok(number) => Self::SelectNumber(number),
                Err(_) => Self::Select(read(what)?),
            },
            ["apple", "pass", key] => Self::Apple(answer(Some(key), None)?),
            ["apple", "pass", key, error] => Self::Apple(answer(Some(key), Some(error))?),
            ["apple", "error", error] => Self::Apple(answer(None, Some(error))?),
            ["apple", "nothing"] => Self::Apple(PairingAnswer::default()),
            ["apple", "can"] => Self::CanCreate(true),
            ["apple", "cannot"] => Self::CanCreate(false),
            ["delete", key] => Self::Delete(key_id(key)?),
            ["wallet", "mute"] => Self::WalletAnswers(false),
            ["wallet", "answers"] => Self::WalletAnswers(true),
            ["background"] => Self::Background,
            ["foreground"] => Self::Foreground,
            ["restart"] => Self::Restart,
            ["refresh", vin] => Self::Refresh(read(vin)?),
            ["forget", vin] => Self::Forget(read(vin)?),
            ["signout"] => Self::SignOut,
            ["owner", "none"] => Self::Change(VehicleChange::OwnerKey(None)),
            ["owner", key] => Self::Change(owner_key(key, false)?),
            ["owner", key, "tracked"] => Self::Change(owner_key(key, true)?),
            ["tracked", answer] => Self::Change(VehicleChange::Tracked(yes(answer)?)),
            ["prepared", answer] => Self::Change(VehicleChange::Prepared(yes(answer)?)),
            ["primary", answer] => Self::Change(VehicleChange::PrimarySubscriber(yes(answer)?)),
            ["password", source] => Self::Change(VehicleChange::Password(match source {
                "none" => PasswordSource::None,
                "random" => PasswordSource::Random,
                digits => PasswordSource::Fixed(
                    Password::parse(digits)
                        .map_err(|error| format!("{}: {error}", shown(digits)))?,
                ),
            })),
            ["fail", endpoint, ref fault @ ..] if !fault.is_empty() => {
                let fault = read(&fault.join(" "))?;
                Self::Endpoint(EndpointChange::Fail(read(endpoint)?, Some(fault)))
            }
            ["heal"] => Self::Endpoint(EndpointChange::HealAll),
            ["heal", endpoint] => Self::Endpoint(EndpointChange::Fail(read(endpoint)?, None)),
            ["hold", endpoint] => Self::Endpoint(EndpointChange::Hold(read(endpoint)?)),
            ["release", endpoint] => Self::Endpoint(EndpointChange::Release(read(endpoint)?)),
            [number] if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Self::Tap(read(number)?)
            }
            [command, ..] => return Err(unknown(command, line)),
        })
    }
}

/// The longest part of an input that an error repeats, in characters.
const SHOWN: usize = 40;

/// The input as an error repeats it: quoted, with escapes, and shortened.
fn shown(input: &str) -> String {
    let mut start: String = input.chars().take(SHOWN).collect();
    if start.len() < input.len() {
        start.push('…');
    }
    format!("{start:?}")
}

/// The commands that take words, each with the topic that explains it.
const TOPICS: [(&str, &str); 17] = [
    ("select", "help"),
    ("refresh", "help"),
    ("forget", "help"),
    ("help", "help"),
    ("apple", "help apple"),
    ("delete", "help phone"),
    ("wallet", "help phone"),
    ("owner", "help vehicle"),
    ("tracked", "help vehicle"),
    ("prepared", "help vehicle"),
    ("primary", "help vehicle"),
    ("password", "help vehicle"),
    ("fail", "help backend"),
    ("heal", "help backend"),
    ("hold", "help backend"),
    ("release", "help backend"),
    ("quit", "help"),
];

/// The sentence about a line that is not a command.
fn unknown(command: &str, line: &str) -> String {
    match TOPICS.iter().find(|(known, _)| *known == command) {
        Some((_, topic)) => {
            format!(
                "{} does not say what `{command}` needs; `{topic}` explains it",
                shown(line.trim())
            )
        }
        None => format!("{} is not a command; `help` lists them", shown(line.trim())),
    }
}

fn read<T: std::str::FromStr<Err: std::fmt::Display>>(word: &str) -> Result<T, String> {
    word.parse().map_err(|error| format!("{}: {error}", shown(word)))
}

fn key_id(word: &str) -> Result<DigitalKeyId, String> {
    DigitalKeyId::try_from(word).map_err(|error| format!("{}: {error}", shown(word)))
}

fn owner_key(id: &str, tracked: bool) -> Result<VehicleChange, String> {
    Ok(VehicleChange::OwnerKey(Some(OwnerKey { id: key_id(id)?, tracked })))
}

fn answer(pass: Option<&str>, error: Option<&str>) -> Result<PairingAnswer, String> {
    let error_code = |name: &str| {
        AppleErrorCode::from_name(name).ok_or_else(|| {
            let names: Vec<_> = AppleErrorCode::ALL.iter().map(|code| code.name()).collect();
            format!("{} is not an error of Apple's; these are: {}", shown(name), names.join(", "))
        })
    };
    Ok(PairingAnswer {
        pass: pass.map(key_id).transpose()?,
        error: error.map(error_code).transpose()?,
    })
}

fn yes(word: &str) -> Result<bool, String> {
    match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("{} is neither yes nor no", shown(word))),
    }
}

#[cfg(test)]
mod tests {
    use digital_key::texts::Language;

    use super::*;
    use crate::play::lines::HELP_WIDTH;
    use crate::screen::wrap::wrap_columns;
    use crate::words;

    #[test]
    fn every_command_of_the_help_is_parsed() {
        for line in [
            "1",
            "select 1",
            "select WBADKEY0000000001",
            "apple pass K1",
            "apple error userCanceled",
            "apple pass K1 genericError",
            "apple nothing",
            "apple can",
            "apple cannot",
            "delete K1",
            "wallet mute",
            "wallet answers",
            "background",
            "foreground",
            "restart",
            "refresh WBADKEY0000000001",
            "forget WBADKEY0000000001",
            "signout",
            "owner none",
            "owner K1",
            "owner K1 tracked",
            "tracked yes",
            "prepared no",
            "primary yes",
            "password 12345678",
            "password none",
            "password random",
            "fail status 503",
            "fail support refused",
            "fail support 503 after 5 seconds",
            "heal",
            "hold password",
            "release password",
            "heal status",
            "quit",
            "vehicles",
            "help",
            "help apple",
            "help phone",
            "help vehicle",
            "help backend",
            "",
            "   ",
        ] {
            assert!(Command::parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn an_error_says_what_would_be_right() {
        for (line, hint) in [
            ("open sesame", "help"),
            ("select WBA", "17"),
            ("apple error nonsense", "userCanceled"),
            ("fail status 999", "503"),
            ("fail nothing 503", "support"),
            ("prepared maybe", "yes"),
            ("password 1234", "8"),
            ("99999999999999999999999", "large"),
            ("apple", "help apple"),
            ("refresh", "`help` explains"),
            ("owner", "help vehicle"),
            ("fail status", "help backend"),
        ] {
            let error = Command::parse(line).unwrap_err();
            assert!(error.contains(hint), "{line}: {error}");
        }
    }

    /// Each error names the input, also one that a terminal would obey, and repeats no long one.
    #[test]
    fn an_error_names_the_input() {
        for (line, named) in [
            ("open sesame", "open sesame"),
            ("prepared maybe", "maybe"),
            ("password 1234", "1234"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
        ] {
            let error = Command::parse(line).unwrap_err();
            assert!(error.contains(named), "{line}: {error}");
        }
        for line in ["x".repeat(1 << 20), format!("owner {}", "k".repeat(300))] {
            assert!(Command::parse(&line).unwrap_err().len() < 200);
        }
    }

    #[test]
    fn each_help_fits_on_a_small_screen() {
        for language in Language::ALL {
            let texts = words::texts(language);
            for topic in
                [Topic::Overview, Topic::Apple, Topic::Phone, Topic::Vehicle, Topic::Backend]
            {
                let text = texts.text(topic.key());
                let rows = text.lines().filter(|line| line.contains("  "));
                assert!(rows.clone().count() > 4, "{topic:?} in {language}");
                for row in rows {
                    assert!(row.chars().count() <= HELP_WIDTH, "{language}: {row}");
                }
                assert!(wrap_columns(&text, HELP_WIDTH).len() < 20, "{topic:?} in {language}");
            }
        }
    }
}

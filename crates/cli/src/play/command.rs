//! The commands that a person types.

use digital_key::backend::{Endpoint, Fault, OwnerKey, Password, PasswordSource, VehicleChange};
use digital_key::ports::{DigitalKeyId, PairingAnswer};
use digital_key::{AppleErrorCode, Vin};

/// What `help` is about. Each text fits on a screen of 24 lines and 80 columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Overview,
    Apple,
    Phone,
    Vehicle,
    Backend,
}

impl Topic {
    /// The text of `help` about this topic.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Overview => {
                "\
  NUMBER               tap the button with this number
  select NUMBER|VIN    select a vehicle
  vehicles             list the vehicles
  refresh VIN          ask for the vehicle's support again
  forget VIN           erase a vehicle that left the account
  help apple           how to answer Apple's sheet: a key, an error, neither
  help phone           the wallet, background and foreground, restart, sign-out
  help vehicle         what the backend knows about the selected vehicle
  help backend         let the backend fail, or hold its answers back
  quit                 end the program

  A first key: select 1, then 1 for the entry, and 1 for Continue twice. On the
  next page 1 ticks the box and 2 goes on. Then: apple pass KEY-1"
            }
            Self::Apple => {
                "\
  apple pass KEY            the sheet ends with this key, such as KEY-1
  apple pass KEY ERROR      with this key, and with an error
  apple error ERROR         with an error
  apple nothing             with neither
  apple can                 Apple allows keys to be created
  apple cannot              Apple does not, as without an iCloud account
  An ERROR is genericError, userCanceled, unavailable, invalidConfiguration,
  deviceNotSupported, deviceNotReady or osVersionNotSupported.
  A second answer to the same sheet is a late one (CBK-7)."
            }
            Self::Phone => {
                "\
  delete KEY           delete a key from the wallet
  wallet mute          the wallet cannot say which keys it holds
  wallet answers       it can
  background           send the app to the background
  foreground           bring it back
  restart              kill the app and start it again
  signout              sign the user out"
            }
            Self::Vehicle => {
                "\
  owner none                     the vehicle has no owner key
  owner KEY [tracked]            it has this owner key
  tracked yes|no                 its owner key is tracked
  prepared yes|no                it is prepared
  primary yes|no                 the user is its primary subscriber
  password DIGITS|none|random    the password that it gets; 8 digits"
            }
            Self::Backend => {
                "\
  fail ENDPOINT FAULT    let an endpoint fail: support, status or password
  heal                   end all faults
  heal ENDPOINT          end the fault of an endpoint
  hold ENDPOINT          hold its answers back
  release ENDPOINT       send them
  A FAULT is 500, 503, 401, 404, 409, 429, refused, timeout, garbage, truncated
  or empty; with a Retry-After: 503 after 5 seconds, 429 after 5 seconds."
            }
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
    #[cfg(feature = "full-screen")]
    Press(digital_key::Tap),
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
const TOPICS: [(&str, &str); 15] = [
    ("select", "help"),
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
    use super::*;

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
        for topic in [Topic::Overview, Topic::Apple, Topic::Phone, Topic::Vehicle, Topic::Backend] {
            let text = topic.text();
            assert!(text.lines().count() < 20, "{topic:?}");
            assert!(text.lines().all(|line| line.chars().count() < 80), "{topic:?}");
        }
    }
}

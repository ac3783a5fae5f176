//! The commands that a person types.

use digital_key::backend::{Endpoint, Fault, OwnerKey, Password, PasswordSource, VehicleChange};
use digital_key::ports::{DigitalKeyId, PairingAnswer};
use digital_key::{AppleErrorCode, Vin};

/// The text of `help`.
pub(super) const HELP: &str = "\
  NUMBER                      tap the control with this number
  select NUMBER|VIN           select a vehicle
Apple and the phone
  apple pass KEY [ERROR]      the sheet ends with a key, and with an error if given
  apple error ERROR           the sheet ends with an error, such as userCanceled
  apple nothing               the sheet ends with neither
  apple can|cannot            Apple allows a key to be created, or does not
  delete KEY                  delete a key from the wallet
  wallet mute|answers         the wallet cannot say which keys it holds, or can
  background, foreground      send the app to the background, or bring it back
  restart                     kill the app and start it again
  signout                     sign the user out
The selected vehicle, at the backend
  owner none                  it has no owner key
  owner KEY [tracked]         it has this owner key
  tracked yes|no              its owner key is tracked, or not
  prepared yes|no             it is prepared, or not
  primary yes|no              the user is its primary subscriber, or not
  password DIGITS|none|random the password that it gets
The backend
  fail ENDPOINT FAULT         let an endpoint (support, status or password) fail: 500, 503, 401,
                              404, 409, 429, refused, timeout, garbage, truncated or empty, or
                              with a Retry-After: 503 after 5 seconds, 429 after 5 seconds
  heal                        end all faults
  hold ENDPOINT               hold its answers back
  release ENDPOINT            send them
  quit                        end the program";

/// A command that a person typed.
#[derive(Debug)]
pub(super) enum Command {
    Nothing,
    Help,
    Quit,
    Tap(usize),
    Select(Vin),
    SelectNumber(usize),
    Apple(PairingAnswer),
    CanCreate(bool),
    Delete(DigitalKeyId),
    WalletAnswers(bool),
    Background,
    Foreground,
    Restart,
    SignOut,
    Change(VehicleChange),
    Fail(Endpoint, Fault),
    Heal,
    Hold(Endpoint),
    Release(Endpoint),
}

impl Command {
    /// Parses a line. The error is a sentence for the person.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<_> = line.split_whitespace().collect();
        Ok(match words[..] {
            [] => Self::Nothing,
            ["help" | "?"] => Self::Help,
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
                    Password::parse(digits).map_err(|error| error.to_string())?,
                ),
            })),
            ["fail", endpoint, ref fault @ ..] if !fault.is_empty() => {
                Self::Fail(read(endpoint)?, read(&fault.join(" "))?)
            }
            ["heal"] => Self::Heal,
            ["hold", endpoint] => Self::Hold(read(endpoint)?),
            ["release", endpoint] => Self::Release(read(endpoint)?),
            [number] if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Self::Tap(read(number)?)
            }
            _ => return Err(format!("{:?} is not a command; `help` lists them", words.join(" "))),
        })
    }
}

fn read<T: std::str::FromStr<Err: std::fmt::Display>>(word: &str) -> Result<T, String> {
    word.parse().map_err(|error| format!("{word:?}: {error}"))
}

fn key_id(word: &str) -> Result<DigitalKeyId, String> {
    DigitalKeyId::try_from(word).map_err(|error| error.to_string())
}

fn owner_key(id: &str, tracked: bool) -> Result<VehicleChange, String> {
    Ok(VehicleChange::OwnerKey(Some(OwnerKey { id: key_id(id)?, tracked })))
}

fn answer(pass: Option<&str>, error: Option<&str>) -> Result<PairingAnswer, String> {
    let error_code = |name: &str| {
        AppleErrorCode::from_name(name).ok_or_else(|| {
            let names: Vec<_> = AppleErrorCode::ALL.iter().map(|code| code.name()).collect();
            format!("{name:?} is not an error of Apple's; these are: {}", names.join(", "))
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
        _ => Err(format!("{word:?} is neither yes nor no")),
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
            "quit",
            "help",
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
        ] {
            let error = Command::parse(line).unwrap_err();
            assert!(error.contains(hint), "{line}: {error}");
        }
    }
}

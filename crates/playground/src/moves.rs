//! One move of a session, and its text in a link.
//!
//! A link holds one word a move, with dots between them. A word is a letter and its arguments: `v0`
//! selects the first vehicle, `tb` taps Continue, `r0s:y` answers the question for support with yes.

use std::fmt;
use std::str::FromStr;

use digital_key_domain::{AppleErrorCode, Tap};

use crate::answer::{Answer, Asked};
use crate::change::Change;

/// The number of a vehicle of the playground, from 0.
pub type VehicleNumber = u8;

/// One thing that happened in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The user selected a vehicle.
    Select(VehicleNumber),
    /// The user tapped something.
    Tap(Tap),
    /// The app went to the background.
    Background,
    /// The app came to the foreground.
    Foreground,
    /// The user signed out.
    SignOut,
    /// The app was killed and started again.
    Kill,
    /// The host asked for the support of a vehicle again (ENT-10).
    Refresh(VehicleNumber),
    /// The host forgot a vehicle (GEN-9).
    Forget(VehicleNumber),
    /// A question was answered.
    Answer(VehicleNumber, Asked, Answer),
    /// Apple's sheet of a vehicle answered.
    Sheet(VehicleNumber, SheetAnswer),
    /// Apple's sheet of a vehicle was gone, and had not answered.
    SheetGone(VehicleNumber),
    /// Apple called back once more for a sheet that had answered (CBK-7).
    Late(VehicleNumber, SheetAnswer),
    /// Something changed in the world around the app.
    World(Change),
}

/// What Apple's sheet can answer (CBK-1 to CBK-4, CBK-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetAnswer {
    /// A pass, which is a new key.
    Pass,
    /// A pass and an error.
    PassAndError(AppleErrorCode),
    /// An error.
    Error(AppleErrorCode),
    /// Neither.
    Neither,
}

impl SheetAnswer {
    /// All answers: the pass first, then the errors in the order of Apple's numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        let codes = AppleErrorCode::ALL.into_iter();
        [Self::Pass, Self::PassAndError(AppleErrorCode::GenericError), Self::Neither]
            .into_iter()
            .chain(codes.map(Self::Error))
    }
}

/// A word of a link that names no move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no move of this playground")]
pub struct MoveError {
    /// The beginning of the word.
    word: String,
}

const TAP_LETTERS: &str = "abcdefghijkl";

fn tap_letter(tap: Tap) -> char {
    let place = Tap::ALL.iter().position(|it| *it == tap).unwrap_or_default();
    TAP_LETTERS.chars().nth(place).unwrap_or('?')
}

fn tap_of(letter: char) -> Option<Tap> {
    Tap::ALL.get(TAP_LETTERS.find(letter)?).copied()
}

fn code_number(code: AppleErrorCode) -> usize {
    AppleErrorCode::ALL.iter().position(|it| *it == code).unwrap_or_default()
}

fn code_of(digit: char) -> Option<AppleErrorCode> {
    AppleErrorCode::ALL.get(digit.to_digit(10)? as usize).copied()
}

impl fmt::Display for SheetAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("p"),
            Self::PassAndError(code) => write!(f, "q{}", code_number(*code)),
            Self::Error(code) => write!(f, "e{}", code_number(*code)),
            Self::Neither => f.write_str("n"),
        }
    }
}

impl SheetAnswer {
    fn parse(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let answer = match (letters.next()?, letters.next()) {
            ('p', None) => Self::Pass,
            ('n', None) => Self::Neither,
            ('q', Some(code)) => Self::PassAndError(code_of(code)?),
            ('e', Some(code)) => Self::Error(code_of(code)?),
            _ => return None,
        };
        letters.next().is_none().then_some(answer)
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Select(vehicle) => write!(f, "v{vehicle}"),
            Self::Tap(tap) => write!(f, "t{}", tap_letter(*tap)),
            Self::Background => f.write_str("b"),
            Self::Foreground => f.write_str("f"),
            Self::SignOut => f.write_str("o"),
            Self::Kill => f.write_str("k"),
            Self::Refresh(vehicle) => write!(f, "h{vehicle}"),
            Self::Forget(vehicle) => write!(f, "d{vehicle}"),
            Self::Answer(vehicle, asked, answer) => {
                write!(f, "r{vehicle}{}{answer}", asked.letter())
            }
            Self::Sheet(vehicle, answer) => write!(f, "s{vehicle}{answer}"),
            Self::SheetGone(vehicle) => write!(f, "g{vehicle}"),
            Self::Late(vehicle, answer) => write!(f, "l{vehicle}{answer}"),
            Self::World(change) => write!(f, "x{change}"),
        }
    }
}

impl FromStr for Move {
    type Err = MoveError;

    fn from_str(word: &str) -> Result<Self, MoveError> {
        parse(word).ok_or_else(|| MoveError { word: word.chars().take(16).collect() })
    }
}

fn parse(word: &str) -> Option<Move> {
    let mut letters = word.chars();
    let kind = letters.next()?;
    let rest = letters.as_str();
    match (kind, rest) {
        ('b', "") => return Some(Move::Background),
        ('f', "") => return Some(Move::Foreground),
        ('o', "") => return Some(Move::SignOut),
        ('k', "") => return Some(Move::Kill),
        ('x', change) => return change.parse().ok().map(Move::World),
        ('t', tap) if tap.chars().count() == 1 => {
            return tap_of(tap.chars().next()?).map(Move::Tap);
        }
        _ => {}
    }
    let vehicle = letters.next()?.to_digit(10)?.try_into().ok()?;
    if usize::from(vehicle) >= crate::VINS.len() {
        return None;
    }
    let rest = letters.as_str();
    match (kind, rest) {
        ('v', "") => Some(Move::Select(vehicle)),
        ('h', "") => Some(Move::Refresh(vehicle)),
        ('d', "") => Some(Move::Forget(vehicle)),
        ('g', "") => Some(Move::SheetGone(vehicle)),
        ('s', answer) => SheetAnswer::parse(answer).map(|answer| Move::Sheet(vehicle, answer)),
        ('l', answer) => SheetAnswer::parse(answer).map(|answer| Move::Late(vehicle, answer)),
        ('r', question) => {
            let mut letters = question.chars();
            let asked = Asked::of_letter(letters.next()?)?;
            let answer = letters.as_str().parse().ok()?;
            asked.can_be(answer).then_some(Move::Answer(vehicle, asked, answer))
        }
        _ => None,
    }
}

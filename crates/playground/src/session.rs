//! A session: what happened, one move after the other, and where in it the page stands.

use digital_key_domain::{Intent, PairingAnswer, Question, RequestId, View, Vin};
use digital_key_exploration::{Action, SheetPhase, World, WorldStep};

use crate::answer::{Answer, Asked, key_id, key_number};
use crate::change::Change;
use crate::moves::{Move, MoveError, SheetAnswer, VehicleNumber};
use crate::truth::Truth;
use crate::{VINS, why};

/// The most moves of a session; a page that draws more becomes slow.
pub const MAX_MOVES: usize = 2_000;

/// The version of the links, their first word.
const LINK_VERSION: &str = "1";

/// A session of the playground.
#[derive(Debug, Clone)]
pub struct Session {
    first: Moment,
    entries: Vec<Entry>,
    /// How many entries have happened; those after it can be seen again.
    cursor: usize,
}

/// All that is true at one time.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The machine, its cache, and the open requests.
    pub world: World,
    /// The world around the app.
    pub truth: Truth,
    /// What the world answers to each open request: as it was when the request was made.
    answers: Vec<(RequestId, Answer)>,
}

/// One move, and what followed from it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The move.
    pub made: Move,
    /// The world answered by itself.
    pub is_automatic: bool,
    /// What the machine made of it.
    pub steps: Vec<WorldStep>,
    /// The rules that decided.
    pub rules: Vec<&'static str>,
    /// All that is true afterwards.
    pub after: Moment,
}

/// Why a move or a link is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The link is of another version.
    #[error("this link is of another version of the playground")]
    Version,
    /// A word of the link is no move.
    #[error(transparent)]
    Word(#[from] MoveError),
    /// Nothing in this moment can be answered so.
    #[error("move {number}, {made}, is not possible here")]
    NotPossible {
        /// The number of the move, from 1.
        number: usize,
        /// The move.
        made: String,
    },
    /// The session has too many moves.
    #[error("a session has at most {MAX_MOVES} moves")]
    TooLong,
    /// A promise of the machine does not hold.
    #[error("move {number}, {made}, breaks a promise of the machine: {violation}")]
    Broken {
        /// The number of the move, from 1.
        number: usize,
        /// The move.
        made: String,
        /// The promise.
        violation: String,
    },
}

/// An open question about a vehicle, and what the world would answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The vehicle.
    pub vehicle: VehicleNumber,
    /// What is asked.
    pub asked: Asked,
    /// What the world would answer.
    pub natural: Answer,
}

impl Default for Session {
    fn default() -> Self {
        let truth = Truth::default();
        let world = World::new(truth.settings());
        Self { first: Moment { world, truth, answers: Vec::new() }, entries: Vec::new(), cursor: 0 }
    }
}

impl Session {
    /// Makes the session of a link; an empty one begins a new session.
    ///
    /// # Errors
    /// Why the link is refused.
    pub fn of_link(link: &str) -> Result<Self, SessionError> {
        let mut session = Self::default();
        if link.is_empty() {
            return Ok(session);
        }
        let mut words = link.split('.');
        if words.next() != Some(LINK_VERSION) {
            return Err(SessionError::Version);
        }
        let mut cursor = None;
        for word in words {
            match word.strip_prefix('@') {
                Some(number) => cursor = number.parse().ok(),
                None => session.push(word.parse()?)?,
            }
        }
        session.go(cursor.unwrap_or(session.entries.len()));
        Ok(session)
    }

    /// Returns the link of this session, with all its moves.
    #[must_use]
    pub fn link(&self) -> String {
        let mut words = vec![LINK_VERSION.to_owned()];
        words.extend(self.entries.iter().map(|entry| entry.made.to_string()));
        if self.cursor < self.entries.len() {
            words.push(format!("@{}", self.cursor));
        }
        words.join(".")
    }

    /// All moves, those after the cursor included.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many moves have happened.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Shows the moment after this many moves.
    pub fn go(&mut self, cursor: usize) {
        self.cursor = cursor.min(self.entries.len());
    }

    /// The moment that is shown.
    #[must_use]
    pub fn now(&self) -> &Moment {
        self.at(self.cursor)
    }

    /// The moment after this many moves.
    #[must_use]
    pub fn at(&self, moves: usize) -> &Moment {
        moves
            .checked_sub(1)
            .and_then(|last| self.entries.get(last))
            .map_or(&self.first, |it| &it.after)
    }

    /// Makes a move in the moment that is shown, and lets the world answer what it answers by itself.
    /// The moves that came after it are gone.
    ///
    /// # Errors
    /// Why the move is refused; the session is as it was.
    pub fn make(&mut self, made: Move) -> Result<(), SessionError> {
        let mut next = self.clone();
        next.entries.truncate(next.cursor);
        next.push(made)?;
        next.settle()?;
        *self = next;
        Ok(())
    }

    /// Lets the deadlines of all open questions pass.
    ///
    /// # Errors
    /// As [`Session::make`].
    pub fn wait(&mut self) -> Result<(), SessionError> {
        let mut next = self.clone();
        next.entries.truncate(next.cursor);
        while let Some(open) = next.now().first_question() {
            next.push(Move::Answer(open.vehicle, open.asked, open.asked.no_answer()))?;
        }
        *self = next;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), SessionError> {
        while let Some(open) = self.now().next_natural() {
            self.push(Move::Answer(open.vehicle, open.asked, open.natural))?;
        }
        Ok(())
    }

    /// Adds a move at the end.
    pub(crate) fn push(&mut self, made: Move) -> Result<(), SessionError> {
        let number = self.entries.len() + 1;
        if number > MAX_MOVES {
            return Err(SessionError::TooLong);
        }
        let before = self.at(self.entries.len());
        let is_automatic = before.is_natural(made);
        let mut after = before.clone();
        let steps = after.apply(made).map_err(|refusal| match refusal {
            Refusal::NotPossible => SessionError::NotPossible { number, made: made.to_string() },
            Refusal::Broken(violation) => {
                SessionError::Broken { number, made: made.to_string(), violation }
            }
        })?;
        let rules = why::rules(&before.view(), made, &steps);
        self.entries.push(Entry { made, is_automatic, steps, rules, after });
        self.cursor = self.entries.len();
        Ok(())
    }
}

enum Refusal {
    NotPossible,
    Broken(String),
}

impl Moment {
    /// What an app draws.
    #[must_use]
    pub fn view(&self) -> View {
        self.world.flow().view()
    }

    /// The questions that the machine waits for.
    pub fn open_questions(&self) -> impl Iterator<Item = OpenQuestion> + '_ {
        self.world.open_requests().iter().filter_map(|request| {
            let asked = Asked::of(&request.question)?;
            let (_, natural) = self.answers.iter().find(|(id, _)| *id == request.id)?;
            Some(OpenQuestion { vehicle: number_of(request.vin)?, asked, natural: *natural })
        })
    }

    fn first_question(&self) -> Option<OpenQuestion> {
        self.open_questions().next()
    }

    /// The vehicle whose sheet is on the screen, or went away without an answer.
    #[must_use]
    pub fn sheet(&self) -> Option<VehicleNumber> {
        let is_up = |phase| phase != SheetPhase::Returned;
        self.world.sheets().iter().find(|it| is_up(it.phase)).and_then(|it| number_of(it.vin))
    }

    /// The vehicle of a sheet that the machine asks after: it came to the foreground.
    #[must_use]
    pub fn checked_sheet(&self) -> Option<VehicleNumber> {
        self.world.sheets().iter().find(|it| it.is_checked).and_then(|it| number_of(it.vin))
    }

    /// The vehicles for whose ended sheets Apple may call back once more.
    pub fn late_sheets(&self) -> impl Iterator<Item = VehicleNumber> + '_ {
        let ended = self.world.sheets().iter().filter(|it| it.phase == SheetPhase::Returned);
        ended.filter_map(|it| number_of(it.vin))
    }

    /// The first question that the world answers by itself.
    fn next_natural(&self) -> Option<OpenQuestion> {
        self.open_questions().find(|open| !self.truth.held.contains(&open.asked))
    }

    fn is_natural(&self, made: Move) -> bool {
        let Move::Answer(vehicle, asked, answer) = made else { return false };
        let natural = OpenQuestion { vehicle, asked, natural: answer };
        !self.truth.held.contains(&asked) && self.open_questions().any(|open| open == natural)
    }

    fn apply(&mut self, made: Move) -> Result<Vec<WorldStep>, Refusal> {
        let action = match made {
            Move::Kill => {
                self.world.restart(self.truth.settings());
                None
            }
            Move::World(change) => {
                self.truth.apply(change);
                if change.restarts() {
                    self.world.restart(self.truth.settings());
                }
                matches!(change, Change::Wallet(..)).then_some(Action::WalletChange)
            }
            other => Some(self.action(other).ok_or(Refusal::NotPossible)?),
        };
        let steps = match action {
            Some(action) => self
                .world
                .perform(&action)
                .map_err(|violation| Refusal::Broken(format!("{violation:?}")))?,
            None => Vec::new(),
        };
        self.note_answers();
        Ok(steps)
    }

    /// Returns what happens in the world of the exploration.
    fn action(&mut self, made: Move) -> Option<Action> {
        Some(match made {
            Move::Select(vehicle) => Action::Intent(Intent::SelectVehicle(vin_of(vehicle)?)),
            Move::Tap(tap) => Action::Intent(tap.into()),
            Move::Background => Action::Background,
            Move::Foreground => Action::Foreground,
            Move::SignOut => Action::SignOut,
            Move::Answer(vehicle, asked, answer) => {
                let vin = vin_of(vehicle)?;
                let mut open = self.world.open_requests().iter();
                let request = open.position(|request| {
                    request.vin == vin && Asked::of(&request.question) == Some(asked)
                })?;
                Action::Reply { request, reply: asked.reply(answer)? }
            }
            Move::Sheet(vehicle, answer) => {
                let sheet = self.place_of_sheet(vehicle, |it| it != SheetPhase::Returned)?;
                Action::StartReturns { sheet, answer: self.pairing_answer(vehicle, answer) }
            }
            Move::SheetGone(vehicle) => {
                let vin = vin_of(vehicle)?;
                let mut sheets = self.world.sheets().iter();
                Action::SheetGone { sheet: sheets.position(|it| it.vin == vin && it.is_checked)? }
            }
            Move::Late(vehicle, answer) => {
                let sheet = self.place_of_sheet(vehicle, |it| it == SheetPhase::Returned)?;
                Action::LateAnswer { sheet, answer: self.pairing_answer(vehicle, answer) }
            }
            Move::Refresh(vehicle) => Action::Refresh(vin_of(vehicle)?),
            Move::Forget(vehicle) => Action::Forget(vin_of(vehicle)?),
            Move::Kill | Move::World(_) => return None,
        })
    }

    fn place_of_sheet(
        &self,
        vehicle: VehicleNumber,
        is_meant: impl Fn(SheetPhase) -> bool,
    ) -> Option<usize> {
        let vin = vin_of(vehicle)?;
        self.world.sheets().iter().position(|it| it.vin == vin && is_meant(it.phase))
    }

    fn pairing_answer(&mut self, vehicle: VehicleNumber, answer: SheetAnswer) -> PairingAnswer {
        let pass = self.truth.pair(vehicle, answer).and_then(key_id);
        let error = match answer {
            SheetAnswer::PassAndError(code) | SheetAnswer::Error(code) => Some(code),
            SheetAnswer::Pass | SheetAnswer::Neither => None,
        };
        PairingAnswer { pass, error }
    }

    /// Notes what the world answers to each new request.
    fn note_answers(&mut self) {
        let mut answers = Vec::new();
        for request in self.world.open_requests() {
            let Some(asked) = Asked::of(&request.question) else { continue };
            let known = self.answers.iter().find(|(id, _)| *id == request.id);
            let answer = known.map(|(_, answer)| *answer).or_else(|| {
                let key = match &request.question {
                    Question::Presence(key) | Question::OpenWallet(key) => key_number(key),
                    _ => None,
                };
                Some(self.truth.answer(number_of(request.vin)?, asked, key))
            });
            answers.extend(answer.map(|answer| (request.id, answer)));
        }
        self.answers = answers;
    }
}

pub(crate) fn vin_of(vehicle: VehicleNumber) -> Option<Vin> {
    VINS.get(usize::from(vehicle)).and_then(|vin| vin.parse().ok())
}

pub(crate) fn number_of(vin: Vin) -> Option<VehicleNumber> {
    let at = VINS.iter().position(|it| *it == vin.as_str())?;
    at.try_into().ok()
}

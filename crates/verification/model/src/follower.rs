//! The model beside a machine that another program runs.

use std::collections::BTreeMap;

use digital_key_domain::{
    Effect, Event, Generation, Intent, PasswordUse, Question, Reason, Reply, Request, RequestId,
    Settings, StoredPassword, TakeOutcome, Verdict, View, Vin,
};

use crate::expected::Ticket;
use crate::facts::{Facts, Password};
use crate::matching::{MatchedEffect, match_effects};
use crate::model::{Input, Model};
use crate::screen::Screen;

/// The model beside a machine that another program runs, such as the core of an app on ports that
/// fail: it follows each step in the order in which the machine took it, and compares.
///
/// It learns from the cache's replies what the cache holds; whether these are right is for the
/// program to judge.
#[derive(Debug, Clone)]
pub struct Follower {
    settings: Settings,
    model: Model,
    open: Vec<MatchedEffect>,
    /// The calls that stored the passwords of this app.
    stored_by: BTreeMap<(Vin, Generation), Ticket>,
}

/// One step of the machine.
#[derive(Debug, Clone, Copy)]
pub struct FollowedStep<'a> {
    /// The event.
    pub event: &'a Event,
    /// What the machine made of it.
    pub verdict: Verdict,
    /// The effects that it caused.
    pub effects: &'a [Effect],
    /// What the machine shows after it.
    pub view: &'a View,
}

impl Follower {
    /// Returns the model beside an app that has just started.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            model: Model::new(settings.clone()),
            settings,
            open: Vec::new(),
            stored_by: BTreeMap::new(),
        }
    }

    /// The app was killed and starts again (GEN-4).
    pub fn restart(&mut self) {
        *self = Self::new(self.settings.clone());
    }

    /// Compares one step of the machine with the model.
    ///
    /// # Errors
    /// A text that names what the rules want instead.
    pub fn follow(&mut self, step: FollowedStep<'_>) -> Result<(), String> {
        let FollowedStep { event, verdict, effects, view } = step;
        let input = match event {
            Event::Intent(Intent::SelectVehicle(vin)) => Some(Input::Selected(*vin)),
            Event::Intent(Intent::Tap(tap)) => Some(Input::Tapped(*tap)),
            Event::WentToBackground => Some(Input::WentToBackground),
            Event::CameToForeground => Some(Input::CameToForeground),
            Event::WalletChanged => Some(Input::WalletChanged),
            Event::RefreshRequested(vin) => Some(Input::Refreshed(*vin)),
            Event::VehicleForgotten(vin) => Some(Input::Forgotten(*vin)),
            Event::SignedOut => Some(Input::SignedOut),
            Event::CacheFailed(failure) => Some(Input::CacheFailed(*failure)),
            Event::Replied { id, vin, reply } => self.replied(*id, *vin, reply),
            Event::LateAnswer { vin, answer } => Some(Input::LateAnswer(*vin, answer.clone())),
        };
        // GEN-2: a reply without a request changes nothing, so the model does not get it.
        let expected = match &input {
            Some(input) => self.model.verdict_on(input),
            None => Verdict::Ignored(Reason::NotAwaited),
        };
        if verdict != expected {
            return Err(format!("the machine answers {verdict:?}, the rules want {expected:?}"));
        }
        let expected = input.map_or_else(Vec::new, |input| self.model.handle(&input));
        for effect in match_effects(&mut self.model, effects.to_vec(), expected)? {
            if effect.request().is_some() {
                self.open.push(effect);
            }
        }
        let (shown, wanted) = (Screen::from(view.clone()), self.model.screen());
        if shown == wanted {
            return Ok(());
        }
        Err(format!("the machine shows\n  {shown:?}\nthe rules want\n  {wanted:?}"))
    }

    /// Finds the request of a reply, and notes what a reply of the cache says about its content.
    fn replied(&mut self, id: RequestId, vin: Vin, reply: &Reply) -> Option<Input> {
        let at = self.open.iter().position(|asked| {
            asked.request().is_some_and(|request| {
                (request.id, request.vin) == (id, vin) && is_answered_by(&request.question, reply)
            })
        })?;
        let MatchedEffect { effect, expected } = self.open.remove(at);
        match reply {
            Reply::Record(Ok(record)) => {
                let password = record.password.map(|password| self.password(vin, password));
                let (support, key, readiness) =
                    (record.support, record.key.clone(), record.readiness);
                self.model.cache.insert(vin, Facts { support, key, readiness, password });
            }
            Reply::PasswordStored(Ok(StoredPassword::Stored)) => {
                if let Effect::Request(Request {
                    question: Question::StorePassword(generation),
                    ..
                }) = effect
                {
                    self.stored_by.insert((vin, generation), expected.ticket);
                }
            }
            Reply::UseTaken(Ok(TakeOutcome::Granted(counted))) => {
                let password = Some(self.password(vin, *counted));
                self.model.cache.entry(vin).or_default().password = password;
            }
            _ => {}
        }
        Some(Input::Replied(expected, reply.clone()))
    }

    /// Returns a password of the cache in the model's words.
    fn password(&self, vin: Vin, PasswordUse { generation, uses }: PasswordUse) -> Password {
        // A password from before the start of the app has no call here: it is numbered from the
        // other end.
        let fetch = match self.stored_by.get(&(vin, generation)) {
            Some(ticket) => ticket.0,
            None => u64::MAX - generation.get(),
        };
        Password { fetch, uses: uses.get() }
    }
}

/// Returns `true` if this is the kind of reply that the question has.
#[must_use]
pub fn is_answered_by(question: &Question, reply: &Reply) -> bool {
    matches!(
        (question, reply),
        (Question::Record, Reply::Record(_))
            | (Question::Support, Reply::Support(_))
            | (Question::Status, Reply::Status(_))
            | (Question::Password, Reply::Password(_))
            | (Question::StorePassword(_), Reply::PasswordStored(_))
            | (Question::CanCreateKey, Reply::CanCreateKey(_))
            | (Question::Presence(_), Reply::Presence(_))
            | (Question::OpenWallet(_), Reply::WalletOpened(_))
            | (Question::TakeUse, Reply::UseTaken(_))
            | (Question::StartPairing, Reply::Pairing(_))
            | (Question::CheckSheet, Reply::SheetGone)
    )
}

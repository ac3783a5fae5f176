//! The model beside a machine that somebody else runs.

use std::collections::BTreeMap;

use digital_key_domain::{
    Answer, Effect, Event, Generation, Intent, PasswordUse, RequestId, Settings, StoredPassword,
    TakeAnswer, View, Vin,
};

use crate::asked::{self, Asked};
use crate::cache::request;
use crate::facts::{Facts, Password};
use crate::model::{Happening, Model};
use crate::question::Question;
use crate::screen::Screen;

/// The model beside a machine that somebody else runs, such as the core of an app on ports that
/// fail: it is told each step in the order in which the machine took it, and compares.
///
/// What the cache holds, it learns from what the cache answers: whether that is right is for the
/// one who watches the cache.
#[derive(Debug, Clone)]
pub struct Follower {
    settings: Settings,
    model: Model,
    open: Vec<Asked>,
    /// Which question brought a password that this app has stored.
    stored_by: BTreeMap<(Vin, Generation), Question>,
}

impl Follower {
    /// The model beside an app that has just started.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            model: Model::new(settings.clone()),
            settings,
            open: Vec::new(),
            stored_by: BTreeMap::new(),
        }
    }

    /// GEN-4: the app was killed and starts again.
    pub fn restart(&mut self) {
        *self = Self::new(self.settings.clone());
    }

    /// Compares one step: what the machine was told, what it wants done now, and what it shows.
    ///
    /// # Errors
    /// A text that tells what the rules want instead.
    pub fn follow(&mut self, event: &Event, effects: &[Effect], view: &View) -> Result<(), String> {
        let happening = match event {
            Event::Intent(Intent::SelectVehicle(vin)) => Some(Happening::Selected(*vin)),
            Event::Intent(Intent::Tap(tap)) => Some(Happening::Tapped(*tap)),
            Event::WentToBackground => Some(Happening::WentToBackground),
            Event::CameToForeground => Some(Happening::CameToForeground),
            Event::WalletChanged => Some(Happening::WalletChanged),
            Event::SignedOut => Some(Happening::SignedOut),
            Event::CacheFailed(failure) => Some(Happening::CacheFailed(*failure)),
            Event::Answered { id, vin, answer } => self.answered(*id, *vin, answer),
        };
        let questions = happening.map_or_else(Vec::new, |happening| self.model.take_in(&happening));
        for asked in asked::pair(&mut self.model, effects.to_vec(), questions)? {
            if request(&asked.effect).is_some() {
                self.open.push(asked);
            }
        }
        let (shown, wanted) = (Screen::from(view.clone()), self.model.screen());
        if shown == wanted {
            return Ok(());
        }
        Err(format!("the machine shows\n  {shown:?}\nthe rules want\n  {wanted:?}"))
    }

    /// GEN-2: an answer that is nobody's changes nothing, so the model is not told.
    fn answered(&mut self, id: RequestId, vin: Vin, answer: &Answer) -> Option<Happening> {
        let at = self.open.iter().position(|asked| {
            request(&asked.effect) == Some((id, vin)) && belongs(&asked.effect, answer)
        })?;
        let Asked { effect, question } = match answer {
            // A success may come after it (CBK-7).
            Answer::Pairing(answer) if answer.pass.is_none() => self.open.get(at)?.clone(),
            _ => self.open.remove(at),
        };
        match answer {
            Answer::Record(Ok(record)) => {
                let password = record.password.map(|password| self.password(vin, password));
                let (support, key, readiness) =
                    (record.support, record.key.clone(), record.readiness);
                self.model.cache.insert(vin, Facts { support, key, readiness, password });
            }
            Answer::PasswordStored(Ok(StoredPassword::Stored)) => {
                if let Effect::StorePassword { generation, .. } = effect {
                    self.stored_by.insert((vin, generation), question.clone());
                }
            }
            Answer::Take(TakeAnswer::Granted(counted)) => {
                let password = Some(self.password(vin, *counted));
                self.model.cache.entry(vin).or_default().password = password;
            }
            _ => {}
        }
        Some(Happening::Answered(question, answer.clone()))
    }

    /// A password of the cache in the model's words.
    fn password(&self, vin: Vin, PasswordUse { generation, uses }: PasswordUse) -> Password {
        // One from before the app started has no question: its number is from the other end.
        let fetch = match self.stored_by.get(&(vin, generation)) {
            Some(question) => question.ticket.0,
            None => u64::MAX - generation.get(),
        };
        Password { fetch, uses: uses.get() }
    }
}

/// Whether this is the kind of answer that the effect is given.
fn belongs(effect: &Effect, answer: &Answer) -> bool {
    matches!(
        (effect, answer),
        (Effect::LoadRecord { .. }, Answer::Record(_))
            | (Effect::AskSupport { .. }, Answer::Support(_))
            | (Effect::AskStatus { .. }, Answer::Status(_))
            | (Effect::AskPassword { .. }, Answer::Password(_))
            | (Effect::StorePassword { .. }, Answer::PasswordStored(_))
            | (Effect::AskCanCreate { .. }, Answer::CanCreate(_))
            | (Effect::AskPresence { .. }, Answer::Presence(_))
            | (Effect::TakeUse { .. }, Answer::Take(_))
            | (Effect::StartPairing { .. }, Answer::Pairing(_))
            | (Effect::CheckSheet { .. }, Answer::SheetGone)
    )
}

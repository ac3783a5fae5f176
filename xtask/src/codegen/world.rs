//! The small worlds in which the flow machine is driven: what can happen, and what is answered.

use std::fmt;

use digital_key_domain::{
    Answer, AppleErrorCode, CacheFailure, DigitalKeyId, Effect, Event, Failed, Intent,
    PairingAnswer, PairingStatus, PasswordAnswer, PasswordUse, Phone, Presence, ReportedKey,
    RequestId, StoredPassword, Support, SupportAnswer, TakeAnswer, Tap, VehicleRecord, Vin,
};

use crate::Failure;

/// A phone, a vehicle, and what the backend and Apple say about them.
pub(super) struct World {
    pub(super) phone: Phone,
    vin: Vin,
    another: Vin,
    statuses: Vec<Named<Answer>>,
    can_create: Named<Answer>,
    new_key: DigitalKeyId,
}

type Named<T> = (T, &'static str);

/// What an event is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Name {
    /// What the user did.
    User(&'static str),
    /// What happened to the app.
    News(&'static str),
    /// The call that was answered, and the answer.
    Answer(&'static str, &'static str),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) | Self::News(name) => f.write_str(name),
            Self::Answer(call, answer) => write!(f, "{call} = {answer}"),
        }
    }
}

const TAPS: [Named<Tap>; 12] = [
    (Tap::Entry, "entry"),
    (Tap::Continue, "continue"),
    (Tap::Retry, "retry"),
    (Tap::Close, "close"),
    (Tap::Back, "back"),
    (Tap::TickBox, "tick the box"),
    (Tap::UntickBox, "untick the box"),
    (Tap::CardAction, "card action"),
    (Tap::Tutorial, "tutorial"),
    (Tap::ConfirmMove, "confirm the move"),
    (Tap::CancelMove, "cancel the move"),
    (Tap::ConfirmError, "confirm the error"),
];

impl World {
    /// One world in which a pairing is possible and goes well or not; and one for each thing that
    /// can be in its way, so that the search stays small.
    pub(super) fn all() -> Result<[Self; 5], Failure> {
        let phone = |machine: &str| -> Result<Phone, Failure> {
            Ok(Phone::Ios { machine: machine.parse()?, version: "14.2".parse()? })
        };
        let good = phone("iPhone12,1")?;
        let ready = PairingStatus { owner_key: None, primary_subscriber: true, prepared: true };
        let owner_key = Some(ReportedKey { id: DigitalKeyId::try_from("K1")?, tracked: true });
        let status = |status, name| (Answer::Status(Ok(status)), name);
        let no_key = status(ready.clone(), "no owner key");
        let a_key = status(PairingStatus { owner_key, ..ready.clone() }, "an owner key");
        let not_primary = PairingStatus { primary_subscriber: false, ..ready.clone() };
        let not_prepared = PairingStatus { prepared: false, ..ready };

        let (vin, another) = ("WBA0000000000000A".parse()?, "WBA0000000000000B".parse()?);
        let new_key = DigitalKeyId::try_from("K2")?;
        let world = |phone: &Phone, can_create, statuses: &[_]| Self {
            phone: phone.clone(),
            vin,
            another,
            statuses: statuses.into(),
            can_create: (Answer::CanCreate(can_create), if can_create { "yes" } else { "no" }),
            new_key: new_key.clone(),
        };
        let failed = (Answer::Status(Err(Failed)), "failed");
        Ok([
            world(&good, true, &[no_key.clone(), a_key, failed]),
            world(&phone("iPhone9,1")?, true, std::slice::from_ref(&no_key)),
            world(&good, false, &[no_key]),
            world(&good, true, &[status(not_primary, "not the primary subscriber")]),
            world(&good, true, &[status(not_prepared, "not prepared")]),
        ])
    }

    /// What can happen while this question and Apple's sheet wait for their answers.
    pub(super) fn events(
        &self,
        question: Option<&Effect>,
        sheet: Option<RequestId>,
        cache: &VehicleRecord,
    ) -> Vec<(Event, Name)> {
        let select = |vin| Event::Intent(Intent::SelectVehicle(vin));
        let cache_failed = Event::CacheFailed(CacheFailure::Unavailable);
        let mut events = vec![
            (select(self.vin), Name::User("select the vehicle")),
            (select(self.another), Name::User("select another vehicle")),
            (Event::SignedOut, Name::User("sign out")),
            (Event::WentToBackground, Name::News("the app goes to the background")),
            (Event::CameToForeground, Name::News("the app comes to the foreground")),
            (Event::WalletChanged, Name::News("the wallet changes")),
            (cache_failed, Name::News("the cache fails")),
        ];
        events.extend(TAPS.map(|(tap, name)| (tap.into(), Name::User(name))));
        if let Some(question) = question
            && let Some((id, answers)) = self.answers(question, cache)
        {
            events.extend(answers.into_iter().map(|(answer, name)| {
                (self.answered(id, answer), Name::Answer(question.call(), name))
            }));
        }
        if let Some(id) = sheet {
            events.extend(self.apples_answers(id));
        }
        events
    }

    /// Whether it is worth looking at what follows from an event. What follows from the others
    /// differs by a warning, a report or a reason at most, and they would multiply the moments.
    pub(super) fn is_followed(&self, event: &Event) -> bool {
        let is_seldom = |answer: &Answer| match answer {
            Answer::Pairing(answer) => answer.pass.is_some() == answer.error.is_some(),
            Answer::Record(answer) => answer.is_err(),
            Answer::PasswordStored(answer) => answer.is_err(),
            Answer::Take(answer) => matches!(answer, TakeAnswer::Failed(_)),
            Answer::SheetGone => true,
            Answer::Support(_)
            | Answer::Status(_)
            | Answer::Password(_)
            | Answer::CanCreate(_)
            | Answer::Presence(_) => false,
        };
        match event {
            Event::WentToBackground | Event::CacheFailed(_) => false,
            Event::Intent(Intent::SelectVehicle(vin)) => *vin == self.vin,
            Event::Answered { answer, .. } => !is_seldom(answer),
            Event::Intent(Intent::Tap(_))
            | Event::CameToForeground
            | Event::WalletChanged
            | Event::SignedOut => true,
        }
    }

    fn answers(
        &self,
        question: &Effect,
        cache: &VehicleRecord,
    ) -> Option<(RequestId, Vec<Named<Answer>>)> {
        let unavailable = CacheFailure::Unavailable;
        let (id, answers) = match question {
            Effect::LoadRecord { id, .. } => (
                id,
                vec![
                    (Answer::Record(Ok(cache.clone())), "read"),
                    (Answer::Record(Err(unavailable)), "failed"),
                ],
            ),
            Effect::AskSupport { id, .. } => {
                let known = |support| Answer::Support(Ok(SupportAnswer::Known(support)));
                let supported = Support::Supported { upgrade_required: false };
                (
                    id,
                    vec![
                        (known(supported), "supported"),
                        (known(Support::NotSupported), "not supported"),
                        (Answer::Support(Err(Failed)), "failed"),
                    ],
                )
            }
            Effect::AskStatus { id, .. } => (id, self.statuses.clone()),
            Effect::AskPassword { id, .. } => (
                id,
                vec![
                    (Answer::Password(PasswordAnswer::Fetched), "fetched"),
                    (Answer::Password(PasswordAnswer::NoneFetched), "none"),
                ],
            ),
            Effect::StorePassword { id, .. } => (
                id,
                vec![
                    (Answer::PasswordStored(Ok(StoredPassword::Stored)), "stored"),
                    (Answer::PasswordStored(Err(unavailable)), "failed"),
                ],
            ),
            Effect::AskCanCreate { id, .. } => (id, vec![self.can_create.clone()]),
            Effect::AskPresence { id, .. } => (
                id,
                vec![
                    (Answer::Presence(Presence::Present), "present"),
                    (Answer::Presence(Presence::Absent), "absent"),
                    (Answer::Presence(Presence::CannotSay), "cannot say"),
                ],
            ),
            Effect::TakeUse { id, .. } => {
                let failed = (Answer::Take(TakeAnswer::Failed(unavailable)), "failed");
                (id, vec![take(cache), failed])
            }
            Effect::StartPairing { .. }
            | Effect::CheckSheet { .. }
            | Effect::OpenWallet { .. }
            | Effect::Store { .. }
            | Effect::EraseAll
            | Effect::Report(_) => return None,
        };
        Some((*id, answers))
    }

    fn apples_answers(&self, id: RequestId) -> [(Event, Name); 5] {
        let pass = Some(self.new_key.clone());
        let error = Some(AppleErrorCode::GenericError);
        let start = |pass, error, name| {
            let answer = Answer::Pairing(PairingAnswer { pass, error });
            (self.answered(id, answer), Name::Answer("apple_pairing.start", name))
        };
        let gone = Name::Answer("apple_pairing.sheet_is_up", "no");
        [
            start(pass.clone(), None, "a pass"),
            start(pass, error, "a pass and an error"),
            start(None, error, "an error"),
            start(None, None, "neither"),
            (self.answered(id, Answer::SheetGone), gone),
        ]
    }

    fn answered(&self, id: RequestId, answer: Answer) -> Event {
        Event::Answered { id, vin: self.vin, answer }
    }
}

/// What a cache with this record says to a take.
fn take(cache: &VehicleRecord) -> Named<Answer> {
    let (answer, name) = match cache.password {
        None => (TakeAnswer::NoPassword, "no password"),
        Some(password) => match password.uses.next_use() {
            None => (TakeAnswer::Exhausted, "used up"),
            Some(uses) => (TakeAnswer::Granted(PasswordUse { uses, ..password }), "granted"),
        },
    };
    (Answer::Take(answer), name)
}

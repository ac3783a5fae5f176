//! A machine and a small world that answers its effects, at once or when a test says so.

use std::collections::BTreeMap;

use digital_key_domain::{
    Answer, AppleErrorCode, CacheFailure, DigitalKeyId, Effect, Event, Failed, Flow, Generation,
    Intent, KeyState, PageView, PairingAnswer, PairingStatus, PasswordAnswer, PasswordUse, Phone,
    Presence, Reason, RecordChange, ReportedKey, RequestId, Settings, StoredPassword, Support,
    SupportAnswer, TakeAnswer, Tap, UsageCounter, VehicleRecord, Verdict, View, Vin,
};

pub(crate) const A: &str = "WBA0000000000000A";
pub(crate) const B: &str = "WBA0000000000000B";

pub(crate) fn vin(text: &str) -> Vin {
    text.parse().unwrap()
}

pub(crate) fn key(id: &str) -> DigitalKeyId {
    DigitalKeyId::try_from(id).unwrap()
}

pub(crate) struct Story {
    pub(crate) flow: Flow,
    pub(crate) cache: BTreeMap<Vin, VehicleRecord>,
    pub(crate) support: Result<SupportAnswer, Failed>,
    pub(crate) status: Result<PairingStatus, Failed>,
    pub(crate) password: PasswordAnswer,
    pub(crate) can_create: bool,
    pub(crate) presence: Presence,
    pub(crate) cache_fails: Option<CacheFailure>,
    /// Calls whose answers wait until [`Story::release`].
    pub(crate) held: Vec<&'static str>,
    /// Every effect since the beginning.
    pub(crate) log: Vec<Effect>,
    /// Effects that have no answer yet.
    pub(crate) open: Vec<Effect>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::on(Settings::new(Phone::Ios {
            machine: "iPhone12,1".parse().unwrap(),
            version: "14.2".parse().unwrap(),
        }))
    }

    pub(crate) fn on(settings: Settings) -> Self {
        Self {
            flow: Flow::new(settings),
            cache: BTreeMap::new(),
            support: Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false })),
            status: Ok(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true }),
            password: PasswordAnswer::Fetched,
            can_create: true,
            presence: Presence::Absent,
            cache_fails: None,
            held: Vec::new(),
            log: Vec::new(),
            open: Vec::new(),
        }
    }

    /// One step without any answers; an ignored event must change and cause nothing (GEN-2).
    pub(crate) fn step(&mut self, event: impl Into<Event>) -> Verdict {
        let before = self.flow.clone();
        let mut effects = Vec::new();
        let verdict = self.flow.step(event.into(), &mut effects);
        if let Verdict::Ignored(_) = verdict {
            assert_eq!(self.flow, before);
            assert_eq!(effects, []);
        }
        for effect in effects {
            self.log.push(effect.clone());
            if !matches!(effect, Effect::StartPairing { .. } | Effect::CheckSheet { .. }) {
                self.open.push(effect);
            }
        }
        verdict
    }

    /// One step, and the answers to everything that it causes.
    pub(crate) fn run(&mut self, event: impl Into<Event>) -> &mut Self {
        let _ = self.step(event);
        self.answer_all();
        self
    }

    pub(crate) fn taps(&mut self, taps: &[Tap]) -> &mut Self {
        for tap in taps {
            self.run(*tap);
        }
        self
    }

    pub(crate) fn select(&mut self, text: &str) -> &mut Self {
        self.run(Event::Intent(Intent::SelectVehicle(vin(text))))
    }

    pub(crate) fn hold(&mut self, call: &'static str) -> &mut Self {
        self.held.push(call);
        self
    }

    pub(crate) fn release(&mut self, call: &'static str) -> &mut Self {
        self.held.retain(|held| *held != call);
        self.answer_all();
        self
    }

    pub(crate) fn ignored(&mut self, event: impl Into<Event>) -> Reason {
        match self.step(event) {
            Verdict::Ignored(reason) => reason,
            Verdict::Accepted => panic!("accepted; now {:?}", self.view()),
        }
    }

    pub(crate) fn view(&self) -> View {
        self.flow.view()
    }

    pub(crate) fn page(&self) -> &'static str {
        self.view().page.name()
    }

    pub(crate) fn calls(&self, call: &str) -> usize {
        self.log.iter().filter(|effect| effect.call() == call).count()
    }

    pub(crate) fn blockers(&self) -> Vec<&'static str> {
        match self.view().page {
            PageView::Welcome { blockers, .. } => {
                blockers.iter().map(|blocker| blocker.code()).collect()
            }
            page => panic!("{page:?}"),
        }
    }

    pub(crate) fn record(&self, text: &str) -> VehicleRecord {
        self.cache.get(&vin(text)).cloned().unwrap_or_default()
    }

    pub(crate) fn owned_by(&mut self, id: &str, tracked: bool) -> &mut Self {
        if let Ok(status) = &mut self.status {
            status.owner_key = Some(ReportedKey { id: key(id), tracked });
        }
        self
    }

    /// To ReadyToPair with the box checked.
    pub(crate) fn reach_ready_to_pair(&mut self) -> &mut Self {
        self.select(A);
        self.taps(&[Tap::Entry, Tap::Continue, Tap::Continue, Tap::TickBox]);
        assert_eq!(self.page(), "ReadyToPair");
        self
    }

    /// To Apple's sheet.
    pub(crate) fn reach_sheet(&mut self) -> &mut Self {
        self.reach_ready_to_pair().run(Tap::Continue)
    }

    /// To Overview with the tracked or untracked key K1 on this phone.
    pub(crate) fn reach_overview(&mut self, tracked: bool) -> &mut Self {
        self.owned_by("K1", tracked);
        self.presence = Presence::Present;
        self.select(A);
        self.taps(&[Tap::Entry, Tap::Continue]);
        assert_eq!(self.page(), "Overview");
        self
    }

    /// The answer of Apple's API to the pairing that was started last.
    pub(crate) fn apple(&mut self, pass: Option<&str>, error: Option<AppleErrorCode>) -> Event {
        let (id, vin) = self.last_pairing();
        let answer = PairingAnswer { pass: pass.map(key), error };
        Event::Answered { id, vin, answer: Answer::Pairing(answer) }
    }

    pub(crate) fn sheet_gone(&mut self) -> Event {
        let (id, vin) = self.last_pairing();
        Event::Answered { id, vin, answer: Answer::SheetGone }
    }

    pub(crate) fn last_pairing(&self) -> (RequestId, Vin) {
        let started = self.log.iter().rev().find_map(|effect| match effect {
            Effect::StartPairing { id, vin } => Some((*id, *vin)),
            _ => None,
        });
        started.expect("no pairing was started")
    }

    pub(crate) fn answer_all(&mut self) {
        while let Some(at) = self.open.iter().position(|effect| !self.held.contains(&effect.call()))
        {
            let effect = self.open.remove(at);
            if let Some(event) = self.answer(effect) {
                assert_eq!(self.step(event), Verdict::Accepted);
            }
        }
    }

    fn answer(&mut self, effect: Effect) -> Option<Event> {
        let (id, vin, answer) = match effect {
            Effect::LoadRecord { id, vin } => {
                let record = self.cache.get(&vin).cloned().unwrap_or_default();
                (id, vin, Answer::Record(self.cache_fails.map_or(Ok(record), Err)))
            }
            Effect::AskSupport { id, vin } => (id, vin, Answer::Support(self.support)),
            Effect::AskStatus { id, vin } => (id, vin, Answer::Status(self.status.clone())),
            Effect::AskPassword { id, vin } => (id, vin, Answer::Password(self.password)),
            Effect::StorePassword { id, vin, generation } => {
                (id, vin, Answer::PasswordStored(self.store_password(vin, generation)))
            }
            Effect::AskCanCreate { id, vin } => (id, vin, Answer::CanCreate(self.can_create)),
            Effect::AskPresence { id, vin, .. } => (id, vin, Answer::Presence(self.presence)),
            Effect::TakeUse { id, vin } => (id, vin, Answer::Take(self.take_use(vin))),
            Effect::Store { vin, change } => {
                if let Some(failure) = self.cache_fails {
                    return Some(Event::CacheFailed(failure)).filter(|_| self.reports() == 0);
                }
                self.cache.entry(vin).or_default().apply(&change);
                return None;
            }
            Effect::EraseAll => {
                self.cache.clear();
                return None;
            }
            Effect::StartPairing { .. }
            | Effect::CheckSheet { .. }
            | Effect::OpenWallet { .. }
            | Effect::Report(_) => return None,
        };
        Some(Event::Answered { id, vin, answer })
    }

    pub(crate) fn reports(&self) -> usize {
        self.calls("report")
    }

    fn store_password(
        &mut self,
        vin: Vin,
        generation: Generation,
    ) -> Result<StoredPassword, CacheFailure> {
        if let Some(failure) = self.cache_fails {
            return Err(failure);
        }
        let record = self.cache.entry(vin).or_default();
        if generation <= record.generation {
            return Ok(StoredPassword::Outdated { newest: record.generation });
        }
        record.apply(&RecordChange::PasswordStored(generation));
        Ok(StoredPassword::Stored)
    }

    fn take_use(&mut self, vin: Vin) -> TakeAnswer {
        if let Some(failure) = self.cache_fails {
            return TakeAnswer::Failed(failure);
        }
        let record = self.cache.entry(vin).or_default();
        let Some(PasswordUse { generation, uses }) = record.password else {
            return TakeAnswer::NoPassword;
        };
        let Some(uses) = uses.next_use() else {
            return TakeAnswer::Exhausted;
        };
        let counted = PasswordUse { generation, uses };
        record.apply(&RecordChange::UseTaken(counted));
        TakeAnswer::Granted(counted)
    }

    pub(crate) fn uses(&self, text: &str) -> Option<u8> {
        self.record(text).password.map(|password| password.uses.get())
    }

    pub(crate) fn use_up(&mut self, text: &str, uses: u8) {
        let password = self.cache.get_mut(&vin(text)).unwrap().password.as_mut().unwrap();
        password.uses = UsageCounter::new(uses);
    }

    pub(crate) fn key_state(&self) -> KeyState {
        self.view().key_state
    }
}

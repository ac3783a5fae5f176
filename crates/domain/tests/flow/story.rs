//! A machine and a small world that answers its effects, at once or when a test says so.

use std::collections::BTreeMap;

use digital_key_domain::{
    AppleErrorCode, CacheFailure, DigitalKeyId, Effect, Event, Flow, Intent, KeyCreation, KeyState,
    NoAnswer, PageView, PairingAnswer, PairingStatus, PasswordFetch, Phone, Presence, Question,
    Reason, Reply, ReportedKey, Request, RequestId, Settings, Support, SupportAnswer, Tap,
    UsageCounter, VehicleRecord, Verdict, View, Vin,
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
    pub(crate) support: Result<SupportAnswer, NoAnswer>,
    pub(crate) status: Result<PairingStatus, NoAnswer>,
    pub(crate) password: PasswordFetch,
    pub(crate) key_creation: KeyCreation,
    pub(crate) presence: Presence,
    pub(crate) wallet_opens: bool,
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
            password: PasswordFetch::Fetched,
            key_creation: KeyCreation::Possible,
            presence: Presence::Absent,
            wallet_opens: true,
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
            let is_about_the_sheet = |effect: &Effect| {
                matches!(effect.call(), "apple_pairing.start" | "apple_pairing.sheet_is_up")
            };
            if !is_about_the_sheet(&effect) {
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

    /// The requests of this call, in order.
    pub(crate) fn requests(&self, call: &str) -> Vec<Request> {
        let requests = self.log.iter().filter_map(|effect| match effect {
            Effect::Request(request) if request.question.call() == call => Some(request.clone()),
            _ => None,
        });
        requests.collect()
    }

    /// Takes the open request of this call away from the world, which then never answers it.
    pub(crate) fn take_open(&mut self, call: &str) -> Request {
        let at = self.open.iter().position(|effect| effect.call() == call).unwrap();
        let Effect::Request(request) = self.open.remove(at) else { panic!("{call}") };
        request
    }

    pub(crate) fn offers(&self, tap: Tap) -> bool {
        self.view().offers.contains(tap)
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
        Event::Replied { id, vin, reply: Reply::Pairing(answer) }
    }

    /// Apple's API calls back once more for vehicle A.
    pub(crate) fn late(pass: Option<&str>, error: Option<AppleErrorCode>) -> Event {
        Event::LateAnswer { vin: vin(A), answer: PairingAnswer { pass: pass.map(key), error } }
    }

    pub(crate) fn sheet_gone(&mut self) -> Event {
        let (id, vin) = self.last_pairing();
        Event::Replied { id, vin, reply: Reply::SheetGone }
    }

    pub(crate) fn last_pairing(&self) -> (RequestId, Vin) {
        let started = self.requests("apple_pairing.start").last().cloned();
        let started = started.map(|Request { id, vin, .. }| (id, vin));
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
        match effect {
            Effect::Request(Request { id, vin, question }) => {
                let reply = self.reply(vin, &question)?;
                Some(Event::Replied { id, vin, reply })
            }
            Effect::Store { vin, change } => match self.cache_fails {
                Some(failure) => Some(Event::CacheFailed(failure)).filter(|_| self.reports() == 0),
                None => {
                    self.cache.entry(vin).or_default().apply(&change);
                    None
                }
            },
            Effect::Erase { vin } => {
                self.cache.remove(&vin);
                None
            }
            Effect::EraseAll => {
                self.cache.clear();
                None
            }
            Effect::Report(_) | Effect::Diagnose(_) => None,
        }
    }

    fn reply(&mut self, vin: Vin, question: &Question) -> Option<Reply> {
        let cache_fails = self.cache_fails;
        let cached = self.cache.entry(vin).or_default();
        Some(match question {
            Question::Record => Reply::Record(cache_fails.map_or(Ok(cached.clone()), Err)),
            Question::Support => Reply::Support(self.support),
            Question::Status => Reply::Status(self.status.clone()),
            Question::Password => Reply::Password(self.password),
            Question::StorePassword(generation) => {
                let store = || Ok(cached.store_password(*generation));
                Reply::PasswordStored(cache_fails.map_or_else(store, Err))
            }
            Question::CanCreateKey => Reply::CanCreateKey(self.key_creation),
            Question::Presence(_) => Reply::Presence(self.presence),
            Question::OpenWallet(_) => Reply::WalletOpened(self.wallet_opens),
            Question::TakeUse => {
                Reply::UseTaken(cache_fails.map_or_else(|| Ok(cached.take_use()), Err))
            }
            Question::StartPairing | Question::CheckSheet => return None,
        })
    }

    pub(crate) fn reports(&self) -> usize {
        self.calls("report")
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

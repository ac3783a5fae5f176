//! The event loop: one task that owns the machine, performs its effects and publishes the view.
//!
//! It never waits for an effect, so that the user is always answered: an effect runs in a task of
//! its own, or in the cache's lane, and comes back as [`Done`].

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use digital_key_domain::{
    Answer, CacheFailure, Effect, Event, Failed, Flow, Intent, PasswordAnswer, Presence, RequestId,
    Verdict, View, Vin,
};
use digital_key_ports::{
    ApplePairing, Bff, CacheError, IdempotencyKey, LateAnswer, PairingPassword, Wallet,
};
use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use crate::bff::SingleFlightBff;
use crate::builder::{CacheReporter, Deadlines, EffectObserver, ObservedStep, StepObserver};
use crate::cache_lane::{CacheCall, LaneRequest};
use crate::sheets::Sheets;

/// What the facade asks of the loop.
pub(crate) enum Command {
    Intent(Intent),
    SignOut(oneshot::Sender<Result<(), CacheError>>),
    /// Answer once nothing is under way but at most this many requests to the BFF.
    Idle {
        but_for: usize,
        done: oneshot::Sender<()>,
    },
    Suspend(oneshot::Sender<Result<(), CacheError>>),
    Resume(oneshot::Sender<Result<(), CacheError>>),
    Shutdown,
}

/// Something that the loop has begun has ended, or something happened outside.
pub(crate) struct Done {
    /// What has ended; `None` for news from outside.
    pub(crate) work: Option<Work>,
    pub(crate) event: Option<Event>,
    /// The password that belongs to the event. After the step it is gone, unless an effect of that
    /// step takes it: to the cache, or to Apple's API.
    pub(crate) secret: Option<PairingPassword>,
}

/// What the loop has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Cache,
    Bff,
    /// A question to the wallet or to Apple's API.
    Phone,
    /// Apple's sheet: it may stay up for minutes, and does not count as busy.
    Sheet(RequestId),
}

/// What an effect came to.
type Outcome = (Option<Event>, Option<PairingPassword>);

#[derive(Debug, Default)]
struct Running {
    cache: usize,
    bff: usize,
    phone: usize,
}

pub(crate) struct EventLoop {
    pub(crate) flow: Flow,
    pub(crate) bff: Arc<SingleFlightBff>,
    pub(crate) wallet: Arc<dyn Wallet>,
    pub(crate) apple_pairing: Arc<dyn ApplePairing>,
    pub(crate) cache: mpsc::UnboundedSender<LaneRequest>,
    pub(crate) deadlines: Deadlines,
    pub(crate) on_effect: Option<EffectObserver>,
    pub(crate) on_step: Option<StepObserver>,
    pub(crate) on_cache_failure: Option<CacheReporter>,
    pub(crate) view: watch::Sender<View>,
    pub(crate) results: mpsc::UnboundedSender<Done>,
    pub(crate) tasks: Tasks,
}

/// What runs beside the loop, and who waits for its end.
#[derive(Default)]
pub(crate) struct Tasks {
    effects: Vec<Effect>,
    running: Running,
    /// Questions of the account that is signed in; a sign-out ends them.
    questions: JoinSet<Done>,
    sheets: Sheets,
    waits_for_idle: Vec<(usize, oneshot::Sender<()>)>,
    waits_for_erase: Option<oneshot::Sender<Result<(), CacheError>>>,
    /// The host has suspended the app, and has not resumed it since.
    is_suspended: bool,
}

impl EventLoop {
    pub(crate) async fn run(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut results: mpsc::UnboundedReceiver<Done>,
        mut late_answers: mpsc::Receiver<LateAnswer>,
    ) {
        loop {
            tokio::select! {
                biased;
                Some(done) = results.recv() => self.take_in(done),
                Some(done) = self.tasks.questions.join_next() => self.take_in_joined(done),
                Some(done) = self.tasks.sheets.join_next() => self.take_in_joined(done),
                Some(late) = late_answers.recv() => {
                    self.tasks.sheets.hear(late).into_iter().for_each(|event| self.step(event, None));
                },
                command = commands.recv() => match command {
                    Some(Command::Shutdown) | None => return,
                    Some(command) => self.obey(command),
                },
            }
            self.answer_who_waits_for_idle();
        }
    }

    /// A task that was aborted has nothing to say; its panic was caught inside.
    fn take_in_joined(&mut self, done: Result<Done, tokio::task::JoinError>) {
        if let Ok(done) = done {
            self.take_in(done);
        }
    }

    fn take_in(&mut self, Done { work, event, secret }: Done) {
        let running = &mut self.tasks.running;
        match work {
            Some(Work::Cache) => running.cache -= 1,
            Some(Work::Bff) => running.bff -= 1,
            Some(Work::Phone) => running.phone -= 1,
            Some(Work::Sheet(_)) | None => {}
        }
        if let Some(event) = event {
            self.step(event, secret);
        }
        if let Some(Work::Sheet(id)) = work {
            let late = self.tasks.sheets.ended(id);
            late.into_iter().for_each(|event| self.step(event, None));
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Intent(intent) => self.step(Event::Intent(intent), None),
            Command::SignOut(done) => self.sign_out(done),
            Command::Idle { but_for, done } => self.tasks.waits_for_idle.push((but_for, done)),
            Command::Suspend(done) => {
                self.tasks.is_suspended = true;
                self.send_to_lane(LaneRequest::Suspend(done));
            }
            Command::Resume(done) => {
                self.tasks.is_suspended = false;
                self.send_to_lane(LaneRequest::Resume(done));
            }
            Command::Shutdown => {}
        }
    }

    /// Ends what was asked for the account, so that nothing of it comes back (GEN-5).
    fn sign_out(&mut self, done: oneshot::Sender<Result<(), CacheError>>) {
        self.tasks.questions = JoinSet::new();
        self.bff.forget_requests_in_flight();
        self.tasks.running.bff = 0;
        self.tasks.running.phone = 0;
        self.tasks.sheets.forget();
        self.tasks.waits_for_erase = Some(done);
        self.step(Event::SignedOut, None);
    }

    fn answer_who_waits_for_idle(&mut self) {
        let Running { cache, bff, phone } = self.tasks.running;
        // What the cache is asked while the app is suspended waits for the host.
        let is_cache_idle = cache == 0 || self.tasks.is_suspended;
        if is_cache_idle && phone == 0 {
            for (_, done) in
                self.tasks.waits_for_idle.extract_if(.., |(but_for, _)| bff <= *but_for)
            {
                let _ = done.send(());
            }
        }
    }

    /// One step of the machine, its effects, and the new view.
    fn step(&mut self, event: Event, mut secret: Option<PairingPassword>) {
        tracing::debug!(?event, "event");
        let mut effects = std::mem::take(&mut self.tasks.effects);
        let told = self.on_step.is_some().then(|| event.clone());
        let verdict = self.flow.step(event, &mut effects);
        if let (Some(observe), Some(event)) = (&self.on_step, &told) {
            let view = &self.flow.view();
            observe(&ObservedStep { event, verdict, effects: &effects, view });
        }
        if let Verdict::Ignored(reason) = verdict {
            tracing::debug!(%reason, "ignored");
            self.tasks.effects = effects;
            return;
        }
        for effect in effects.drain(..) {
            tracing::debug!(?effect, "effect");
            if let Some(observe) = &self.on_effect {
                observe(&effect);
            }
            self.perform(effect, &mut secret);
        }
        self.tasks.effects = effects;
        let view = self.flow.view();
        self.view.send_if_modified(|shown| {
            let changed = *shown != view;
            if changed {
                *shown = view;
            }
            changed
        });
    }

    fn send_to_lane(&self, request: LaneRequest) {
        // The lane lives as long as this sender, so nothing is lost here.
        let _ = self.cache.send(request);
    }

    fn call_cache(&mut self, call: CacheCall) {
        self.tasks.running.cache += 1;
        self.send_to_lane(LaneRequest::Call(call));
    }

    /// One effect, one call of a port.
    fn perform(&mut self, effect: Effect, secret: &mut Option<PairingPassword>) {
        match effect {
            Effect::LoadRecord { id, vin } => self.call_cache(CacheCall::Load { id, vin }),
            Effect::Store { vin, change } => self.call_cache(CacheCall::Store { vin, change }),
            Effect::StorePassword { id, vin, generation } => match secret.take() {
                Some(password) => {
                    self.call_cache(CacheCall::StorePassword { id, vin, password, generation })
                }
                None => self.answer_later(
                    id,
                    vin,
                    Answer::PasswordStored(Err(CacheFailure::Unavailable)),
                ),
            },
            Effect::TakeUse { id, vin } => self.call_cache(CacheCall::TakeUse { id, vin }),
            Effect::EraseAll => {
                let done = self.tasks.waits_for_erase.take();
                self.call_cache(CacheCall::EraseAll { done });
            }
            Effect::AskSupport { id, vin } => {
                let bff = Arc::clone(&self.bff);
                let failed = answered(id, vin, Answer::Support(Err(Failed)));
                self.ask_bff(failed, async move {
                    let answer = bff.support(vin).await.map_err(|error| log_failure(&error));
                    (answered(id, vin, Answer::Support(answer)), None)
                });
            }
            Effect::AskStatus { id, vin } => {
                let bff = Arc::clone(&self.bff);
                let failed = answered(id, vin, Answer::Status(Err(Failed)));
                self.ask_bff(failed, async move {
                    let answer = bff.pairing_status(vin).await.map_err(|error| log_failure(&error));
                    (answered(id, vin, Answer::Status(answer)), None)
                });
            }
            Effect::AskPassword { id, vin } => self.ask_password(id, vin),
            Effect::AskCanCreate { id, vin } => {
                let apple_pairing = Arc::clone(&self.apple_pairing);
                let cannot = answered(id, vin, Answer::CanCreate(false));
                self.ask_phone(cannot, async move {
                    let can = apple_pairing.can_create_key(vin).await;
                    let can = can.map_err(|error| log_failure(&error)).unwrap_or(false);
                    (answered(id, vin, Answer::CanCreate(can)), None)
                });
            }
            Effect::AskPresence { id, vin, key } => {
                let wallet = Arc::clone(&self.wallet);
                let cannot_say = answered(id, vin, Answer::Presence(Presence::CannotSay));
                self.ask_phone(cannot_say, async move {
                    let presence = wallet.presence(key).await;
                    let presence = presence
                        .map_err(|error| log_failure(&error))
                        .unwrap_or(Presence::CannotSay);
                    (answered(id, vin, Answer::Presence(presence)), None)
                });
            }
            Effect::StartPairing { id, vin } => {
                self.tasks.sheets.start(&self.apple_pairing, id, vin, secret.take())
            }
            Effect::CheckSheet { id, vin } => {
                let apple_pairing = Arc::clone(&self.apple_pairing);
                let grace = self.deadlines.sheet_grace;
                let gone = answered(id, vin, Answer::SheetGone);
                self.ask_phone(gone.clone(), async move {
                    let is_up = apple_pairing.sheet_is_up().await;
                    if is_up.map_err(|error| log_failure(&error)).unwrap_or(false) {
                        return (None, None);
                    }
                    // Its answer may be on its way; that one counts then.
                    tokio::time::sleep(grace).await;
                    (gone, None)
                });
            }
            Effect::OpenWallet { key } => {
                let wallet = Arc::clone(&self.wallet);
                self.ask_phone(None, async move {
                    let _ = wallet.open(key).await.map_err(|error| log_failure(&error));
                    (None, None)
                });
            }
            Effect::Report(failure) => self.report(failure),
        }
    }

    fn ask_password(&mut self, id: RequestId, vin: Vin) {
        let bff = Arc::clone(&self.bff);
        let none = answered(id, vin, Answer::Password(PasswordAnswer::NoneFetched));
        let key = IdempotencyKey::from(uuid::Uuid::new_v4().as_u128());
        self.ask_bff(none.clone(), async move {
            match bff.pairing_password(vin, key).await {
                Ok(Some(password)) => {
                    let fetched = Answer::Password(PasswordAnswer::Fetched);
                    (answered(id, vin, fetched), Some(password))
                }
                Ok(None) => (none, None),
                Err(error) => {
                    log_failure(&error);
                    (none, None)
                }
            }
        });
    }

    fn answer_later(&self, id: RequestId, vin: Vin, answer: Answer) {
        // The loop holds the receiver, so this always arrives.
        let _ =
            self.results.send(Done { work: None, event: answered(id, vin, answer), secret: None });
    }

    /// The BFF keeps a deadline of its own: that of the retry policy.
    fn ask_bff(
        &mut self,
        failed: Option<Event>,
        question: impl Future<Output = Outcome> + Send + 'static,
    ) {
        self.tasks.running.bff += 1;
        self.tasks.questions.spawn(ask(Work::Bff, failed, question));
    }

    fn ask_phone(
        &mut self,
        failed: Option<Event>,
        question: impl Future<Output = Outcome> + Send + 'static,
    ) {
        self.tasks.running.phone += 1;
        let deadline = self.deadlines.phone;
        let late = failed.clone();
        self.tasks.questions.spawn(ask(Work::Phone, failed, async move {
            tokio::time::timeout(deadline, question).await.unwrap_or_else(|_| {
                tracing::warn!(?deadline, "the phone did not answer in time");
                (late, None)
            })
        }));
    }

    fn report(&self, failure: CacheFailure) {
        match failure {
            CacheFailure::Lost => tracing::warn!("the cache was lost and is rebuilt"),
            CacheFailure::Unavailable => tracing::warn!("the cache is not available"),
        }
        if let Some(report) = &self.on_cache_failure {
            report(failure);
        }
    }
}

/// A question to an adapter that panics has failed: no spinner without end (GEN-2).
async fn ask(work: Work, failed: Option<Event>, question: impl Future<Output = Outcome>) -> Done {
    let (event, secret) = AssertUnwindSafe(question).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(?work, "an adapter panicked");
        (failed, None)
    });
    Done { work: Some(work), event, secret }
}

pub(crate) fn answered(id: RequestId, vin: Vin, answer: Answer) -> Option<Event> {
    Some(Event::Answered { id, vin, answer })
}

pub(crate) fn log_failure(error: &dyn std::error::Error) -> Failed {
    tracing::warn!(error = %Chain(error), "a port failed");
    Failed
}

/// An error with its causes, on one line.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

//! The effects of the machine as calls of the ports.
//!
//! No call is awaited here: it runs in a task of its own, or in the cache worker, and comes back as
//! a [`Message`]. The password never reaches the machine. It travels from the answer that brought
//! it to the effect that needs it, in the `password` argument of [`PortCalls::perform`].

use std::collections::HashMap;
use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use digital_key_domain::{
    CacheFailure, Diagnostic, Effect, Event, FailureKind, KeyCreation, NoAnswer, PairingAnswer,
    PasswordFetch, Presence, Question, Reply, Request, RequestId, Vin,
};
use digital_key_ports::{
    ApplePairing, Bff, BffError, CacheError, IdempotencyKey, PairingPassword, PairingRequest,
    Wallet,
};
use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{self, AbortHandle, JoinSet};

use crate::bff::{CircuitBreakingBff, SingleFlightBff};
use crate::cache_worker::{CacheCall, CacheQuestion, CacheRequest};
use crate::config::{CacheReporter, Deadlines, DiagnosticReporter};
use crate::messages::{Message, Outcome, Work};
use crate::reporting::{self, Chain};
use crate::suspension::Suspension;

/// A request to the BFF whose adapter panicked.
const PANICKED: NoAnswer = NoAnswer { kind: FailureKind::Other, wait: None };

pub(crate) struct PortCalls {
    pub(crate) bff: Arc<SingleFlightBff>,
    pub(crate) circuit_breaker: Option<Arc<CircuitBreakingBff>>,
    pub(crate) wallet: Arc<dyn Wallet>,
    pub(crate) apple_pairing: Arc<dyn ApplePairing>,
    pub(crate) cache: mpsc::UnboundedSender<CacheRequest>,
    pub(crate) deadlines: Deadlines,
    pub(crate) on_cache_failure: Option<CacheReporter>,
    pub(crate) on_diagnostic: Option<DiagnosticReporter>,
    pub(crate) messages: mpsc::UnboundedSender<Message>,
    pub(crate) running: Running,
}

/// What runs beside the event loop.
#[derive(Default)]
pub(crate) struct Running {
    cache: usize,
    bff: usize,
    phone: usize,
    /// Questions for the account that is signed in; a sign-out aborts them.
    questions: JoinSet<Message>,
    /// The vehicle and the port of each question.
    asked: HashMap<task::Id, (Vin, Work, AbortHandle)>,
    sheets: JoinSet<Message>,
    suspension: Suspension,
    /// The caller that waits until the cache is erased.
    sign_out: Option<oneshot::Sender<Result<(), CacheError>>>,
    /// The caller that waits until a vehicle is erased.
    forget: Option<oneshot::Sender<Result<(), CacheError>>>,
}

impl PortCalls {
    /// Waits for the end of a question or of a sheet.
    pub(crate) async fn next_end(&mut self) -> Message {
        loop {
            let end = tokio::select! {
                biased;
                Some(end) = self.running.questions.join_next_with_id() => match end {
                    // The answer to a question about a vehicle that was forgotten is dropped.
                    Ok((id, message)) => self.running.asked.remove(&id).map(|_| message),
                    Err(_) => None,
                },
                Some(end) = self.running.sheets.join_next() => end.ok(),
                else => std::future::pending().await,
            };
            // A task that was aborted has no answer; a panic is caught inside the task.
            if let Some(message) = end {
                return message;
            }
        }
    }

    /// Notes the end of work that was begun here.
    pub(crate) fn note_end(&mut self, work: Work) {
        match work {
            Work::Cache => self.running.cache -= 1,
            Work::Bff => self.running.bff -= 1,
            Work::Phone => self.running.phone -= 1,
            Work::Sheet => {}
        }
    }

    /// Returns `true` if nothing runs but at most this many requests to the BFF. Calls of a
    /// suspended cache do not count: they wait for the host.
    pub(crate) fn is_idle_but_for(&self, bff_requests: usize) -> bool {
        let is_cache_idle = self.running.cache == 0 || self.running.suspension.is_in_force();
        is_cache_idle && self.running.phone == 0 && self.running.bff <= bff_requests
    }

    /// Ends the questions of the account, so that no answer to them comes back (GEN-5). `done`
    /// receives the result of erasing the cache, which the next effect starts.
    pub(crate) fn forget_account(&mut self, done: oneshot::Sender<Result<(), CacheError>>) {
        self.running.questions = JoinSet::new();
        self.running.asked.clear();
        self.bff.forget_requests_in_flight();
        self.running.bff = 0;
        self.running.phone = 0;
        self.running.sign_out = Some(done);
    }

    /// Ends the questions about a vehicle, so that no answer to them comes back (GEN-9). `done`
    /// receives the result of erasing it, which the next effect starts.
    pub(crate) fn forget_vehicle(
        &mut self,
        vin: Vin,
        done: oneshot::Sender<Result<(), CacheError>>,
    ) {
        let ended = self.running.asked.extract_if(|_, (of, ..)| *of == vin).collect::<Vec<_>>();
        for (_, (_, work, task)) in ended {
            task.abort();
            self.note_end(work);
        }
        self.bff.forget_requests_of(vin);
        self.running.forget = Some(done);
    }

    fn spawn_question(
        &mut self,
        vin: Vin,
        work: Work,
        question: impl Future<Output = Message> + Send + 'static,
    ) {
        let task = self.running.questions.spawn(question);
        self.running.asked.insert(task.id(), (vin, work, task));
    }

    /// Lets the requests of a user's Retry through an open circuit.
    pub(crate) fn allow_retry(&self) {
        if let Some(circuit_breaker) = &self.circuit_breaker {
            circuit_breaker.allow_next();
        }
    }

    pub(crate) fn suspend(&mut self, done: oneshot::Sender<Result<(), CacheError>>) {
        self.running.suspension.request();
        self.send_to_cache(CacheRequest::Suspend(Some(done)));
        if !self.running.suspension.is_in_force() {
            self.open_cache();
        }
    }

    pub(crate) fn resume(&mut self, done: oneshot::Sender<Result<(), CacheError>>) {
        self.running.suspension.end();
        self.send_to_cache(CacheRequest::Resume(Some(done)));
    }

    /// Opens the cache, unless it is open (GEN-10).
    pub(crate) fn come_to_foreground(&mut self) {
        self.running.suspension.come_to_foreground();
        self.open_cache();
    }

    /// Closes the cache if the host has suspended the app by now.
    pub(crate) fn go_to_background(&mut self) {
        if self.running.suspension.go_to_background() {
            self.running.cache += 1;
            self.send_to_cache(CacheRequest::Suspend(None));
        }
    }

    fn open_cache(&mut self) {
        self.running.cache += 1;
        self.send_to_cache(CacheRequest::Resume(None));
    }

    /// Performs one effect: at most one call of a port.
    pub(crate) fn perform(&mut self, effect: Effect, password: &mut Option<PairingPassword>) {
        match effect {
            Effect::Request(request) => self.ask(request, password),
            Effect::Store { vin, change } => self.call_cache(CacheCall::Store { vin, change }),
            Effect::Erase { vin } => {
                let done = self.running.forget.take();
                self.call_cache(CacheCall::Erase { vin, done });
            }
            Effect::EraseAll => {
                let done = self.running.sign_out.take();
                self.call_cache(CacheCall::EraseAll { done });
            }
            Effect::Report(failure) => self.report(failure),
            Effect::Diagnose(diagnostic) => self.diagnose(&diagnostic),
        }
    }

    fn ask(&mut self, request: Request, password: &mut Option<PairingPassword>) {
        let Request { id, vin, question } = request;
        match question {
            Question::Record => self.ask_cache(id, vin, CacheQuestion::Record),
            Question::TakeUse => self.ask_cache(id, vin, CacheQuestion::TakeUse),
            Question::StorePassword(generation) => match password.take() {
                Some(password) => {
                    let question = CacheQuestion::StorePassword { password, generation };
                    self.ask_cache(id, vin, question);
                }
                None => {
                    let reply = Reply::PasswordStored(Err(CacheFailure::Unavailable));
                    self.send(Message::Happened(Event::Replied { id, vin, reply }));
                }
            },
            Question::Support => {
                let bff = Arc::clone(&self.bff);
                self.ask_bff(id, vin, Reply::Support(Err(PANICKED)), async move {
                    let answer = bff.support(vin).await;
                    Answer::from(Reply::Support(answer.map_err(|error| bff_failed(&error))))
                });
            }
            Question::Status => {
                let bff = Arc::clone(&self.bff);
                self.ask_bff(id, vin, Reply::Status(Err(PANICKED)), async move {
                    let answer = bff.pairing_status(vin).await;
                    Answer::from(Reply::Status(answer.map_err(|error| bff_failed(&error))))
                });
            }
            Question::Password => {
                let bff = Arc::clone(&self.bff);
                let key = IdempotencyKey::from(uuid::Uuid::new_v4().as_u128());
                let failed = |no_answer| Reply::Password(PasswordFetch::Failed(no_answer));
                self.ask_bff(id, vin, failed(PANICKED), async move {
                    match bff.pairing_password(vin, key).await {
                        Ok(Some(password)) => {
                            Answer::WithPassword(Reply::Password(PasswordFetch::Fetched), password)
                        }
                        Ok(None) => Answer::from(Reply::Password(PasswordFetch::NoPassword)),
                        Err(error) => Answer::from(failed(bff_failed(&error))),
                    }
                });
            }
            Question::CanCreateKey => {
                let apple_pairing = Arc::clone(&self.apple_pairing);
                let late = Reply::CanCreateKey(KeyCreation::NoAnswer);
                self.ask_phone(id, vin, late, async move {
                    let can = apple_pairing.can_create_key(vin).await;
                    Answer::from(Reply::CanCreateKey(
                        match can.map_err(|error| log_failure(&error)) {
                            Ok(true) => KeyCreation::Possible,
                            Ok(false) | Err(()) => KeyCreation::Refused,
                        },
                    ))
                });
            }
            Question::Presence(key) => {
                let wallet = Arc::clone(&self.wallet);
                self.ask_phone(id, vin, Reply::Presence(Presence::CannotSay), async move {
                    let presence = wallet.presence(key).await.map_err(|error| log_failure(&error));
                    Answer::from(Reply::Presence(presence.unwrap_or(Presence::CannotSay)))
                });
            }
            Question::OpenWallet(key) => {
                let wallet = Arc::clone(&self.wallet);
                self.ask_phone(id, vin, Reply::WalletOpened(false), async move {
                    let opened = wallet.open(key).await.map_err(|error| log_failure(&error));
                    Answer::from(Reply::WalletOpened(opened.is_ok()))
                });
            }
            Question::StartPairing => self.start_pairing(id, vin, password.take()),
            Question::CheckSheet => {
                let apple_pairing = Arc::clone(&self.apple_pairing);
                let grace = self.deadlines.sheet_grace;
                self.ask_phone(id, vin, Reply::SheetGone, async move {
                    let is_up = apple_pairing.sheet_is_up().await;
                    if is_up.map_err(|error| log_failure(&error)).unwrap_or(false) {
                        return Answer::Silent;
                    }
                    // The answer of the sheet may be on its way; that one counts then.
                    tokio::time::sleep(grace).await;
                    Answer::from(Reply::SheetGone)
                });
            }
        }
    }

    fn ask_cache(&mut self, id: RequestId, vin: Vin, question: CacheQuestion) {
        self.call_cache(CacheCall::Ask { id, vin, question });
    }

    fn call_cache(&mut self, call: CacheCall) {
        self.running.cache += 1;
        self.send_to_cache(CacheRequest::Call(call));
    }

    fn send_to_cache(&self, request: CacheRequest) {
        // The worker lives as long as this sender, so that no request is lost.
        let _ = self.cache.send(request);
    }

    fn send(&self, message: Message) {
        // The event loop holds the receiver, so that every message arrives.
        let _ = self.messages.send(message);
    }

    /// Asks the BFF, which keeps a deadline of its own: that of the retry policy.
    fn ask_bff(
        &mut self,
        id: RequestId,
        vin: Vin,
        fallback: Reply,
        call: impl Future<Output = Answer> + Send + 'static,
    ) {
        self.running.bff += 1;
        self.spawn_question(vin, Work::Bff, async move {
            let answer = catch_panic(call).await.unwrap_or(Answer::Reply(fallback));
            answer.ends(Work::Bff, id, vin)
        });
    }

    fn ask_phone(
        &mut self,
        id: RequestId,
        vin: Vin,
        fallback: Reply,
        call: impl Future<Output = Answer> + Send + 'static,
    ) {
        let call = self.call_phone(call);
        self.spawn_question(vin, Work::Phone, async move {
            call.await.unwrap_or(Answer::Reply(fallback)).ends(Work::Phone, id, vin)
        });
    }

    /// Returns the answer of the phone, or `None` if it does not come within its deadline.
    fn call_phone<T>(
        &mut self,
        call: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send + 'static
    where
        T: Send + 'static,
    {
        self.running.phone += 1;
        let deadline = self.deadlines.phone;
        async move {
            match reporting::within(deadline, catch_panic(call)).await {
                Ok(answer) => answer,
                Err(_) => {
                    tracing::warn!(?deadline, "the phone did not answer in time");
                    None
                }
            }
        }
    }

    /// Shows Apple's sheet: the one place where a password goes to Apple's API (RDY-4). A start that
    /// is refused has neither a pass nor an error (RDY-6).
    fn start_pairing(&mut self, id: RequestId, vin: Vin, password: Option<PairingPassword>) {
        let apple_pairing = Arc::clone(&self.apple_pairing);
        let start = async move {
            let started = apple_pairing.start(PairingRequest::new(vin, password?)).await;
            started.map_err(|error| log_failure(&error)).ok()
        };
        self.running.sheets.spawn(async move {
            let answer: PairingAnswer = catch_panic(start).await.flatten().unwrap_or_default();
            Answer::Reply(Reply::Pairing(answer)).ends(Work::Sheet, id, vin)
        });
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

    fn diagnose(&self, diagnostic: &Diagnostic) {
        tracing::warn!(%diagnostic, "a diagnostic for the maker");
        if let Some(report) = &self.on_diagnostic {
            report(diagnostic);
        }
    }
}

/// What a port answered to a request.
enum Answer {
    /// There is no reply.
    Silent,
    Reply(Reply),
    WithPassword(Reply, PairingPassword),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

impl Answer {
    fn ends(self, work: Work, id: RequestId, vin: Vin) -> Message {
        let outcome = match self {
            Self::Silent => Outcome::Silent,
            Self::Reply(reply) => Outcome::Event(Event::Replied { id, vin, reply }),
            Self::WithPassword(reply, password) => {
                Outcome::EventWithPassword(Event::Replied { id, vin, reply }, password)
            }
        };
        Message::Ended(work, outcome)
    }
}

/// Returns `None` if the adapter panicked: its call failed, and no page waits for it (GEN-2).
async fn catch_panic<T>(call: impl Future<Output = T>) -> Option<T> {
    let result = AssertUnwindSafe(call).catch_unwind().await;
    if result.is_err() {
        tracing::error!("an adapter panicked");
    }
    result.ok()
}

/// Logs the error of the BFF, and returns what the machine learns of it.
fn bff_failed(error: &BffError) -> NoAnswer {
    log_failure(error);
    error.into()
}

/// Logs the error of a port.
fn log_failure(error: &dyn Error) {
    tracing::warn!(error = %Chain(error), "a port failed");
}

//! The effects of the machine as calls of the ports.
//!
//! No call is awaited here: it runs in a task of its own, or in the cache worker, and comes back as
//! a [`Message`]. The password never reaches the machine. It travels from the answer that brought
//! it to the effect that needs it, in the `password` argument of [`PortCalls::perform`].

use std::collections::HashMap;
use std::sync::Arc;

use digital_key_domain::{CacheFailure, Diagnostic, Effect, RequestId, Vin};
use digital_key_ports::{ApplePairing, CacheError, PairingPassword, Wallet};
use futures_channel::mpsc;
use tokio::sync::oneshot;
use tokio::task::{self, AbortHandle, JoinSet};

use crate::bff::{CircuitBreakingBff, SingleFlightBff};
use crate::cache_worker::{CacheCall, CacheQuestion, CacheRequest};
use crate::config::{CacheReporter, Deadlines, DiagnosticReporter};
use crate::messages::{Message, Work};
use crate::suspension::Suspension;

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
    /// Returns whether a question or a sheet is under way.
    pub(crate) fn any_under_way(&self) -> bool {
        !(self.running.questions.is_empty() && self.running.sheets.is_empty())
    }

    /// Waits for the end of a question or of a sheet; one that was aborted has no message.
    pub(crate) async fn next_end(&mut self) -> Option<Message> {
        tokio::select! {
            biased;
            Some(end) = self.running.questions.join_next_with_id() => {
                // A panic is caught inside the task.
                let (id, message) = end.ok()?;
                // The answer to a question about a vehicle that was forgotten is dropped.
                self.running.asked.remove(&id).map(|_| message)
            }
            Some(end) = self.running.sheets.join_next() => end.ok(),
            else => None,
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

    /// Runs a question in a task of its own.
    pub(crate) fn spawn_question(
        &mut self,
        vin: Vin,
        work: Work,
        question: impl Future<Output = Message> + Send + 'static,
    ) {
        match work {
            Work::Bff => self.running.bff += 1,
            Work::Phone => self.running.phone += 1,
            Work::Cache | Work::Sheet => {}
        }
        let task = self.running.questions.spawn(question);
        self.running.asked.insert(task.id(), (vin, work, task));
    }

    /// Runs a sheet of Apple's in a task of its own, which outlives a sign-out.
    pub(crate) fn spawn_sheet(&mut self, sheet: impl Future<Output = Message> + Send + 'static) {
        self.running.sheets.spawn(sheet);
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

    pub(crate) fn ask_cache(&mut self, id: RequestId, vin: Vin, question: CacheQuestion) {
        self.call_cache(CacheCall::Ask { id, vin, question });
    }

    fn call_cache(&mut self, call: CacheCall) {
        self.running.cache += 1;
        self.send_to_cache(CacheRequest::Call(call));
    }

    fn send_to_cache(&self, request: CacheRequest) {
        // The worker lives as long as this sender, so that no request is lost.
        let _ = self.cache.unbounded_send(request);
    }

    pub(crate) fn send(&self, message: Message) {
        // The event loop holds the receiver, so that every message arrives.
        let _ = self.messages.unbounded_send(message);
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

//! The adapter: implements three ports over PassKit and UIKit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingAnswer, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation,
    LateAnswer, LifecycleEvent, PairingRequest,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

use crate::events::PhoneEvents;
use crate::keys_before::KeysBefore;
use crate::sheet::{INSPECTION_INTERVAL, LateAnswers, SheetEvent, SheetState, SheetWatch};
use crate::{
    AppleQueues, ExceptionError, IosSettings, PairingSheet, PassKitLibrary, PassLibrary,
    PhoneReporter, SheetReporter,
};

/// An iPhone: its wallet, Apple's pairing sheet, and the lifecycle of the app on it.
///
/// It can be called from any thread. It calls the pass library on a queue of its own, and all else
/// of Apple's on the main thread. No thread blocks while it waits for that.
pub struct IosPhone<Q: AppleQueues> {
    queues: Q,
    pub(crate) settings: IosSettings,
    pub(crate) events: PhoneEvents,
    /// Whether a list of passes has held a pass since the app was started.
    passes_seen: Arc<AtomicBool>,
    sheet_is_up: AtomicBool,
    late_answers: UnboundedSender<LateAnswer>,
    late_queue: Mutex<LateQueue>,
    /// The keys before the last sheet; `None` = no list that can be trusted.
    keys_before: Mutex<Option<KeysBefore>>,
}

/// The late answers that the core has not received yet.
struct LateQueue {
    receiver: UnboundedReceiver<LateAnswer>,
    /// The answer that is compared with the wallet. Kept here, so that a dropped call loses none.
    next: Option<LateAnswer>,
}

/// Creates an adapter.
impl<Q: AppleQueues> IosPhone<Q> {
    /// Creates an adapter over any queues. Clients call `IosPhone::new`, which exists on iOS.
    ///
    /// The closure creates the queues, and passes the reporter to the observers of notifications.
    #[must_use]
    pub fn over(settings: IosSettings, queues: impl FnOnce(PhoneReporter) -> Q) -> Self {
        let (reporter, events) = PhoneEvents::new();
        let (late_answers, receiver) = unbounded_channel();
        Self {
            queues: queues(reporter),
            settings,
            events,
            passes_seen: Arc::default(),
            sheet_is_up: AtomicBool::new(false),
            late_answers,
            late_queue: Mutex::new(LateQueue { receiver, next: None }),
            keys_before: Mutex::default(),
        }
    }

    /// Reads the pass library.
    pub(crate) async fn library(&self) -> Result<PassLibrary, PhoneError> {
        let seen = Arc::clone(&self.passes_seen);
        Ok(self.on_library_queue(move |library| read_library(library, &seen)).await??)
    }

    /// Reads the pass library for a sheet, which does not wait for it for long: without a list the
    /// pairing goes on, and only a key that PassKit does not name is missed (CBK-3).
    async fn library_for_sheet(&self) -> Option<PassLibrary> {
        timeout(SHEET_WAITS_FOR_LIBRARY, self.library()).await.ok()?.ok()
    }

    /// Adds the key to an answer without one, if a key is new in the wallet since the sheet of this
    /// vehicle was shown (CBK-3).
    async fn with_new_key(&self, vin: Vin, mut answer: PairingAnswer) -> PairingAnswer {
        let mut before = self.keys_before.lock().await;
        if let Some(before) = before.as_mut().filter(|before| before.are_for(vin)) {
            if answer.pass.is_none()
                && let Some(library) = self.library_for_sheet().await
            {
                answer.pass = before.new_key(self.settings.key_field, &library);
            }
            if let Some(key) = &answer.pass {
                before.add(key.clone());
            }
        }
        answer
    }

    /// Runs work on the queue of the pass library and returns its result.
    pub(crate) async fn on_library_queue<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Q::Library) -> T + Send + 'static,
    ) -> Result<T, PhoneError> {
        let (result, reply) = reply_to(work);
        self.queues.run_on_library_queue(result);
        reply.await.map_err(|_| PhoneError::QueueGone)
    }

    /// Runs work on the main thread and returns its result.
    pub(crate) async fn on_main_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Q::Sheet) -> T + Send + 'static,
    ) -> Result<T, PhoneError> {
        let (result, reply) = reply_to(work);
        self.queues.run_on_main_thread(result);
        reply.await.map_err(|_| PhoneError::QueueGone)
    }
}

/// Returns work that sends its result, and the receiver of the result. The work is skipped if the
/// receiver was dropped before.
fn reply_to<A, T: Send + 'static>(
    work: impl FnOnce(&A) -> T + Send + 'static,
) -> (impl FnOnce(&A) + Send + 'static, oneshot::Receiver<T>) {
    let (sender, receiver) = oneshot::channel();
    let work = move |apple: &A| {
        if !sender.is_closed() {
            // Sending fails if the future was dropped during the work.
            let _ = sender.send(work(apple));
        }
    };
    (work, receiver)
}

fn read_library(
    library: &impl PassKitLibrary,
    passes_seen: &AtomicBool,
) -> Result<PassLibrary, ExceptionError> {
    let passes = library.passes()?.into_iter().map(|(fields, _)| fields);
    let passes: Vec<_> = passes.filter(|fields| !fields.is_remote).collect();
    Ok(PassLibrary {
        available: library.is_available(),
        activation_available: library.is_activation_available(),
        passes_seen_before: passes_seen.fetch_or(!passes.is_empty(), Ordering::Relaxed),
        passes,
    })
}

/// The time that a sheet waits for a list of passes before it is shown, and after its answer.
const SHEET_WAITS_FOR_LIBRARY: Duration = Duration::from_secs(3);

/// Why a call of Apple's has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// The call was not made: the main thread or the queue of the pass library has ended.
    #[error("the main thread or the queue of the pass library has ended")]
    QueueGone,
    /// The call threw an exception.
    #[error(transparent)]
    Exception(#[from] ExceptionError),
    /// The call has not returned in time.
    #[error("Apple has not answered in time")]
    NotAnswered,
}

#[async_trait]
impl<Q: AppleQueues> ApplePairing for IosPhone<Q> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        let configuration = self.settings.configuration(vin, None);
        let can = self.on_main_thread(move |sheet| sheet.can_add(&configuration)).await;
        let failed = during(ApplePairingOperation::CanCreateKey);
        can.map_err(&failed)?.map_err(|exception| failed(exception.into()))
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let vin = request.vin;
        let mut sheet = PairingSession::new(self, vin).ok_or_else(already_running)?;
        let configuration = self.settings.configuration(vin, Some(request.password));
        let reporter = sheet.reporter.clone();
        let library = self.library_for_sheet().await;
        let shown = self.on_main_thread(move |sheet| sheet.show(&configuration, reporter));
        shown.await.map_err(not_started)?.map_err(not_started)?;
        let field = self.settings.key_field;
        *self.keys_before.lock().await =
            library.and_then(|library| KeysBefore::new(vin, field, &library));
        let answer = sheet.answer().await?;
        sheet.unreturned = Some(answer.clone());
        let answer = self.with_new_key(vin, answer).await;
        sheet.unreturned = None;
        Ok(answer)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(self.sheet_is_up.load(Ordering::SeqCst))
    }

    // A dropped call loses no answer: taking the lock and receiving are both cancel-safe, and the
    // answer stays in the queue until it is returned.
    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        let mut queue = self.late_queue.lock().await;
        if queue.next.is_none() {
            queue.next = queue.receiver.recv().await;
        }
        let Some(LateAnswer { vin, answer }) = queue.next.clone() else { return Ok(None) };
        // While another sheet is up, a new key may be of that sheet.
        let is_up = self.sheet_is_up.load(Ordering::SeqCst);
        let answer = if is_up { answer } else { self.with_new_key(vin, answer).await };
        queue.next = None;
        Ok(Some(LateAnswer { vin, answer }))
    }
}

fn already_running() -> ApplePairingError {
    ApplePairingError::new(ApplePairingOperation::Start, ApplePairingErrorKind::AlreadyRunning)
}

fn during(operation: ApplePairingOperation) -> impl Fn(PhoneError) -> ApplePairingError {
    move |cause| {
        ApplePairingError::new(operation, ApplePairingErrorKind::Unavailable).with_source(cause)
    }
}

fn not_started(cause: impl std::error::Error + Send + Sync + 'static) -> ApplePairingError {
    ApplePairingError::new(ApplePairingOperation::Start, ApplePairingErrorKind::Unavailable)
        .with_source(cause)
}

/// A pairing with its sheet, from the call of `start` until its future has ended or was dropped.
struct PairingSession<'a, Q: AppleQueues> {
    phone: &'a IosPhone<Q>,
    events: UnboundedReceiver<SheetEvent>,
    /// Kept until the end, so that the channel stays open.
    reporter: SheetReporter,
    /// The answer of the pairing until it is returned.
    unreturned: Option<PairingAnswer>,
}

impl<'a, Q: AppleQueues> PairingSession<'a, Q> {
    /// Starts a session. Returns `None` if a sheet is already up.
    fn new(phone: &'a IosPhone<Q>, vin: Vin) -> Option<Self> {
        let was_up = phone.sheet_is_up.swap(true, Ordering::SeqCst);
        // Created only if no sheet was up, since its drop closes the sheet.
        (!was_up).then(|| {
            let late = LateAnswers { vin, answers: phone.late_answers.clone() };
            let (reporter, events) = SheetReporter::new(phone.settings.key_field, late);
            Self { phone, events, reporter, unreturned: None }
        })
    }

    /// Waits until the sheet is gone, for whatever reason (GEN-2).
    async fn answer(&mut self) -> Result<PairingAnswer, ApplePairingError> {
        let mut watch = SheetWatch::default();
        let mut inspect_at_once = false;
        loop {
            if !inspect_at_once
                && let Ok(Some(event)) = timeout(INSPECTION_INTERVAL, self.events.recv()).await
            {
                self.handle_event(event, &mut watch).await?;
            }
            let facts =
                self.phone.on_main_thread(PairingSheet::facts).await.map_err(not_started)?;
            inspect_at_once = false;
            // Events from before the inspection count, although they were not received yet.
            while let Ok(event) = self.events.try_recv() {
                self.handle_event(event, &mut watch).await?;
                inspect_at_once = true;
            }
            if let Some(ended) = watch.inspect(SheetState::of(facts)) {
                return ended.map_err(not_started);
            }
        }
    }

    /// Keeps the first answer and dismisses the sheet. Reports each later answer as late (CBK-7).
    async fn handle_event(
        &self,
        event: SheetEvent,
        watch: &mut SheetWatch,
    ) -> Result<(), ApplePairingError> {
        if let SheetEvent::Answered(answer) = event {
            match watch.keep_answer(answer) {
                // Apple leaves the dismissal of the sheet to the delegate.
                Ok(()) => {
                    self.phone.on_main_thread(PairingSheet::dismiss).await.map_err(not_started)?
                }
                Err(late) => self.reporter.late.report(late),
            }
        }
        Ok(())
    }
}

impl<Q: AppleQueues> Drop for PairingSession<'_, Q> {
    fn drop(&mut self) {
        // An answer that was not received before the end is late, and so is each later one (CBK-7).
        self.events.close();
        if let Some(answer) = self.unreturned.take() {
            self.reporter.late.report(answer);
        }
        while let Ok(event) = self.events.try_recv() {
            if let SheetEvent::Answered(answer) = event {
                self.reporter.late.report(answer);
            }
        }
        // In this order, so that the next sheet is shown only after this one was closed.
        self.phone.queues.run_on_main_thread(PairingSheet::close);
        self.phone.sheet_is_up.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl<Q: AppleQueues> AppLifecycle for IosPhone<Q> {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.events.next_event().await
    }
}

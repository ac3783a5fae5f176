//! The adapter: implements three ports over PassKit on the main thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation,
    LateAnswer, LifecycleEvent, PairingRequest, Wallet, WalletError, WalletErrorKind,
    WalletOperation,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

use crate::events::PhoneEvents;
use crate::keys_before::KeysBefore;
use crate::sheet::{INSPECTION_INTERVAL, LateAnswers, SheetEvent, SheetState, SheetWatch};
use crate::{
    IosSettings, MainThread, PassFields, PassKit, PassLibrary, PhoneReporter, SheetReporter,
};

/// An iPhone: its wallet, Apple's pairing sheet, and the lifecycle of the app on it.
///
/// It can be called from any thread. It calls Apple on the main thread, and no thread blocks while
/// it waits for that.
pub struct IosPhone<M: MainThread> {
    main: M,
    settings: IosSettings,
    events: PhoneEvents,
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
impl<M: MainThread> IosPhone<M> {
    /// Creates an adapter over any main thread. Clients call `IosPhone::new`, which exists on iOS.
    ///
    /// The closure creates the main thread's side, and passes the reporter to the observers of
    /// notifications.
    #[must_use]
    pub fn over(settings: IosSettings, main: impl FnOnce(PhoneReporter) -> M) -> Self {
        let (reporter, events) = PhoneEvents::new();
        let (late_answers, receiver) = unbounded_channel();
        Self {
            main: main(reporter),
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
    async fn library(&self) -> Result<PassLibrary, MainThreadGoneError> {
        let seen = Arc::clone(&self.passes_seen);
        self.on_main(move |pass_kit| read_library(pass_kit, &seen)).await
    }

    /// Adds the key to an answer without one, if a key is new in the wallet since the sheet of this
    /// vehicle was shown (CBK-3).
    async fn with_new_key(&self, vin: Vin, mut answer: PairingAnswer) -> PairingAnswer {
        let mut before = self.keys_before.lock().await;
        if let Some(before) = before.as_mut().filter(|before| before.are_for(vin)) {
            if answer.pass.is_none()
                && let Ok(library) = self.library().await
            {
                answer.pass = before.new_key(self.settings.key_field, &library);
            }
            if let Some(key) = &answer.pass {
                before.add(key.clone());
            }
        }
        answer
    }

    /// Runs work on the main thread and returns its result. Work is skipped if this future was
    /// dropped before.
    async fn on_main<T: Send + 'static>(
        &self,
        work: impl FnOnce(&M::PassKit) -> T + Send + 'static,
    ) -> Result<T, MainThreadGoneError> {
        let (sender, receiver) = oneshot::channel();
        self.main.run(move |pass_kit| {
            if !sender.is_closed() {
                // Sending fails if the future was dropped during the work.
                let _ = sender.send(work(pass_kit));
            }
        });
        receiver.await.map_err(|_| MainThreadGoneError)
    }
}

fn read_library(pass_kit: &impl PassKit, passes_seen: &AtomicBool) -> PassLibrary {
    let passes = pass_kit.passes().into_iter().map(|(fields, _)| fields);
    let passes: Vec<_> = passes.filter(|fields| !fields.is_remote).collect();
    PassLibrary {
        available: pass_kit.is_library_available(),
        activation_available: pass_kit.is_activation_available(),
        passes_seen_before: passes_seen.fetch_or(!passes.is_empty(), Ordering::Relaxed),
        passes,
    }
}

/// The time after which an empty list of passes is read again before it counts. PassKit also
/// returns an empty list when it cannot reach the process that keeps the passes.
const EMPTY_LIST_RECHECK: Duration = Duration::from_secs(1);

/// The main thread of the app has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the main thread has ended")]
struct MainThreadGoneError;

#[async_trait]
impl<M: MainThread> Wallet for IosPhone<M> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let gone = |gone: MainThreadGoneError| {
            WalletError::new(WalletOperation::Presence, WalletErrorKind::Unavailable)
                .with_source(gone)
        };
        let field = self.settings.key_field;
        let mut library = self.library().await.map_err(gone)?;
        if library.passes.is_empty() && library.presence(field, &key) == Presence::Absent {
            tokio::time::sleep(EMPTY_LIST_RECHECK).await;
            library = self.library().await.map_err(gone)?;
        }
        Ok(library.presence(field, &key))
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        let operation = WalletOperation::Open;
        let field = self.settings.key_field;
        let (sender, reported) = oneshot::channel();
        let asked = self.on_main(move |pass_kit| {
            if !pass_kit.is_library_available() {
                return Err(WalletError::new(operation, WalletErrorKind::NotOffered));
            }
            let passes = pass_kit.passes();
            let is_key = |fields: &PassFields| {
                !fields.is_remote && field.key_id(fields).as_ref() == Some(&key)
            };
            let pass = passes.iter().find(|(fields, _)| is_key(fields));
            let (_, pass) = pass.ok_or(
                WalletError::new(operation, WalletErrorKind::Unavailable)
                    .with_source(NoSuchPassError),
            )?;
            let opens = pass_kit.open(pass, move |opened| {
                // Sending fails if the future was dropped.
                let _ = sender.send(opened);
            });
            if !opens {
                pass_kit.present(pass);
            }
            Ok(opens)
        });
        let opens = asked.await.unwrap_or_else(|gone| {
            Err(WalletError::new(operation, WalletErrorKind::Unavailable).with_source(gone))
        })?;
        if !opens || reported.await == Ok(true) {
            return Ok(());
        }
        Err(WalletError::new(operation, WalletErrorKind::Unavailable).with_source(NotOpenedError))
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.events.next_change().await;
        Ok(())
    }
}

/// The wallet lists no pass of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wallet lists no pass of this key")]
struct NoSuchPassError;

/// iOS has not opened the URL of the pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("iOS did not open the wallet app")]
struct NotOpenedError;

#[async_trait]
impl<M: MainThread> ApplePairing for IosPhone<M> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        let configuration = self.settings.configuration(vin, None);
        let can = self.on_main(move |pass_kit| pass_kit.can_add(&configuration)).await;
        can.map_err(during(ApplePairingOperation::CanCreateKey))
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let vin = request.vin;
        let mut sheet = PairingSession::new(self, vin).ok_or_else(already_running)?;
        let configuration = self.settings.configuration(vin, Some(request.password));
        let reporter = sheet.reporter.clone();
        let seen = Arc::clone(&self.passes_seen);
        let shown = self.on_main(move |pass_kit| {
            let library = read_library(pass_kit, &seen);
            pass_kit.show(&configuration, reporter).map(|()| library)
        });
        let library = shown.await.map_err(not_started)?.map_err(not_started)?;
        *self.keys_before.lock().await = KeysBefore::new(vin, self.settings.key_field, &library);
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

fn during<E: std::error::Error + Send + Sync + 'static>(
    operation: ApplePairingOperation,
) -> impl Fn(E) -> ApplePairingError {
    move |cause| {
        ApplePairingError::new(operation, ApplePairingErrorKind::Unavailable).with_source(cause)
    }
}

fn not_started(cause: impl std::error::Error + Send + Sync + 'static) -> ApplePairingError {
    during(ApplePairingOperation::Start)(cause)
}

/// A pairing with its sheet, from the call of `start` until its future has ended or was dropped.
struct PairingSession<'a, M: MainThread> {
    phone: &'a IosPhone<M>,
    events: UnboundedReceiver<SheetEvent>,
    /// Kept until the end, so that the channel stays open.
    reporter: SheetReporter,
    /// The answer of the pairing until it is returned.
    unreturned: Option<PairingAnswer>,
}

impl<'a, M: MainThread> PairingSession<'a, M> {
    /// Starts a session. Returns `None` if a sheet is already up.
    fn new(phone: &'a IosPhone<M>, vin: Vin) -> Option<Self> {
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
            let facts = self.phone.on_main(PassKit::sheet_facts).await.map_err(not_started)?;
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
                Ok(()) => self.phone.on_main(PassKit::dismiss).await.map_err(not_started)?,
                Err(late) => self.reporter.late.report(late),
            }
        }
        Ok(())
    }
}

impl<M: MainThread> Drop for PairingSession<'_, M> {
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
        self.phone.main.run(PassKit::close);
        self.phone.sheet_is_up.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl<M: MainThread> AppLifecycle for IosPhone<M> {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.events.next_event().await
    }
}

//! The adapter: three ports over PassKit on the main thread.

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

use crate::news::Heard;
use crate::sheet::{LOOK_EVERY, LateAnswers, Look, SheetNews, Watch};
use crate::{IosSettings, MainThread, PassFields, PassKit, PassLibrary, PhoneNews, SheetTeller};

/// An iPhone: its wallet, Apple's pairing sheet, and the life of the app on it.
///
/// It can be called from any thread. What it asks of Apple it asks on the main thread, without
/// ever making a thread wait for it.
pub struct IosPhone<M: MainThread> {
    main: M,
    settings: IosSettings,
    heard: Heard,
    /// A list of this process has held a pass.
    passes_seen: Arc<AtomicBool>,
    sheet_is_up: AtomicBool,
    late_answers: UnboundedSender<LateAnswer>,
    heard_late: Mutex<UnboundedReceiver<LateAnswer>>,
}

/// Making one.
impl<M: MainThread> IosPhone<M> {
    /// An adapter over any main thread; a client takes `IosPhone::new`, which exists on iOS.
    ///
    /// The closure makes the main thread's side, and gives the news to what hears them there.
    #[must_use]
    pub fn over(settings: IosSettings, main: impl FnOnce(PhoneNews) -> M) -> Self {
        let (news, heard) = Heard::new();
        let (late_answers, heard_late) = unbounded_channel();
        Self {
            main: main(news),
            settings,
            heard,
            passes_seen: Arc::default(),
            sheet_is_up: AtomicBool::new(false),
            late_answers,
            heard_late: Mutex::new(heard_late),
        }
    }

    /// What the pass library says now.
    async fn library(&self) -> Result<PassLibrary, MainThreadGone> {
        let seen = Arc::clone(&self.passes_seen);
        self.ask(move |pass_kit| {
            let passes = pass_kit.passes().into_iter().map(|(fields, _)| fields);
            let passes: Vec<_> = passes.filter(|fields| !fields.is_remote).collect();
            let has_passes = !passes.is_empty();
            PassLibrary {
                available: pass_kit.is_library_available(),
                activation_available: pass_kit.is_activation_available(),
                passes_seen_before: seen.fetch_or(has_passes, Ordering::Relaxed),
                passes,
            }
        })
        .await
    }

    /// Asks the main thread. What nobody waits for any more is not done.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&M::PassKit) -> T + Send + 'static,
    ) -> Result<T, MainThreadGone> {
        let (answer, answered) = oneshot::channel();
        self.main.run(move |pass_kit| {
            if !answer.is_closed() {
                // It fails when nobody has waited until now.
                let _ = answer.send(question(pass_kit));
            }
        });
        answered.await.map_err(|_| MainThreadGone)
    }
}

/// When a list without any pass is asked for again before it counts: PassKit gives one, too, when
/// it does not reach the process that keeps the passes.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The app's main thread takes no more work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the main thread does not answer; it has ended")]
struct MainThreadGone;

#[async_trait]
impl<M: MainThread> Wallet for IosPhone<M> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let gone = |gone: MainThreadGone| {
            WalletError::new(WalletOperation::Presence, WalletErrorKind::Unavailable)
                .with_source(gone)
        };
        let field = self.settings.key_field;
        let mut library = self.library().await.map_err(gone)?;
        if library.passes.is_empty() && library.presence(field, &key) == Presence::Absent {
            tokio::time::sleep(ASK_AGAIN_AFTER).await;
            library = self.library().await.map_err(gone)?;
        }
        Ok(library.presence(field, &key))
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        let operation = WalletOperation::Open;
        let field = self.settings.key_field;
        let opened = self.ask(move |pass_kit| {
            if !pass_kit.is_library_available() {
                return Err(WalletError::new(operation, WalletErrorKind::NotOffered));
            }
            let passes = pass_kit.passes();
            let is_key = |fields: &PassFields| {
                !fields.is_remote && field.key_id(fields).as_ref() == Some(&key)
            };
            let pass = passes.iter().find(|(fields, _)| is_key(fields));
            let (_, pass) = pass.ok_or(
                WalletError::new(operation, WalletErrorKind::Unavailable).with_source(NoSuchPass),
            )?;
            pass_kit.open(pass);
            Ok(())
        });
        opened.await.unwrap_or_else(|gone| {
            Err(WalletError::new(operation, WalletErrorKind::Unavailable).with_source(gone))
        })
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.heard.next_change().await;
        Ok(())
    }
}

/// The wallet lists no pass of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wallet shows no pass of this key")]
struct NoSuchPass;

#[async_trait]
impl<M: MainThread> ApplePairing for IosPhone<M> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        let configuration = self.settings.configuration(vin, None);
        let can = self.ask(move |pass_kit| pass_kit.can_add(&configuration)).await;
        can.map_err(during(ApplePairingOperation::CanCreateKey))
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let mut sheet = SheetUp::new(self, request.vin).ok_or_else(already_running)?;
        let configuration = self.settings.configuration(request.vin, Some(request.password));
        let teller = sheet.teller.clone();
        let shown = self.ask(move |pass_kit| pass_kit.show(&configuration, teller)).await;
        shown.map_err(not_started)?.map_err(not_started)?;
        sheet.answer().await
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(self.sheet_is_up.load(Ordering::SeqCst))
    }

    /// Taking the lock and taking an answer are both safe to drop.
    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        Ok(self.heard_late.lock().await.recv().await)
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

/// A sheet, from the call of `start` until its future has ended or was dropped.
struct SheetUp<'a, M: MainThread> {
    phone: &'a IosPhone<M>,
    told: UnboundedReceiver<SheetNews>,
    /// Kept to the end, so that the channel has never ended.
    teller: SheetTeller,
}

impl<'a, M: MainThread> SheetUp<'a, M> {
    /// `None` when one is up already.
    fn new(phone: &'a IosPhone<M>, vin: Vin) -> Option<Self> {
        let was_up = phone.sheet_is_up.swap(true, Ordering::SeqCst);
        // Made only when it is true: it closes the sheet when it is dropped.
        (!was_up).then(|| {
            let late = LateAnswers { vin, answers: phone.late_answers.clone() };
            let (teller, told) = SheetTeller::new(phone.settings.key_field, late);
            Self { phone, told, teller }
        })
    }

    /// Waits until the sheet is gone, however that happens (GEN-2).
    async fn answer(&mut self) -> Result<PairingAnswer, ApplePairingError> {
        let mut watch = Watch::default();
        let mut looks_at_once = false;
        loop {
            if !looks_at_once && let Ok(Some(news)) = timeout(LOOK_EVERY, self.told.recv()).await {
                self.take(news, &mut watch).await?;
            }
            let seen = self.phone.ask(PassKit::look).await.map_err(not_started)?;
            looks_at_once = false;
            // What was told before this look counts, although nobody has taken it yet.
            while let Ok(news) = self.told.try_recv() {
                self.take(news, &mut watch).await?;
                looks_at_once = true;
            }
            if let Some(ended) = watch.look(Look::at(seen)) {
                return ended.map_err(not_started);
            }
        }
    }

    async fn take(&self, news: SheetNews, watch: &mut Watch) -> Result<(), ApplePairingError> {
        if let SheetNews::Answered(answer) = news {
            match watch.take(answer) {
                // Apple leaves it to the delegate to take the sheet away.
                Ok(()) => self.phone.ask(PassKit::dismiss).await.map_err(not_started)?,
                Err(late) => self.teller.late.tell(late),
            }
        }
        Ok(())
    }
}

impl<M: MainThread> Drop for SheetUp<'_, M> {
    fn drop(&mut self) {
        // What nobody took before the end is late, and so is everything from here on (CBK-7).
        self.told.close();
        while let Ok(news) = self.told.try_recv() {
            if let SheetNews::Answered(answer) = news {
                self.teller.late.tell(answer);
            }
        }
        // In this order, so that the next sheet is shown after this one was closed.
        self.phone.main.run(PassKit::close);
        self.phone.sheet_is_up.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl<M: MainThread> AppLifecycle for IosPhone<M> {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.heard.next_event().await
    }
}

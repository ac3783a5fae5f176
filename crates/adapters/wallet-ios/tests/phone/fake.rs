//! A fake phone that a test controls.

use std::rc::Rc;
use std::sync::mpsc;

use digital_key_domain::{AppleErrorCode, DigitalKeyId, PairingAnswer};
use digital_key_wallet_ios::{
    ActivationState, AppleError, AppleQueues, CarKeyConfiguration, DigitalKeyField, ExceptionError,
    IosPhone, IosSettings, MakerIdentifiers, PairingSheet, PassFields, PassKitLibrary,
    PhoneReporter, SheetError, SheetFacts, SheetReporter,
};
use tokio::sync::watch;

/// The field that names the key on this phone.
pub(crate) const FIELD: DigitalKeyField = DigitalKeyField::PairedTerminalIdentifier;

/// The adapter, with what a test needs to control it.
pub(crate) struct Phone {
    pub(crate) adapter: IosPhone<FakeQueues>,
    pub(crate) reporter: PhoneReporter,
    pub(crate) state: watch::Sender<PhoneState>,
    pub(crate) queues: FakeQueues,
}

/// The state of the phone, and the behaviour of Apple and of the user.
pub(crate) struct PhoneState {
    pub(crate) passes: Vec<PassFields>,
    pub(crate) library_available: bool,
    /// Without the entitlement the list of passes is empty.
    pub(crate) entitled: bool,
    /// Whether no call of the pass library returns, as when its process hangs.
    pub(crate) library_hangs: bool,
    /// The exception that each call throws which can throw one.
    pub(crate) exception: Option<ExceptionError>,
    /// The number of next lists that are empty, as when PassKit does not reach its own process.
    pub(crate) empty_lists: u32,
    /// The URL of the pass at which the wallet app was opened, which is the id of its key.
    pub(crate) opened: Option<String>,
    /// Whether a pass has a URL, and what iOS reports when it is asked to open it; `None` = the
    /// request is dropped.
    pub(crate) pass_url: Option<Option<bool>>,
    /// The pass that was presented above the app.
    pub(crate) presented: Option<PassFields>,
    pub(crate) can_create: bool,
    /// The configuration that Apple got last.
    pub(crate) configuration: Option<CarKeyConfiguration>,
    /// The number of calls of [`PairingSheet::show`].
    pub(crate) show_calls: u32,
    /// The result of a call of [`PairingSheet::show`].
    pub(crate) show_result: Result<SheetState, SheetError>,
    pub(crate) sheet: Option<Sheet>,
    /// The delegate of the last sheet, which lives as long as Apple's view controller.
    pub(crate) delegate: Option<SheetReporter>,
    /// The number of inspections of a sheet.
    pub(crate) inspections: u32,
    /// Runs on the main thread during the next inspection of a sheet.
    pub(crate) during_inspection: Option<StateChange>,
    /// The number of times that the adapter has dismissed a sheet.
    pub(crate) dismissals: u32,
    pub(crate) dismissal: Dismissal,
}

/// A change of the phone.
type StateChange = Box<dyn FnOnce(&mut PhoneState) + Send + Sync>;

/// Where a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SheetState {
    Up,
    Down,
    Freed,
}

impl SheetState {
    fn facts(self) -> Option<SheetFacts> {
        let is_presented = self == Self::Up;
        (self != Self::Freed).then(|| SheetFacts { is_presented, ..SheetFacts::default() })
    }
}

/// How a sheet reacts when the adapter dismisses it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dismissal {
    /// It is gone at once.
    AtOnce,
    /// It is gone after one more inspection.
    Animated,
    /// It stays up.
    Never,
}

/// A sheet that was shown and is not closed.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) state: SheetState,
    pub(crate) answered: bool,
    /// Whether it leaves the screen after the next inspection.
    is_leaving: bool,
    pub(crate) reporter: SheetReporter,
}

impl Sheet {
    /// Leaves the screen if it was dismissed.
    fn leave(&mut self) {
        if std::mem::take(&mut self.is_leaving) {
            self.state = SheetState::Down;
            self.reporter.dismissed();
        }
    }
}

impl Phone {
    /// A phone with an empty, readable wallet, on which keys can be created. The configuration for
    /// Apple names the vehicle, so that a test can check which vehicle it was.
    pub(crate) fn new() -> Self {
        Self::with(FakeQueues::new)
    }

    /// A phone whose queues have ended.
    pub(crate) fn without_queues() -> Self {
        Self::with(|_| FakeQueues { library: None, main: mpsc::channel().0 })
    }

    fn with(queues: impl FnOnce(watch::Sender<PhoneState>) -> FakeQueues) -> Self {
        let settings = IosSettings::new(FIELD, |vin| {
            let mut identifiers = MakerIdentifiers::default();
            identifiers.issuer = Some("issuer".to_owned());
            identifiers.localized_description = Some(vin.as_str().to_owned());
            identifiers
        });
        let (state, _) = watch::channel(PhoneState {
            passes: Vec::new(),
            library_available: true,
            entitled: true,
            library_hangs: false,
            exception: None,
            empty_lists: 0,
            opened: None,
            pass_url: Some(Some(true)),
            presented: None,
            can_create: true,
            configuration: None,
            show_calls: 0,
            show_result: Ok(SheetState::Up),
            sheet: None,
            delegate: None,
            inspections: 0,
            during_inspection: None,
            dismissals: 0,
            dismissal: Dismissal::AtOnce,
        });
        let queues = queues(state.clone());
        let mut reporter = None;
        let adapter = IosPhone::over(settings, |given| {
            reporter = Some(given);
            queues.clone()
        });
        Self { adapter, reporter: reporter.unwrap(), state, queues }
    }

    /// Changes the wallet, and reports the change as iOS does.
    pub(crate) fn change_passes(&self, change: impl FnOnce(&mut Vec<PassFields>)) {
        self.state.send_modify(|state| change(&mut state.passes));
        self.reporter.wallet_changed();
    }

    /// Waits until a sheet is up that has no answer yet.
    pub(crate) async fn sheet_shown(&self) {
        let waits = |sheet: &Sheet| sheet.state == SheetState::Up && !sheet.answered;
        let waits = |state: &PhoneState| state.sheet.as_ref().is_some_and(waits);
        self.state.subscribe().wait_for(waits).await.unwrap();
    }

    /// Calls the delegate of the last sheet, whether the sheet is up or gone.
    pub(crate) fn answer(&self, answer: &PairingAnswer) {
        let passes: Vec<_> = answer.pass.iter().map(pass).collect();
        let code = answer.error.map(|error| {
            (0..).zip(AppleErrorCode::ALL).find(|(_, code)| *code == error).unwrap().0
        });
        let error = code.map(|code| AppleError { domain: AppleError::DOMAIN, code });
        self.state.send_modify(|state| {
            if let Some(sheet) = &mut state.sheet {
                sheet.answered = true;
            }
        });
        let delegate = self.state.borrow().delegate.clone();
        delegate.unwrap().answered(&passes, error);
    }

    /// Changes where the sheet is, without a call of its delegate.
    pub(crate) fn sheet_becomes(&self, new: SheetState) {
        self.state.send_modify(|state| state.sheet.as_mut().unwrap().state = new);
    }
}

/// An activated pass of this key.
pub(crate) fn pass(key: &DigitalKeyId) -> PassFields {
    PassFields {
        primary_account_identifier: "account".to_owned(),
        device_account_identifier: "device".to_owned(),
        paired_terminal_identifier: Some(key.as_str().to_owned()),
        serial_number: "serial".to_owned(),
        activation_state: ActivationState::Activated,
        is_remote: false,
    }
}

/// An exception of Objective-C.
pub(crate) fn exception() -> ExceptionError {
    ExceptionError { call: "a call", name: "NSInvalidArgumentException".to_owned() }
}

type Work = Box<dyn FnOnce(&FakeSheet) + Send>;

/// A thread in place of the main thread. The pass library needs none: the types keep its calls apart
/// from those of the main thread.
#[derive(Clone)]
pub(crate) struct FakeQueues {
    library: Option<watch::Sender<PhoneState>>,
    main: mpsc::Sender<Work>,
}

impl FakeQueues {
    fn new(state: watch::Sender<PhoneState>) -> Self {
        let (main, queue) = mpsc::channel::<Work>();
        let library = Some(state.clone());
        std::thread::spawn(move || {
            let sheet = FakeSheet { state, _not_send: Rc::new(()) };
            for work in queue {
                work(&sheet);
            }
        });
        Self { library, main }
    }
}

impl AppleQueues for FakeQueues {
    type Library = FakeLibrary;
    type Sheet = FakeSheet;

    fn run_on_library_queue(&self, work: impl FnOnce(&FakeLibrary) + Send + 'static) {
        let Some(state) = &self.library else { return };
        if state.borrow().library_hangs {
            // Its result is neither sent nor dropped.
            std::mem::forget(work);
        } else {
            work(&FakeLibrary { state: state.clone(), _not_send: Rc::new(()) });
        }
    }

    fn run_on_main_thread(&self, work: impl FnOnce(&FakeSheet) + Send + 'static) {
        // Sending fails if the thread has ended, and drops the work.
        let _ = self.main.send(Box::new(work));
    }
}

/// A pass library that works on the state of the phone.
pub(crate) struct FakeLibrary {
    state: watch::Sender<PhoneState>,
    /// Keeps the type from being `Send`, like PassKit's objects.
    _not_send: Rc<()>,
}

impl FakeLibrary {
    fn exception(&self) -> Result<(), ExceptionError> {
        self.state.borrow().exception.clone().map_or(Ok(()), Err)
    }
}

impl PassKitLibrary for FakeLibrary {
    type Pass = PassFields;

    fn is_available(&self) -> bool {
        self.state.borrow().library_available
    }

    fn is_activation_available(&self) -> bool {
        self.state.borrow().entitled
    }

    fn passes(&self) -> Result<Vec<(PassFields, PassFields)>, ExceptionError> {
        self.exception()?;
        let mut passes = Vec::new();
        self.state.send_modify(|state| {
            let fails = state.empty_lists > 0;
            state.empty_lists = state.empty_lists.saturating_sub(1);
            let listed = state.passes.iter().filter(|_| state.entitled && !fails);
            passes = listed.map(|pass| (pass.clone(), pass.clone())).collect();
        });
        Ok(passes)
    }

    fn url(&self, pass: &PassFields) -> Option<String> {
        let has_url = self.state.borrow().pass_url.is_some();
        has_url.then(|| FIELD.key_id(pass).unwrap().as_str().to_owned())
    }

    fn present(&self, pass: &PassFields) -> Result<(), ExceptionError> {
        self.exception()?;
        self.state.send_modify(|state| state.presented = Some(pass.clone()));
        Ok(())
    }
}

/// A pairing sheet that works on the state of the phone.
pub(crate) struct FakeSheet {
    state: watch::Sender<PhoneState>,
    /// Keeps the type from being `Send`, like UIKit's objects.
    _not_send: Rc<()>,
}

impl FakeSheet {
    fn exception(&self) -> Result<(), ExceptionError> {
        self.state.borrow().exception.clone().map_or(Ok(()), Err)
    }
}

impl PairingSheet for FakeSheet {
    fn can_add(&self, configuration: &CarKeyConfiguration) -> Result<bool, ExceptionError> {
        self.exception()?;
        self.state.send_modify(|state| state.configuration = Some(configuration.clone()));
        Ok(self.state.borrow().can_create)
    }

    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        reporter: SheetReporter,
    ) -> Result<(), SheetError> {
        self.exception()?;
        let mut result = Ok(());
        self.state.send_modify(|state| {
            state.show_calls += 1;
            state.configuration = Some(configuration.clone());
            state.delegate = Some(reporter.clone());
            match state.show_result.clone() {
                Ok(sheet) => {
                    state.sheet =
                        Some(Sheet { state: sheet, answered: false, is_leaving: false, reporter })
                }
                Err(error) => result = Err(error),
            }
        });
        result
    }

    fn facts(&self) -> Option<SheetFacts> {
        let mut inspected = SheetState::Freed;
        self.state.send_modify(|state| {
            state.inspections += 1;
            if let Some(sheet) = &mut state.sheet {
                inspected = sheet.state;
                sheet.leave();
            }
            if let Some(change) = state.during_inspection.take() {
                change(state);
            }
        });
        inspected.facts()
    }

    fn dismiss(&self) {
        self.state.send_modify(|state| {
            state.dismissals += 1;
            if let Some(sheet) = &mut state.sheet {
                sheet.is_leaving = state.dismissal != Dismissal::Never;
                if state.dismissal == Dismissal::AtOnce {
                    sheet.leave();
                }
            }
        });
    }

    fn close(&self) {
        self.state.send_modify(|state| state.sheet = None);
    }

    fn open_url(
        &self,
        url: &str,
        done: impl FnOnce(bool) + Send + 'static,
    ) -> Result<(), ExceptionError> {
        self.exception()?;
        let reported = self.state.borrow().pass_url.unwrap();
        self.state.send_modify(|state| state.opened = Some(url.to_owned()));
        if let Some(opened) = reported {
            done(opened);
        }
        Ok(())
    }
}

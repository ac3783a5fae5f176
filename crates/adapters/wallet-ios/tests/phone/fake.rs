//! A phone that does what a test says.

use std::rc::Rc;
use std::sync::mpsc;

use digital_key_domain::{AppleErrorCode, DigitalKeyId, PairingAnswer};
use digital_key_wallet_ios::{
    ActivationState, AppleError, CarKeyConfiguration, DigitalKeyField, IosPhone, IosSettings,
    MainThread, MakerIdentifiers, NotShown, PassFields, PassKit, PhoneNews, SheetFacts,
    SheetTeller,
};
use tokio::sync::watch;

/// The field that names the key on this phone.
pub(crate) const FIELD: DigitalKeyField = DigitalKeyField::PairedTerminalIdentifier;

/// The adapter, and the strings to pull.
pub(crate) struct Phone {
    pub(crate) adapter: IosPhone<Thread>,
    pub(crate) news: PhoneNews,
    pub(crate) world: watch::Sender<World>,
    pub(crate) main: Thread,
}

/// What Apple and the user do.
pub(crate) struct World {
    pub(crate) passes: Vec<PassFields>,
    pub(crate) library_available: bool,
    /// Without it the list of passes is empty.
    pub(crate) entitled: bool,
    /// How many of the next lists are empty, as when PassKit does not reach its own process.
    pub(crate) empty_lists: u32,
    pub(crate) opened: Option<PassFields>,
    pub(crate) can_create: bool,
    /// What Apple was asked about or given last.
    pub(crate) configuration: Option<CarKeyConfiguration>,
    /// How often a sheet was to be shown.
    pub(crate) shown: u32,
    /// What comes of it.
    pub(crate) showing: Result<Look, NotShown>,
    pub(crate) sheet: Option<Sheet>,
    /// The delegate of the last sheet, which lives as long as Apple's view controller.
    pub(crate) delegate: Option<SheetTeller>,
    /// How often the adapter has looked after a sheet.
    pub(crate) looks: u32,
    /// What happens on the main thread right before the next look is answered.
    pub(crate) busy: Option<Meanwhile>,
    /// How often the adapter has taken a sheet away.
    pub(crate) dismissals: u32,
    pub(crate) dismissal: Dismissal,
}

/// Something that happens while the adapter waits.
type Meanwhile = Box<dyn FnOnce(&mut World) + Send + Sync>;

/// What can be seen of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Up,
    Down,
    Freed,
}

impl Look {
    fn facts(self) -> Option<SheetFacts> {
        let is_presented = self == Self::Up;
        (self != Self::Freed).then(|| SheetFacts { is_presented, ..SheetFacts::default() })
    }
}

/// How a sheet goes when the adapter takes it away.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dismissal {
    AtOnce,
    /// It is seen once more.
    Animated,
    Never,
}

/// A sheet that was shown and not closed.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) look: Look,
    pub(crate) answered: bool,
    goes: bool,
    pub(crate) teller: SheetTeller,
}

impl Sheet {
    /// Leaves the screen, if it was told to.
    fn go(&mut self) {
        if std::mem::take(&mut self.goes) {
            self.look = Look::Down;
            self.teller.dismissed();
        }
    }
}

impl Phone {
    /// A phone with an empty wallet that is able to know, on which keys can be created. What Apple
    /// is told of a vehicle names it, so that a test can tell for which one it was.
    pub(crate) fn new() -> Self {
        Self::with(Thread::new)
    }

    /// A phone whose main thread takes no more work.
    pub(crate) fn without_main_thread() -> Self {
        Self::with(|_| Thread { work: mpsc::channel().0 })
    }

    fn with(main: impl FnOnce(watch::Sender<World>) -> Thread) -> Self {
        let settings = IosSettings::new(FIELD, |vin| {
            let mut identifiers = MakerIdentifiers::default();
            identifiers.issuer = Some("issuer".to_owned());
            identifiers.localized_description = Some(vin.as_str().to_owned());
            identifiers
        });
        let (world, _) = watch::channel(World {
            passes: Vec::new(),
            library_available: true,
            entitled: true,
            empty_lists: 0,
            opened: None,
            can_create: true,
            configuration: None,
            shown: 0,
            showing: Ok(Look::Up),
            sheet: None,
            delegate: None,
            looks: 0,
            busy: None,
            dismissals: 0,
            dismissal: Dismissal::AtOnce,
        });
        let main = main(world.clone());
        let mut told = None;
        let adapter = IosPhone::over(settings, |news| {
            told = Some(news);
            main.clone()
        });
        Self { adapter, news: told.unwrap(), world, main }
    }

    /// Changes the wallet, and has iOS tell it.
    pub(crate) fn change_passes(&self, change: impl FnOnce(&mut Vec<PassFields>)) {
        self.world.send_modify(|world| change(&mut world.passes));
        self.news.wallet_changed();
    }

    /// Waits until a sheet is up that has no answer.
    pub(crate) async fn sheet_shown(&self) {
        let waits = |sheet: &Sheet| sheet.look == Look::Up && !sheet.answered;
        let waits = |world: &World| world.sheet.as_ref().is_some_and(waits);
        self.world.subscribe().wait_for(waits).await.unwrap();
    }

    /// Has the delegate of the last sheet called, whether that is up or gone.
    pub(crate) fn answer(&self, answer: &PairingAnswer) {
        let passes: Vec<_> = answer.pass.iter().map(pass).collect();
        let code = answer.error.map(|error| {
            (0..).zip(AppleErrorCode::ALL).find(|(_, code)| *code == error).unwrap().0
        });
        let error = code.map(|code| AppleError { domain: AppleError::DOMAIN, code });
        self.world.send_modify(|world| {
            if let Some(sheet) = &mut world.sheet {
                sheet.answered = true;
            }
        });
        let delegate = self.world.borrow().delegate.clone();
        delegate.unwrap().answered(&passes, error);
    }

    /// Has the next looks at the sheet see this, without a call of its delegate.
    pub(crate) fn sheet_becomes(&self, look: Look) {
        self.world.send_modify(|world| world.sheet.as_mut().unwrap().look = look);
    }
}

/// A pass of this key, active.
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

type Work = Box<dyn FnOnce(&Kit) + Send>;

/// A thread that plays the main thread.
#[derive(Clone)]
pub(crate) struct Thread {
    work: mpsc::Sender<Work>,
}

impl Thread {
    fn new(world: watch::Sender<World>) -> Self {
        let (work, queue) = mpsc::channel::<Work>();
        std::thread::spawn(move || {
            let kit = Kit { world, _not_send: Rc::new(()) };
            for work in queue {
                work(&kit);
            }
        });
        Self { work }
    }
}

impl MainThread for Thread {
    type PassKit = Kit;

    fn run(&self, work: impl FnOnce(&Kit) + Send + 'static) {
        // It fails when there is no main thread any more, and drops the work then.
        let _ = self.work.send(Box::new(work));
    }
}

pub(crate) struct Kit {
    world: watch::Sender<World>,
    /// PassKit's objects stay on their thread, and so does this.
    _not_send: Rc<()>,
}

impl PassKit for Kit {
    type Pass = PassFields;

    fn is_library_available(&self) -> bool {
        self.world.borrow().library_available
    }

    fn is_activation_available(&self) -> bool {
        self.world.borrow().entitled
    }

    fn passes(&self) -> Vec<(PassFields, PassFields)> {
        let mut passes = Vec::new();
        self.world.send_modify(|world| {
            let fails = world.empty_lists > 0;
            world.empty_lists = world.empty_lists.saturating_sub(1);
            let seen = world.passes.iter().filter(|_| world.entitled && !fails);
            passes = seen.map(|pass| (pass.clone(), pass.clone())).collect();
        });
        passes
    }

    fn open(&self, pass: &PassFields) {
        self.world.send_modify(|world| world.opened = Some(pass.clone()));
    }

    fn can_add(&self, configuration: &CarKeyConfiguration) -> bool {
        self.world.send_modify(|world| world.configuration = Some(configuration.clone()));
        self.world.borrow().can_create
    }

    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        teller: SheetTeller,
    ) -> Result<(), NotShown> {
        let mut shown = Ok(());
        self.world.send_modify(|world| {
            world.shown += 1;
            world.configuration = Some(configuration.clone());
            world.delegate = Some(teller.clone());
            match world.showing {
                Ok(look) => {
                    world.sheet = Some(Sheet { look, answered: false, goes: false, teller })
                }
                Err(error) => shown = Err(error),
            }
        });
        shown
    }

    fn look(&self) -> Option<SheetFacts> {
        let mut look = Look::Freed;
        self.world.send_modify(|world| {
            world.looks += 1;
            if let Some(sheet) = &mut world.sheet {
                look = sheet.look;
                sheet.go();
            }
            world.busy.take().into_iter().for_each(|meanwhile| meanwhile(world));
        });
        look.facts()
    }

    fn dismiss(&self) {
        self.world.send_modify(|world| {
            world.dismissals += 1;
            if let Some(sheet) = &mut world.sheet {
                sheet.goes = world.dismissal != Dismissal::Never;
                if world.dismissal == Dismissal::AtOnce {
                    sheet.go();
                }
            }
        });
    }

    fn close(&self) {
        self.world.send_modify(|world| world.sheet = None);
    }
}

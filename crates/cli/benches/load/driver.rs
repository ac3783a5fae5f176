//! A driver who follows the pages from the vehicle tab to a tracked key on Overview.

use std::sync::Arc;
use std::time::Duration;

use digital_key::domain::{DigitalKeyId, PairingAnswer};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{App, EntryView, Intent, KeyState, PageView, Tap, View, Vin};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::phones::Outside;
use crate::smacc::key_of;
use crate::times::Timed;

/// How long a driver looks at a page that does not change, or at an error, before trying again.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) struct Driver {
    pub(crate) app: App,
    pub(crate) phone: ScriptedPhone,
    view: watch::Receiver<View>,
    vin: Vin,
    outside: Arc<Outside>,
    /// What the driver waits for, and since when.
    awaited: Option<(Timed, Instant)>,
    /// How often the driver has tried again.
    pub(crate) second_tries: usize,
}

/// What a driver does on a page.
enum Action {
    Tap(Tap),
    /// Holds the phone to the vehicle while Apple's sheet is up.
    Pair,
    Wait,
    Done,
}

impl Driver {
    /// `since` is when the driver wanted to begin, which may be a moment ago.
    pub(crate) fn new(
        app: App,
        phone: ScriptedPhone,
        vin: Vin,
        outside: Arc<Outside>,
        since: Instant,
    ) -> Self {
        let view = app.view();
        let awaited = Some((Timed::Entry, since));
        Self { app, phone, view, vin, outside, awaited, second_tries: 0 }
    }

    /// Pairs the phone, and returns when Overview shows a tracked key.
    pub(crate) async fn pair(&mut self) {
        self.app.dispatch(Intent::SelectVehicle(self.vin)).unwrap();
        loop {
            let view = self.view.borrow_and_update().clone();
            self.note_arrival(&view);
            match action(&view) {
                Action::Done => return,
                Action::Pair => self.pair_with_vehicle().await,
                Action::Tap(Tap::Retry) => {
                    sleep(PATIENCE).await;
                    self.second_tries += 1;
                    self.app.dispatch(Tap::Retry).unwrap();
                    self.view.changed().await.unwrap();
                }
                Action::Tap(tap) => {
                    let awaited = awaited_after(&view.page, tap);
                    self.awaited =
                        awaited.map_or(self.awaited, |timed| Some((timed, Instant::now())));
                    self.app.dispatch(tap).unwrap();
                    self.view.changed().await.unwrap();
                }
                Action::Wait => {
                    if timeout(PATIENCE, self.view.changed()).await.is_err() {
                        self.ask_again(&view.page);
                    }
                }
            }
        }
    }

    /// Adds the time of what the driver waited for, if this view shows it.
    fn note_arrival(&mut self, view: &View) {
        let shown = match (&view.page, view.entry) {
            (PageView::VehicleTab { .. }, EntryView::DigitalKey) => Timed::Entry,
            (PageView::Welcome { .. }, _) if view.offers.contains(Tap::Continue) => Timed::Welcome,
            (PageView::Tutorial1, _) => Timed::Paired,
            (PageView::Overview { .. }, _) if is_tracked(view) => Timed::Tracked,
            _ => return,
        };
        self.note(shown);
    }

    fn note(&mut self, shown: Timed) {
        if let Some((_, since)) = self.awaited.take_if(|(awaited, _)| *awaited == shown) {
            self.outside.times.add(shown, since.elapsed());
        }
    }

    /// Waits for Apple's sheet, lets the vehicle check the password, and lets Apple answer.
    async fn pair_with_vehicle(&mut self) {
        tokio::select! {
            () = self.phone.sheet_shown() => self.note(Timed::Sheet),
            changed = self.view.changed() => return changed.unwrap(),
        }
        sleep(self.outside.sheet_stays).await;
        let request = self.phone.last_request().unwrap();
        self.outside.pair(self.vin, request.password.expose()).await;
        let key = DigitalKeyId::try_from(key_of(self.vin.as_str()).as_str()).unwrap();
        self.awaited = Some((Timed::Paired, Instant::now()));
        self.phone.answer(PairingAnswer { pass: Some(key), error: None }).unwrap();
        self.view.changed().await.unwrap();
    }

    /// Lets the app ask again what it could not fetch on a page without Retry.
    fn ask_again(&mut self, page: &PageView) {
        if matches!(page, PageView::VehicleTab { .. }) {
            self.app.refresh(self.vin).unwrap();
        } else if matches!(page, PageView::Overview { .. }) {
            self.phone.background();
            self.phone.foreground();
        } else {
            return;
        }
        self.second_tries += 1;
    }
}

fn action(view: &View) -> Action {
    let is_unchecked = matches!(view.page, PageView::ReadyToPair { checked: false, .. });
    let tap = if is_unchecked { Tap::TickBox } else { Tap::Continue };
    if view.pairing_runs {
        Action::Pair
    } else if matches!(view.page, PageView::Overview { .. }) && is_tracked(view) {
        Action::Done
    } else {
        let taps = [Tap::Entry, tap, Tap::Retry];
        let offered = taps.into_iter().find(|tap| view.offers.contains(*tap));
        offered.map_or(Action::Wait, Action::Tap)
    }
}

/// Returns what a driver waits for after this tap, where the time counts.
fn awaited_after(page: &PageView, tap: Tap) -> Option<Timed> {
    match (page, tap) {
        (_, Tap::Entry) => Some(Timed::Welcome),
        (PageView::ReadyToPair { .. }, Tap::Continue) => Some(Timed::Sheet),
        (PageView::Tutorial2, Tap::Continue) => Some(Timed::Tracked),
        _ => None,
    }
}

fn is_tracked(view: &View) -> bool {
    view.key_state == KeyState::ActiveTracked
}

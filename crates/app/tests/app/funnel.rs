//! The events of the funnel, as an analytics service would receive them.

use std::sync::{Arc, Mutex};

use digital_key_app::{FunnelEvent, PageName};
use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, Intent, PairingAnswer, Support, SupportAnswer, Tap,
};
use digital_key_ports::{Bff, BffError, BffErrorKind, BffOperation, LateAnswer, MockBff};

use crate::support::{Behaviour, GoodBff, World, vin};

/// An app, and the events since they were last taken.
struct Watched {
    world: World,
    events: Arc<Mutex<Vec<FunnelEvent>>>,
}

impl Watched {
    fn start(bff: impl Bff + 'static) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&events);
        let world = World::start_with(Arc::new(bff), |builder| {
            builder.on_funnel(move |event| seen.lock().unwrap().push(event))
        });
        Self { world, events }
    }

    fn take(&self) -> Vec<FunnelEvent> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }

    /// Apple's sheet answers, and a page opens.
    async fn answer(&self, pass: bool, error: Option<AppleErrorCode>, page: &str) {
        let pass = pass.then(key);
        let answer = Behaviour::Answers(PairingAnswer { pass, error });
        self.world.phone.answer.send(answer).ok().unwrap();
        self.world.until(|view| view.page.name() == page).await;
    }
}

const SUPPORTED: SupportAnswer =
    SupportAnswer::Known(Support::Supported { upgrade_required: false });

fn key() -> DigitalKeyId {
    "K1".try_into().unwrap()
}

#[tokio::test]
async fn a_pairing_is_followed_from_the_entry_to_the_key() {
    let watched = Watched::start(GoodBff);
    watched.world.open_sheet().await;
    let started = [
        FunnelEvent::EntryShown,
        FunnelEvent::WelcomeShown { move_flow: false },
        FunnelEvent::PairingStarted,
    ];
    assert_eq!(watched.take(), started);
    watched.answer(true, None, "Tutorial1").await;
    let answered = FunnelEvent::AppleAnswered { made_key: true, error: None, late: false };
    assert_eq!(watched.take(), [answered, FunnelEvent::Paired]);
    watched.world.tap(Tap::Close).await;
    assert_eq!(watched.take(), [FunnelEvent::Left { page: PageName::Tutorial1 }]);
}

#[tokio::test]
async fn a_failed_pairing_says_what_apple_answered_and_where_the_user_gave_up() {
    let watched = Watched::start(GoodBff);
    watched.world.open_sheet().await;
    watched.take();
    let error = Some(AppleErrorCode::UserCanceled);
    watched.answer(false, error, "PairingError").await;
    watched.world.tap(Tap::Close).await;
    let page = PageName::PairingError;
    assert_eq!(
        watched.take(),
        [
            FunnelEvent::AppleAnswered { made_key: false, error, late: false },
            FunnelEvent::ErrorShown { page },
            FunnelEvent::Left { page },
        ]
    );
    let answer = PairingAnswer { pass: Some(key()), error: None };
    let late = Behaviour::Answers(LateAnswer { vin: vin(), answer });
    watched.world.phone.late_answer.send(late).ok().unwrap();
    watched.world.until(|view| view.key_state.is_local()).await;
    assert_eq!(
        watched.take(),
        [
            FunnelEvent::AppleAnswered { made_key: true, error: None, late: true },
            FunnelEvent::Paired,
        ]
    );
}

#[tokio::test]
async fn a_blocker_is_an_error_page_with_a_name_of_its_own() {
    let mut bff = MockBff::new();
    bff.expect_support().returning(|_| Ok(SUPPORTED));
    let refused = || BffError::new(BffOperation::PairingStatus, BffErrorKind::Unauthorized);
    bff.expect_pairing_status().returning(move |_| Err(refused()));
    bff.expect_pairing_password().returning(|_, _| Ok(None));
    let watched = Watched::start(bff);
    watched.world.open_welcome().await;
    watched.take();
    watched.world.tap(Tap::Continue).await;
    let page = PageName::BackendError;
    assert_eq!(watched.take(), [FunnelEvent::ErrorShown { page }]);
    watched.world.tap(Intent::SelectVehicle("WBA0000000000000B".parse().unwrap())).await;
    assert_eq!(watched.take(), [FunnelEvent::Left { page }, FunnelEvent::EntryShown]);
}

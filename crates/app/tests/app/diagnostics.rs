//! What the host learns and no page shows.

use std::sync::{Arc, Mutex};

use digital_key_domain::{
    Diagnostic, DigitalKeyId, KeyState, PairingAnswer, PairingStatus, ReportedKey, Support,
    SupportAnswer, Tap,
};
use digital_key_ports::{MockBff, PairingPassword};

use crate::support::{Behaviour, World, vin};

fn key(id: &str) -> DigitalKeyId {
    id.try_into().unwrap()
}

/// Apple's pass and the backend spell the id of one key in two ways.
#[tokio::test]
async fn a_key_that_is_spelt_in_two_ways_is_reported_once() {
    let mut bff = MockBff::new();
    bff.expect_support()
        .returning(|_| Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false })));
    bff.expect_pairing_password().returning(|_, _| Ok(PairingPassword::parse("12345678").ok()));
    let ready =
        |owner_key| Ok(PairingStatus { owner_key, primary_subscriber: true, prepared: true });
    bff.expect_pairing_status().times(1).returning(move |_| ready(None));
    bff.expect_pairing_status()
        .returning(move |_| ready(Some(ReportedKey { id: key("0A1B"), tracked: true })));
    let diagnostics = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&diagnostics);
    let world = World::start_with(Arc::new(bff), |builder| {
        builder.on_diagnostic(move |diagnostic| seen.lock().unwrap().push(diagnostic.clone()))
    });
    world.open_sheet().await;
    let made = PairingAnswer { pass: Some(key("0a1b")), error: None };
    world.phone.answer.send(Behaviour::Answers(made)).ok().unwrap();
    world.until(|view| view.page.name() == "Tutorial1").await;
    for tap in [Tap::Continue, Tap::Continue, Tap::Tutorial, Tap::Back] {
        world.tap(tap).await;
    }
    assert_eq!((world.page(), world.view().key_state), ("Overview", KeyState::ActiveUntracked));
    let expected =
        Diagnostic::KeyIdCaseMismatch { vin: vin(), local: key("0a1b"), reported: key("0A1B") };
    assert_eq!(*diagnostics.lock().unwrap(), [expected]);
}

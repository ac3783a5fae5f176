//! A broken expectation of a mock fails the test that set it.

use std::panic::panic_any;

use digital_key_app::{App, Ports};
use digital_key_domain::{Intent, PairingAnswer, Phone, Support, SupportAnswer, VehicleRecord};
use digital_key_ports::{
    LateAnswer, MockAppLifecycle, MockApplePairing, MockBff, MockCache, MockWallet,
};
use digital_key_testkit::mocks::MockVerifier;

use crate::support::vin;

/// A BFF of which a test expects a question about support this many times.
fn bff(times: usize) -> MockBff {
    let mut bff = MockBff::new();
    let supported = SupportAnswer::Known(Support::Supported { upgrade_required: false });
    bff.expect_support().times(times).returning(move |_| Ok(supported));
    bff
}

/// A cache that knows no vehicle.
fn cache() -> MockCache {
    let mut cache = MockCache::new();
    cache.expect_load().returning(|_| Ok(VehicleRecord::default()));
    cache.expect_store().returning(|_, _| Ok(()));
    cache
}

/// The mocks of a test.
struct Mocks {
    bff: MockBff,
    cache: MockCache,
    wallet: MockWallet,
    apple_pairing: MockApplePairing,
}

impl Mocks {
    /// This BFF, a cache that knows no vehicle, and a phone of which the test expects no call.
    fn new(bff: MockBff) -> Self {
        let (wallet, apple_pairing) = (MockWallet::new(), MockApplePairing::new());
        Self { bff, cache: cache(), wallet, apple_pairing }
    }

    /// Why a test fails whose app selects a vehicle, and that ends like this; `None` when it
    /// passes. The test is a task of its own, as every test of tokio is.
    async fn failure_of_test(self, end: fn(MockVerifier)) -> Option<String> {
        let test = tokio::spawn(async move {
            let verifier = MockVerifier::new();
            let ports = Ports {
                bff: verifier.watch(self.bff),
                cache: verifier.watch(self.cache),
                wallet: verifier.watch(self.wallet),
                apple_pairing: verifier.watch(self.apple_pairing),
                app_lifecycle: verifier.watch(MockAppLifecycle::new()),
            };
            let phone = Phone::Ios {
                machine: "iPhone12,1".parse().unwrap(),
                version: "14.2".parse().unwrap(),
            };
            let app = App::builder(phone, ports).start().unwrap();
            app.dispatch(Intent::SelectVehicle(vin())).unwrap();
            app.idle().await.unwrap();
            end(verifier);
        });
        let panic = test.await.err()?.into_panic();
        Some(panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }
}

#[tokio::test]
async fn a_test_whose_expectations_are_met_passes() {
    let mocks = Mocks::new(bff(1));
    assert_eq!(mocks.failure_of_test(MockVerifier::verify).await, None);
}

#[tokio::test]
async fn a_missing_call_fails_the_test() {
    let mocks = Mocks::new(bff(5));
    let failure = mocks.failure_of_test(MockVerifier::verify).await.unwrap();
    assert!(failure.contains("MockBff::support"), "{failure}");
    assert!(failure.contains("called 1 time(s) which is fewer than expected 5"), "{failure}");
}

#[tokio::test]
async fn a_call_too_many_fails_the_test() {
    let mocks = Mocks::new(bff(0));
    let failure = mocks.failure_of_test(MockVerifier::verify).await.unwrap();
    assert!(failure.contains("MockBff::support"), "{failure}");
    assert!(failure.contains("should not have been called"), "{failure}");
}

#[tokio::test]
async fn a_call_of_an_empty_mock_fails_the_test() {
    let mocks = Mocks::new(MockBff::new());
    let failure = mocks.failure_of_test(MockVerifier::verify).await.unwrap();
    assert!(failure.contains("MockBff::support"), "{failure}");

    let mocks = Mocks { cache: MockCache::new(), ..Mocks::new(MockBff::new()) };
    let failure = mocks.failure_of_test(MockVerifier::verify).await.unwrap();
    assert!(failure.contains("MockCache::load"), "{failure}");
}

#[tokio::test]
async fn a_test_that_does_not_verify_fails_at_its_end() {
    for (times, passes) in [(1, true), (5, false), (0, false)] {
        let mocks = Mocks::new(bff(times));
        assert_eq!(mocks.failure_of_test(drop).await.is_none(), passes, "{times}");
    }
}

#[tokio::test]
async fn a_test_that_fails_for_another_reason_reports_that_reason() {
    let mocks = Mocks::new(bff(5));
    let failure = mocks.failure_of_test(|_verifier| panic_any("another reason".to_owned())).await;
    assert_eq!(failure.as_deref(), Some("another reason"));
}

#[tokio::test]
async fn a_listening_call_is_answered_as_often_as_expected() {
    let mut mocks = Mocks::new(bff(1));
    mocks.wallet.expect_next_change().times(2).returning(|| Ok(()));
    let late = LateAnswer { vin: vin(), answer: PairingAnswer::default() };
    mocks.apple_pairing.expect_next_late_answer().times(1).return_once(move || Ok(Some(late)));
    assert_eq!(mocks.failure_of_test(MockVerifier::verify).await, None);

    let mut mocks = Mocks::new(bff(1));
    let forgotten = mocks.wallet.expect_next_change();
    forgotten.withf(|| false).times(1).returning(|| Ok(()));
    let failure = mocks.failure_of_test(MockVerifier::verify).await.unwrap();
    assert!(failure.contains("MockWallet::next_change"), "{failure}");
}

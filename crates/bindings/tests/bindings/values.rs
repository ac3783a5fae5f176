//! Values that cross the boundary: malformed ones are refused, and secret ones print nothing.

use std::sync::Arc;
use std::time::Duration;

use digital_key_bindings::{
    BearerToken, BffAdapter, CacheAdapter, Config, DataKey, DigitalKeyApp, DigitalKeyError,
    HttpDeadlines, HttpOptions, IosPhone, IosSettings, MakerIdentifiers, PairingPassword, Phone,
    PortCall, PresenterError, SheetPresenter, parse_vin, store_password, take_use,
};
use digital_key_domain::{Generation, StoredPassword, TakeOutcome, VehicleRecord};
use digital_key_wallet_ios::{DigitalKeyField, RadioTechnologies};

use crate::test_app::{Key, SECRET, TestApp, Token, VIN};

/// The refused argument, and the reason.
fn refused<T>(result: Result<T, DigitalKeyError>) -> (String, String) {
    match result.err() {
        Some(DigitalKeyError::Invalid { argument, reason }) => (argument, reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_error_names_the_argument_and_contains_no_secret() {
    assert_eq!(refused(parse_vin("WBA".to_owned())).0, "vin");
    assert_eq!(refused(DataKey::new(vec![1; 31])).0, "data key");
    let (argument, reason) = refused(PairingPassword::new("1234567x"));
    assert!(argument == "password" && !reason.contains("1234567x"), "{reason}");
    let (argument, reason) = refused(BearerToken::new("sesame 4711"));
    assert!(argument == "token" && !reason.contains("sesame"), "{reason}");
    for url in ["http://bff.example.com", &format!("https://{SECRET}@bff.example.com"), ""] {
        let (argument, reason) = refused(BffAdapter::http(url, Arc::new(Token(None)), None));
        assert!(argument == "base URL" && !reason.contains(SECRET), "{reason}");
    }
}

#[tokio::test]
async fn an_impossible_phone_is_refused() {
    for (argument, machine, version) in [("machine", "", "14.2"), ("version", "arm64", "x")] {
        let mut test = TestApp::new().await;
        let config = Config {
            phone: Phone::Ios { machine: machine.to_owned(), version: version.to_owned() },
            entry_mode: None,
            more_information: None,
            retry: None,
            circuit_breaker: None,
            deadlines: None,
            recorder: None,
        };
        let ports = test.ports.take().unwrap();
        assert_eq!(refused(DigitalKeyApp::new(config, ports)).0, argument);
    }
}

#[tokio::test]
async fn a_directory_in_use_fails_the_opening_of_the_cache() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().display().to_string();
    let _first = CacheAdapter::sled(path.clone(), Arc::new(Key(None)), None).await.unwrap();
    match CacheAdapter::sled(path, Arc::new(Key(None)), None).await.err() {
        Some(DigitalKeyError::PortFailed { failure }) => {
            assert_eq!((failure.call, failure.retryable), (PortCall::OpenCache, true));
        }
        other => panic!("{other:?}"),
    }
}

/// A presenter without a sheet; this test never runs on an iPhone.
struct NoSheet;

impl SheetPresenter for NoSheet {
    fn present(&self, _: u64) -> Result<bool, PresenterError> {
        Err(PresenterError::Failed)
    }
}

#[test]
fn ios_phone_exists_on_iphones_only() {
    let key_field = DigitalKeyField::PrimaryAccountIdentifier;
    let identifiers = MakerIdentifiers {
        radio_technologies: RadioTechnologies::Nfc,
        manufacturer: None,
        provisioning_template: None,
        product_plan: None,
        issuer: None,
        localized_description: None,
    };
    let settings = IosSettings { key_field, identifiers, by_vehicle: None };
    let refusal = IosPhone::new(settings, Arc::new(NoSheet)).err();
    assert!(matches!(refusal, Some(DigitalKeyError::NotHere { .. })), "{refusal:?}");
}

#[test]
fn rdy_4_a_client_takes_three_uses_of_a_password() {
    let after = store_password(VehicleRecord::default(), Generation::new(1)).unwrap();
    assert_eq!(after.stored, StoredPassword::Stored);
    let mut record = after.record;
    for expected in 1..=3 {
        let after = take_use(record).unwrap();
        let TakeOutcome::Granted(counted) = after.outcome else { panic!("{after:?}") };
        assert_eq!(counted.uses.get(), expected);
        record = after.record;
    }
    let after = take_use(record).unwrap();
    assert_eq!(after.outcome, TakeOutcome::Exhausted);
    let again = store_password(after.record, Generation::new(1)).unwrap();
    assert_eq!(again.stored, StoredPassword::Outdated { newest: Generation::new(1) });
}

#[test]
fn gen_6_nothing_shows_a_password_a_token_or_a_whole_vin() {
    let password = PairingPassword::new("87654321").unwrap();
    let token = BearerToken::new(SECRET).unwrap();
    let vin = parse_vin(VIN.to_owned()).unwrap();
    let key = DataKey::new(vec![0xA5; 32]).unwrap();
    assert_eq!(key.expose(), [0xA5; 32]);
    assert_eq!(format!("{key} {key:?}"), "DataKey(…) DataKey(…)");
    let shown = format!("{password} {password:?} {token} {token:?} {vin:?}");
    assert!(!shown.contains("8765") && !shown.contains("sesame"), "{shown}");
    assert!(!shown.contains(VIN) && shown.contains("WBA…0001"), "{shown}");
    assert_eq!(password.expose(), "87654321");
    assert_eq!(vin.as_str(), VIN);
}

#[tokio::test]
async fn gen_5_a_cache_that_another_account_opens_is_empty() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().display().to_string();
    let was_erased = async |account: Option<&str>| {
        let before = std::fs::read(directory.path().join("account")).ok();
        let account = account.map(str::to_owned);
        CacheAdapter::sled(path.clone(), Arc::new(Key(None)), account).await.unwrap();
        std::fs::read(directory.path().join("account")).ok() != before
    };
    assert!(was_erased(Some("anna")).await);
    assert!(!was_erased(Some("anna")).await);
    assert!(was_erased(Some("otto")).await);
    assert!(was_erased(None).await);
    assert!(!was_erased(None).await);
}

#[test]
fn settings_of_the_http_adapter_that_cannot_work_are_refused_by_name() {
    let second = Duration::from_secs(1);
    let no_time = HttpDeadlines { connect: second, read: Duration::ZERO, total: second };
    let key = |value: &str| [("X-Api-Key".to_owned(), value.to_owned())].into();
    let own = [("Authorization".to_owned(), SECRET.to_owned())].into();
    for (expected, options) in [
        ("user agent", HttpOptions { user_agent: Some(" ".to_owned()), ..Default::default() }),
        (
            "headers",
            HttpOptions { headers: key(&format!("{SECRET}\n{SECRET}")), ..Default::default() },
        ),
        ("headers", HttpOptions { headers: own, ..Default::default() }),
        ("deadlines", HttpOptions { deadlines: Some(no_time), ..Default::default() }),
    ] {
        let tokens = Arc::new(Token(None));
        let adapter = BffAdapter::http("https://bff.example.com", tokens, Some(options));
        let (argument, reason) = refused(adapter);
        assert!(argument == expected && !reason.contains(SECRET), "{argument}: {reason}");
    }
}

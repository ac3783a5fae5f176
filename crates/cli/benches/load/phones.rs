//! The phones: one app each, with a cache, a wallet and Apple's API in memory, and one HTTP client for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::ports::{
    Bff, BffError, BffOperation, IdempotencyKey, PairingPassword, PairingStatus, SupportAnswer,
    async_trait,
};
use digital_key::testkit::fake::MemoryDisk;
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{App, Phone, Ports, Vin};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until, timeout};

use crate::driver::Driver;
use crate::smacc::Totals;
use crate::times::{Percentiles, Timed, Times};

/// How many requests to the BFF are under way at most, each on a connection of the shared client.
const CONNECTIONS: usize = 64;

/// A phone whose pairing takes longer is stuck.
const STUCK_AFTER: Duration = Duration::from_secs(60);

pub(crate) struct Load {
    pub(crate) count: usize,
    /// How many phones begin in a second, on average: independent drivers do not begin at even distances.
    pub(crate) per_second: f64,
    pub(crate) sheet_milliseconds: u64,
}

#[derive(Serialize)]
pub(crate) struct Report {
    phones: usize,
    /// The phones whose Overview shows a tracked key.
    paired: usize,
    seconds: f64,
    requests: usize,
    failed_requests: usize,
    second_tries: usize,
    #[serde(flatten)]
    passwords: Totals,
    /// The longest way of one phone from the vehicle tab to a tracked key.
    longest_seconds: f64,
    peak_megabytes: f64,
    times: Vec<Percentiles>,
}

/// What all phones share.
pub(crate) struct Outside {
    pub(crate) times: Times,
    pub(crate) sheet_stays: Duration,
    bff: HttpBff,
    connections: Semaphore,
    failed_requests: AtomicUsize,
    vehicles: Client<HttpConnector, Empty<Bytes>>,
    smacc: String,
}

impl Outside {
    fn new(bff: &str, smacc: &str, sheet_stays: Duration) -> Self {
        let token = BearerToken::new("token-of-the-load-test").unwrap();
        let bff = HttpBff::builder(bff).token_provider(Arc::new(StaticToken::new(token))).build();
        Self {
            times: Times::default(),
            sheet_stays,
            bff: bff.unwrap(),
            connections: Semaphore::new(CONNECTIONS),
            failed_requests: AtomicUsize::new(0),
            vehicles: Client::builder(TokioExecutor::new()).build_http(),
            smacc: smacc.to_owned(),
        }
    }

    /// Lets the vehicle check the password.
    pub(crate) async fn pair(&self, vin: Vin, password: &str) {
        let path = format!("/vehicles/{}/pairings/{password}", vin.as_str());
        let (status, _) = self.ask_smacc(Method::POST, &path).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "the vehicle refuses the password");
    }

    async fn ask_smacc(&self, method: Method, path: &str) -> (StatusCode, Bytes) {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.smacc));
        let response = self.vehicles.request(request.body(Empty::new()).unwrap()).await.unwrap();
        let status = response.status();
        (status, response.into_body().collect().await.unwrap().to_bytes())
    }

    async fn measure<T>(
        &self,
        operation: BffOperation,
        request: impl Future<Output = Result<T, BffError>>,
    ) -> Result<T, BffError> {
        let start = Instant::now();
        let _connection = self.connections.acquire().await.unwrap();
        let answer = request.await;
        match answer {
            Ok(_) => self.times.add(Timed::Request(operation), start.elapsed()),
            Err(_) => _ = self.failed_requests.fetch_add(1, Relaxed),
        }
        answer
    }
}

#[async_trait]
impl Bff for Outside {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.measure(BffOperation::Support, self.bff.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.measure(BffOperation::PairingStatus, self.bff.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.measure(BffOperation::PairingPassword, self.bff.pairing_password(vin, key)).await
    }
}

/// A phone that is paired, or is stuck.
struct Finished {
    /// Kept alive until all phones are there.
    app: App,
    is_paired: bool,
    took: Duration,
    second_tries: usize,
}

/// Lets all phones pair, and keeps each of them until the last one is there.
pub(crate) async fn run(bff: &str, smacc: &str, load: Load) -> Report {
    let sheet_stays = Duration::from_millis(load.sheet_milliseconds);
    let outside = Arc::new(Outside::new(bff, smacc, sheet_stays));
    let (sender, mut finished) = mpsc::unbounded_channel();
    let count = load.count;
    let start = Instant::now();
    tokio::spawn(let_phones_begin(load, Arc::clone(&outside), sender));
    let mut apps = Vec::with_capacity(count);
    let (mut paired, mut second_tries, mut longest) = (0, 0, Duration::ZERO);
    while let Some(Finished { app, is_paired, took, second_tries: more }) = finished.recv().await {
        apps.push(app);
        paired += usize::from(is_paired);
        second_tries += more;
        longest = longest.max(took);
    }
    let seconds = start.elapsed().as_secs_f64();
    let (_, totals) = outside.ask_smacc(Method::GET, "/totals").await;
    Report {
        phones: apps.len(),
        paired,
        seconds,
        requests: outside.times.requests(),
        failed_requests: outside.failed_requests.load(Relaxed),
        second_tries,
        passwords: serde_json::from_slice(&totals).unwrap(),
        longest_seconds: longest.as_secs_f64(),
        peak_megabytes: peak_megabytes(),
        times: outside.times.percentiles(),
    }
}

async fn let_phones_begin(
    load: Load,
    outside: Arc<Outside>,
    finished: mpsc::UnboundedSender<Finished>,
) {
    // The same moments in each run.
    let mut random = fastrand::Rng::with_seed(1);
    let mut due = Instant::now();
    for number in 0..load.count {
        due += Duration::from_secs_f64(-(1.0 - random.f64()).ln() / load.per_second);
        sleep_until(due).await;
        tokio::spawn(pair(number, due, Arc::clone(&outside), finished.clone()));
    }
}

async fn pair(
    number: usize,
    due: Instant,
    outside: Arc<Outside>,
    finished: mpsc::UnboundedSender<Finished>,
) {
    let phone = ScriptedPhone::new();
    let of_app = Arc::new(phone.clone());
    let ports = Ports {
        bff: outside.clone(),
        wallet: of_app.clone(),
        apple_pairing: of_app.clone(),
        cache: Arc::new(MemoryDisk::new().open_cache().unwrap()),
        app_lifecycle: of_app,
    };
    let machine = "iPhone12,1".parse().unwrap();
    let model = Phone::Ios { machine, version: "14.2".parse().unwrap() };
    let app = App::builder(model, ports).start().unwrap();
    let vin = format!("WBADKEY{number:010}").parse().unwrap();
    let mut driver = Driver::new(app, phone, vin, outside, due);
    let is_paired = timeout(STUCK_AFTER, driver.pair()).await.is_ok();
    let Driver { app, second_tries, .. } = driver;
    let _ = finished.send(Finished { app, is_paired, took: due.elapsed(), second_tries });
}

/// The peak of the resident memory of this process.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kibibytes: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes * 1024.0 / 1e6
}

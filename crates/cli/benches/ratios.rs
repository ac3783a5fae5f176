//! Compares the core with its parts, as ratios within one run.
//!
//! | ratio | at most |
//! |---|---|
//! | Welcome with a backend that takes 20 ms / one request to it | 1.10 |
//! | start to the first decided entry of 50 cached vehicles / opening sled and reading one record on a blocking thread | 1.6 |
//!
//! The last lines of the run print them.
// A benchmark may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use digital_key::backend::{Backend, BackendConfig, Vehicle};
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::cache_sled::{SledCache, StaticKey};
use digital_key::ports::{
    Bff, BffError, Cache, IdempotencyKey, PairingPassword, PairingStatus, RecordChange, Support,
    SupportAnswer, async_trait,
};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{App, EntryView, Intent, Phone, Ports, Tap, Vin};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The limit for a start, as a multiple of an opening of bare sled.
const START_LIMIT: f64 = 1.6;
/// The time that the backend of the Welcome benchmark takes.
const BACKEND_TAKES: Duration = Duration::from_millis(20);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    welcome(&mut criterion);
    start(&mut criterion);
    criterion.final_summary();
    for (what, measured, baseline, limit) in [
        ("Welcome / one request", "welcome/page", "welcome/one request", 1.10),
        ("start to entry / sled and one record", "start/core", "start/sled", START_LIMIT),
    ] {
        if let (Some(measured), Some(baseline)) = (median(measured), median(baseline)) {
            println!("{what}: {:.2} (at most {limit})", measured / baseline);
        }
    }
    if let (Some(core), Some(sled)) = (median("start/core"), median("start/sled")) {
        let ratio = core / sled;
        println!(
            "figure: cold start to the first decided entry as a multiple of bare sled (at most \
             {START_LIMIT}): {ratio:.2}"
        );
    }
}

/// The median of a benchmark that has run, in nanoseconds.
fn median(id: &str) -> Option<f64> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        std::path::PathBuf::from,
    );
    let file = target.join("criterion").join(id).join("new/estimates.json");
    let estimates: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn vin(number: usize) -> Vin {
    format!("WBADKEY{number:010}").parse().unwrap()
}

fn data_key() -> Arc<StaticKey> {
    Arc::new(StaticKey::new([7; 32]))
}

fn app(bff: Arc<dyn Bff>, cache: Arc<dyn Cache>) -> App {
    let phone = Arc::new(ScriptedPhone::new());
    let ports = Ports {
        bff,
        wallet: phone.clone(),
        apple_pairing: phone.clone(),
        cache,
        app_lifecycle: phone,
    };
    let model =
        Phone::Ios { machine: "iPhone12,1".parse().unwrap(), version: "14.2".parse().unwrap() };
    App::builder(model, ports).start().unwrap()
}

/// The real client, with a pause before each request.
struct SlowBff {
    client: HttpBff,
    takes: Duration,
}

#[async_trait]
impl Bff for SlowBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        tokio::time::sleep(self.takes).await;
        self.client.support(vin).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        tokio::time::sleep(self.takes).await;
        self.client.pairing_status(vin).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        tokio::time::sleep(self.takes).await;
        self.client.pairing_password(vin, key).await
    }
}

async fn backend() -> (Backend, HttpBff) {
    let backend = Backend::start(BackendConfig::default()).await.unwrap();
    backend.control().put_vehicle(vin(1), Vehicle::default()).unwrap();
    let token = BearerToken::new("benchmark").unwrap();
    let client = HttpBff::builder(&backend.bff_url())
        .token_provider(Arc::new(StaticToken::new(token)))
        .build()
        .unwrap();
    (backend, client)
}

/// From the tap on the entry until Continue is enabled: both fetches, at the same time (WEL-3).
fn welcome(criterion: &mut Criterion) {
    let runtime = runtime();
    let directory = TempDir::new().unwrap();
    let (_backend, app, one) = runtime.block_on(async {
        let (backend, client) = backend().await;
        let slow = Arc::new(SlowBff { client, takes: BACKEND_TAKES });
        let app =
            app(slow.clone(), Arc::new(SledCache::open(&directory, data_key()).await.unwrap()));
        app.dispatch(Intent::SelectVehicle(vin(1))).unwrap();
        app.idle().await.unwrap();
        (backend, app, slow)
    });
    let mut group = criterion.benchmark_group("welcome");
    group.sample_size(30);
    group.bench_function("page", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let mut view = app.view();
            app.dispatch(Tap::Entry).unwrap();
            view.wait_for(|view| view.offers.contains(Tap::Continue)).await.unwrap();
            app.dispatch(Tap::Close).unwrap();
            view.wait_for(|view| view.page.name() == "VehicleTab").await.unwrap();
        });
    });
    group.bench_function("one request", |bencher| {
        bencher.to_async(&runtime).iter(|| async { one.pairing_status(vin(1)).await.unwrap() });
    });
    group.finish();
}

/// From the start to the entry of one of 50 vehicles that the cache knows (ENT-3).
fn start(criterion: &mut Criterion) {
    let runtime = runtime();
    // The system's directory for temporary files may be in memory.
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (_backend, client) = runtime.block_on(async {
        let cache = SledCache::open(&directory, data_key()).await.unwrap();
        for number in 0..50 {
            let support = Support::Supported { upgrade_required: false };
            cache.store(vin(number), RecordChange::Support(support)).await.unwrap();
        }
        cache.suspend().await.unwrap();
        backend().await
    });
    let client: Arc<dyn Bff> = Arc::new(client);
    let mut group = criterion.benchmark_group("start");
    group.sample_size(50);
    // Neither side measures the closing.
    group.bench_function("core", |bencher| {
        bencher.to_async(&runtime).iter_custom(async |times| {
            let mut measured = Duration::ZERO;
            for _ in 0..times {
                let start = Instant::now();
                let cache = Arc::new(SledCache::open(&directory, data_key()).await.unwrap());
                let app = app(Arc::clone(&client), cache.clone());
                app.dispatch(Intent::SelectVehicle(vin(7))).unwrap();
                let mut view = app.view();
                view.wait_for(|view| view.entry == EntryView::DigitalKey).await.unwrap();
                measured += start.elapsed();
                app.shutdown().await;
                cache.suspend().await.unwrap();
            }
            measured
        });
    });
    group.bench_function("sled", |bencher| {
        bencher.to_async(&runtime).iter_custom(async |times| {
            let mut measured = Duration::ZERO;
            for _ in 0..times {
                let path = directory.path().join("db");
                let start = Instant::now();
                // On a blocking thread, as in any program that has an async runtime.
                let database = tokio::task::spawn_blocking(move || {
                    let database =
                        sled::Config::new().path(path).flush_every_ms(None).open().unwrap();
                    assert!(database.get(vin(7).as_str()).unwrap().is_some());
                    database
                });
                let database = database.await.unwrap();
                measured += start.elapsed();
                drop(database);
            }
            measured
        });
    });
    group.finish();
}

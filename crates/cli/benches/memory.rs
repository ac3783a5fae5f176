//! The memory of the core beside a bare actor: a task with a channel and a watch, all of tokio.
//!
//! | arguments | what it prints |
//! |---|---|
//! | `app`, `actor` | the bytes that an idle one holds |
//! | `app N`, `actor N` | the peak of a process with N of them, in MB; each app shows Apple's sheet |
// A benchmark may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::sync::Arc;

use allocation_counter::measure;
use digital_key::ports::{
    Bff, BffError, IdempotencyKey, PairingPassword, PairingStatus, Support, SupportAnswer,
    async_trait,
};
use digital_key::testkit::fake::MemoryDisk;
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{App, Intent, Phone, Ports, Tap, Vin};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};

fn main() {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    match arguments[..] {
        ["app"] => println!("{}", idle_bytes(&runtime, ports, idle_app)),
        ["actor"] => println!("{}", idle_bytes(&runtime, || (), async |()| actor().await)),
        ["app", count] => print_peak(&runtime, count, pairing_app),
        ["actor", count] => print_peak(&runtime, count, actor),
        _ => panic!("pass `app` or `actor`, and maybe how many"),
    }
}

/// Returns what one holds that starts with these parts. The first one also fills what the runtime keeps
/// for all.
fn idle_bytes<P, T>(runtime: &Runtime, parts: impl Fn() -> P, start: impl AsyncFn(P) -> T) -> i64 {
    let mut kept = Vec::with_capacity(2);
    kept.push(runtime.block_on(start(parts())));
    let parts = parts();
    measure(|| kept.push(runtime.block_on(start(parts)))).bytes_current
}

fn print_peak<T>(runtime: &Runtime, count: &str, start: impl AsyncFn() -> T) {
    let mut kept = Vec::new();
    runtime.block_on(async {
        for _ in 0..count.parse().unwrap() {
            kept.push(start().await);
        }
    });
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kibibytes: f64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{:.1}", kibibytes * 1024.0 / 1e6);
}

/// The ends of an actor: a task that receives numbers and publishes them.
type Actor = (mpsc::UnboundedSender<u64>, watch::Receiver<u64>);

async fn actor() -> Actor {
    let (numbers, mut received) = mpsc::unbounded_channel();
    let (publish, mut shown) = watch::channel(0);
    tokio::spawn(async move {
        while let Some(number) = received.recv().await {
            publish.send_replace(number);
        }
    });
    numbers.send(1).unwrap();
    shown.changed().await.unwrap();
    (numbers, shown)
}

/// A backend whose vehicle can be paired. The one of the testkit remembers each call, which would count.
struct GoodBff;

#[async_trait]
impl Bff for GoodBff {
    async fn support(&self, _: Vin) -> Result<SupportAnswer, BffError> {
        Ok(SupportAnswer::Known(Support::Supported { upgrade_required: false }))
    }

    async fn pairing_status(&self, _: Vin) -> Result<PairingStatus, BffError> {
        Ok(PairingStatus { owner_key: None, primary_subscriber: true, prepared: true })
    }

    async fn pairing_password(
        &self,
        _: Vin,
        _: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        Ok(PairingPassword::parse("12345678").ok())
    }
}

fn ports() -> Ports {
    let phone = Arc::new(ScriptedPhone::new());
    Ports {
        bff: Arc::new(GoodBff),
        wallet: phone.clone(),
        apple_pairing: phone.clone(),
        cache: Arc::new(MemoryDisk::new().open_cache().unwrap()),
        app_lifecycle: phone,
    }
}

async fn idle_app(ports: Ports) -> App {
    let machine = "iPhone12,1".parse().unwrap();
    let phone = Phone::Ios { machine, version: "14.2".parse().unwrap() };
    let app = App::builder(phone, ports).start().unwrap();
    app.idle().await.unwrap();
    app
}

/// An app whose driver has followed the pages up to Apple's sheet.
async fn pairing_app() -> App {
    let app = idle_app(ports()).await;
    let vin = "WBADKEY0000000001".parse().unwrap();
    for intent in [
        Intent::SelectVehicle(vin),
        Tap::Entry.into(),
        Tap::Continue.into(),
        Tap::Continue.into(),
        Tap::TickBox.into(),
        Tap::Continue.into(),
    ] {
        app.dispatch(intent).unwrap();
        app.idle().await.unwrap();
    }
    assert!(app.view().borrow().pairing_runs);
    app
}

//! The time from a dispatched intent to the view that shows it, on one thread, beside a bare actor: a
//! task with a channel of 256 places and a watch, all of tokio.
//!
//! `cargo xtask bench dispatch` reads the last line.
// A benchmark may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::sync::Arc;
use std::time::Instant;

use digital_key::ports::PairingPassword;
use digital_key::testkit::bff::ScriptedVehicle;
use digital_key::testkit::fake::{MemoryBff, MemoryDisk};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{App, Intent, Phone, Ports, Tap, View, Vin};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, watch};

/// How often both take their turn; odd, so that the median is one of the turns.
const TURNS: usize = 41;
/// The dispatches of a turn.
const DISPATCHES: u32 = 20_000;

fn main() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (core, actor) = runtime.block_on(async {
        let app = app_with_a_tick_box().await;
        let mut view = app.view();
        let (numbers, mut shown) = actor();
        let (mut core, mut actor) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            core.push(tick_and_untick(&app, &mut view).await);
            actor.push(send_numbers(&numbers, &mut shown).await);
        }
        (median(core), median(actor))
    });
    println!("in ns: {core:.0} / {actor:.0}");
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The nanoseconds of one of the dispatches that began then.
fn of_one(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e9 / f64::from(DISPATCHES)
}

/// Each tap changes the view and needs no call of a port.
async fn tick_and_untick(app: &App, view: &mut watch::Receiver<View>) -> f64 {
    let start = Instant::now();
    for _ in 0..DISPATCHES / 2 {
        for tap in [Tap::TickBox, Tap::UntickBox] {
            app.dispatch(tap).unwrap();
            view.changed().await.unwrap();
        }
    }
    of_one(start)
}

async fn send_numbers(numbers: &mpsc::Sender<u32>, shown: &mut watch::Receiver<u32>) -> f64 {
    let start = Instant::now();
    for number in 0..DISPATCHES {
        numbers.try_send(number).unwrap();
        shown.changed().await.unwrap();
    }
    of_one(start)
}

fn actor() -> (mpsc::Sender<u32>, watch::Receiver<u32>) {
    let (numbers, mut received) = mpsc::channel(256);
    let (publish, shown) = watch::channel(0);
    tokio::spawn(async move {
        while let Some(number) = received.recv().await {
            publish.send_replace(number);
        }
    });
    (numbers, shown)
}

/// An app whose driver is on the page with the tick box.
async fn app_with_a_tick_box() -> App {
    let vin: Vin = "WBADKEY0000000001".parse().unwrap();
    let bff = MemoryBff::new();
    let password = PairingPassword::parse("12345678").ok();
    bff.set_vehicle(vin, ScriptedVehicle { password, ..ScriptedVehicle::default() });
    let scripted = Arc::new(ScriptedPhone::new());
    let ports = Ports {
        bff: Arc::new(bff),
        wallet: scripted.clone(),
        apple_pairing: scripted.clone(),
        cache: Arc::new(MemoryDisk::new().open_cache().unwrap()),
        app_lifecycle: scripted,
    };
    let machine = "iPhone12,1".parse().unwrap();
    let phone = Phone::Ios { machine, version: "14.2".parse().unwrap() };
    let app = App::builder(phone, ports).start().unwrap();
    for intent in
        [Intent::SelectVehicle(vin), Tap::Entry.into(), Tap::Continue.into(), Tap::Continue.into()]
    {
        app.dispatch(intent).unwrap();
        app.idle().await.unwrap();
    }
    assert!(app.view().borrow().offers.contains(Tap::TickBox));
    app
}

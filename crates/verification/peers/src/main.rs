//! Prints the nanoseconds that one step of the named machine takes, as the mean over the happy path, played
//! for the given number of milliseconds.

mod clock;
mod crux;
mod plain;
mod statig;

#[path = "../../../domain/tests/happy_path/mod.rs"]
mod happy_path;

use std::hint::black_box;
use std::time::Duration;

use digital_key_domain::{Effect, Flow, Phone, Settings, Verdict};

use clock::nanoseconds_per_step;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [name, milliseconds] = arguments.as_slice() else {
        panic!("the name of a machine and a number of milliseconds are needed");
    };
    let duration = Duration::from_millis(milliseconds.parse().expect("milliseconds"));
    println!("{:.3}", measure(name, duration));
}

fn measure(name: &str, duration: Duration) -> f64 {
    let (_, events) = happy_path::record();
    // A clone of a machine would have no room for its first vehicle.
    let start = || Flow::new(settings());
    let events = events.as_slice();
    let mut effects: Vec<Effect> = Vec::with_capacity(16);
    match name {
        "flow" => nanoseconds_per_step(duration, events, start, |flow, event| {
            play(flow, event, &mut effects);
        }),
        "flow-view" => nanoseconds_per_step(duration, events, start, |flow, event| {
            play(flow, event, &mut effects);
            black_box(flow.view());
        }),
        "plain" => nanoseconds_per_step(duration, events, plain::Plain::default, |plain, event| {
            assert!(plain.step(event, &mut effects));
            black_box(&effects);
            effects.clear();
        }),
        "statig" => {
            statig::expect_overview(events);
            nanoseconds_per_step(duration, events, statig::start, |machine, event| {
                machine.handle_with_context(&event, &mut effects);
                black_box(&effects);
                effects.clear();
            })
        }
        "crux" => nanoseconds_per_step(duration, events, crux::Player::lean, |player, event| {
            player.play(event);
        }),
        "crux-view" => {
            nanoseconds_per_step(duration, events, crux::Player::with_view, |player, event| {
                player.play(event);
            })
        }
        _ => panic!("there is no machine named {name}"),
    }
}

/// The settings of the happy path.
fn settings() -> Settings {
    Settings::new(Phone::Ios {
        machine: "iPhone12,1".parse().expect("a machine"),
        version: "14.2".parse().expect("a version"),
    })
}

fn play(flow: &mut Flow, event: digital_key_domain::Event, effects: &mut Vec<Effect>) {
    assert_eq!(flow.step(event, effects), Verdict::Accepted);
    black_box(&*effects);
    effects.clear();
}

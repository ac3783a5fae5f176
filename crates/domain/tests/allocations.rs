//! A step allocates nothing, unless its event carries text.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::panic)]

mod happy_path;

use digital_key_domain::{Event, Intent, Reply, Verdict};

#[test]
fn a_step_without_text_allocates_nothing() {
    let (mut flow, events) = happy_path::record();
    let mut effects = Vec::with_capacity(16);
    let mut measured = 0;
    for event in events {
        // A VIN, a record, a status and a pass are or hold text.
        let holds_text = matches!(
            event,
            Event::Intent(Intent::SelectVehicle(_))
                | Event::Replied {
                    reply: Reply::Record(_) | Reply::Status(_) | Reply::Pairing(_),
                    ..
                }
        );
        let name = format!("{event:?}");
        let allocations = allocation_counter::measure(|| {
            assert_eq!(flow.step(event, &mut effects), Verdict::Accepted);
        });
        effects.clear();
        if !holds_text {
            assert_eq!(allocations.count_total, 0, "{name}");
            measured += 1;
        }
    }
    assert!(measured >= 13, "only {measured} steps were measured");
}

//! A step allocates nothing.
// Test helpers may panic: that is how a test fails.
#![allow(clippy::unwrap_used, clippy::panic)]

mod happy_path;

use digital_key_domain::Verdict;

#[test]
fn no_step_of_the_happy_path_allocates() {
    let (mut flow, events) = happy_path::record();
    let mut effects = Vec::with_capacity(16);
    for event in events {
        let name = format!("{event:?}");
        let allocations = allocation_counter::measure(|| {
            assert_eq!(flow.step(event, &mut effects), Verdict::Accepted);
        });
        effects.clear();
        assert_eq!(allocations.count_total, 0, "{name}");
    }
}

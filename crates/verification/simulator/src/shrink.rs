//! Finds the shortest history that still fails.

use crate::action::{Plan, Planned, Wait};
use crate::invariant::Violation;
use crate::simulator::Simulator;

/// Leaves out actions as long as the same invariant is violated: first halves, then ever smaller
/// pieces. Then it makes the waits plain.
pub(crate) fn shortest(
    simulator: &Simulator,
    plan: &Plan,
    violation: &Violation,
) -> (Plan, Violation) {
    let mut best = (plan.clone(), violation.clone());
    let mut size = plan.actions.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        let mut is_shorter = false;
        while at < best.0.actions.len() {
            let mut fewer = best.0.clone();
            fewer.actions.drain(at..(at + size).min(fewer.actions.len()));
            match still_fails(simulator, &fewer, violation) {
                Some(violation) => {
                    best = (fewer, violation);
                    is_shorter = true;
                }
                None => at += size,
            }
        }
        if !(size == 1 && is_shorter) {
            size /= 2;
        }
    }
    for at in 0..best.0.actions.len() {
        for wait in [Wait::Turns(0), Wait::Millis(100)] {
            let mut plainer = best.0.clone();
            if plainer.actions[at].wait == wait {
                break;
            }
            plainer.actions[at] = Planned { wait, ..plainer.actions[at] };
            if let Some(violation) = still_fails(simulator, &plainer, violation) {
                best = (plainer, violation);
                break;
            }
        }
    }
    best
}

fn still_fails(simulator: &Simulator, plan: &Plan, before: &Violation) -> Option<Violation> {
    simulator.run(plan).violation.filter(|now| now.invariant == before.invariant)
}

//! The page about the flow: what leads from page to page, as a diagram and as tables.
//!
//! The exploration visits every state within [`bounds`], and [`observed`] notes each step that it
//! makes. [`words`] has the titles, and [`cases`] the conditions, which are checked against each step.

mod bounds;
mod observed;
mod words;
mod cases;
mod diagram;
mod tables;

use digital_key_exploration::{RealRules, explore_with};

use super::Page;
use crate::TaskError;
use observed::Observed;

/// Returns the page.
pub(super) fn pages() -> Result<Vec<Page>, TaskError> {
    let observed = observe()?;
    Ok(vec![Page { path: "docs/generated/flow.md", text: markdown(&observed)? }])
}

fn observe() -> Result<Observed, TaskError> {
    let mut observed = Observed::default();
    for bounds in bounds::all()? {
        explore_with(&bounds, &RealRules, &mut |edge| observed.add(&edge))?;
    }
    Ok(observed)
}

fn markdown(observed: &Observed) -> Result<String, TaskError> {
    observed.check()?;
    Ok(format!(
        "<!-- Written by `cargo xtask codegen flow`. -->\n\n\
         # The flow\n\n\
         What leads from page to page. Each arrow and each row was observed: the exploration \
         visited every state of the machine within its bounds, and checked each condition. The \
         gallery of the [playground](../../crates/playground/README.md) shows each page live.\n\n\
         ```mermaid\n{}```\n\n{}\n{}",
        diagram::mermaid(observed),
        diagram::LEGEND,
        tables::markdown(observed)
    ))
}

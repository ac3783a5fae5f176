//! What the playground exports runs here, on the real composition, and shows the same pages.

use std::path::Path;

use digital_key_acceptance::{Arguments, Report, run};
use digital_key_playground::{Session, feature, gallery};
use tempfile::TempDir;

async fn run_all(folder: &Path) -> Report {
    let inputs = vec![folder.join("*.feature").display().to_string()];
    run(&Arguments { inputs, ..Arguments::default() }).await
}

/// Sessions that the gallery does not have: answers that come late, faults, another account.
const MORE: &[&str] = &[
    "1.xht1.v0.r0sy.ta.r0cy.r0py",
    "1.v0.r0sy.ta.r0cy.r0py.r0t03.tb.tb.td.tb.s0e1",
    "1.v0.r0sy.ta.r0cy.r0py.r0t03.tb.tb.td.tb.s0p.tb.tb.r0t1u3.r0wy.xt01.b.f.r0t1t3.r0wy.o",
    "1.xhs1.v0.v1.r1sy.r0sn.xhs0",
    "1.xfs1.v0.r0sf.xfs0.b.f.r0sy",
    "1.v0.r0sy.ta.r0cy.r0py.r0t03.tb.tb.td.tb.s0n.r0py.l0p",
    "1.xs00.v0.r0sn.xs01.h0.r0sy.ta.r0cy.r0py.r0tb.tb",
    "1.v0.r0sy.d0.v0.r0sy",
];

#[tokio::test]
async fn each_page_of_the_gallery_is_a_scenario_that_passes() {
    let folder = TempDir::new().unwrap();
    let links = gallery().into_iter().map(|place| place.link);
    let links: Vec<_> = links.chain(MORE.iter().map(|link| (*link).to_owned())).collect();
    for (number, link) in links.iter().enumerate() {
        let session = Session::of_link(link).unwrap_or_else(|error| panic!("{link}: {error}"));
        let file = folder.path().join(format!("{number:02}.feature"));
        std::fs::write(file, feature(&session)).unwrap();
    }
    let report = run_all(folder.path()).await;
    assert!(report.is_success(), "{report}");
    assert_eq!(report.passed(), links.len(), "{report}");
}

/// What a person played with the command, recorded and replayed as a scenario.
#[tokio::test]
async fn a_replayed_session_of_play_is_a_scenario_that_passes() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/played.feature");
    let report = run(&Arguments { inputs: vec![file.to_owned()], ..Arguments::default() }).await;
    assert!(report.is_success() && report.passed() == 1, "{report}");
}

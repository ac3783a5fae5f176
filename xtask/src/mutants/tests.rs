use super::report::{Crate, Outcomes, page, without_place};

fn outcomes() -> Outcomes {
    let mutant = |name: &str, summary: &str| {
        format!(
            r#"{{"scenario":{{"Mutant":{{"name":"{name}","package":"p"}}}},"summary":"{summary}"}}"#
        )
    };
    let list = [
        r#"{"scenario":"Baseline","summary":"Success","log_path":"log"}"#.to_owned(),
        mutant("src/a.rs:1:2: replace a -> b with c", "CaughtMutant"),
        mutant("src/a.rs:2:2: replace | with &", "MissedMutant"),
        mutant("src/a.rs:3:2: replace a", "Timeout"),
        mutant("src/a.rs:4:2: replace b", "Unviable"),
        mutant("src/a.rs:5:2: replace c", "CaughtMutant"),
    ];
    serde_json::from_str(&format!(r#"{{"outcomes":[{}]}}"#, list.join(","))).unwrap()
}

#[test]
fn a_mistake_keeps_its_name_when_its_line_moves() {
    let name = without_place("crates/domain/src/vin.rs:86:9: replace a::b -> u8 with 1");
    assert_eq!(name, "crates/domain/src/vin.rs: replace a::b -> u8 with 1");
    assert_eq!(without_place("something else"), "something else");
}

#[test]
fn the_page_counts_and_names_what_is_missed() {
    let page = page(&[Crate::new("digital-key-app", outcomes(), 7)]);
    assert!(page.contains("| `digital-key-app` | 5 | 3 | 1 | 1 | 1 | 75.0 % |"), "{page}");
    assert!(page.contains(r"| `src/a.rs: replace \| with &` | not argued |"), "{page}");
    assert!(page.contains("broken off: 5 of its 7 mistakes were tried"), "{page}");
}

#[test]
fn a_missed_mistake_in_the_domain_needs_an_argument() {
    let missed = |name| Crate::new(name, outcomes(), 5).unargued().count();
    assert_eq!(missed("digital-key-domain"), 1);
    assert_eq!(missed("digital-key-app"), 0);
}

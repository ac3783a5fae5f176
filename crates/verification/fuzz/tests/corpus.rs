//! The committed inputs keep every promise, with any compiler.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use digital_key_fuzz::{TARGETS, Target};

/// A part of the package that builds the targets for libFuzzer.
fn part(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("targets").join(of)
}

/// The names in a folder, without `.rs`.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    entries.map(|entry| name(entry.unwrap()).trim_end_matches(".rs").to_owned()).collect()
}

#[test]
fn every_target_is_built_and_has_a_corpus() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&part("fuzz_targets")), targets);
    assert_eq!(names(&part("corpus")), targets);
    let manifest = fs::read_to_string(part("Cargo.toml")).unwrap();
    for Target { name, .. } in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is no binary");
        let source = fs::read_to_string(part("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(source.contains(&format!("run({name:?}, ")), "{name} runs something else");
    }
}

#[test]
fn every_input_of_the_corpus_keeps_the_promises() {
    for Target { name, run } in TARGETS {
        let folder = part("corpus").join(name);
        let inputs = names(&folder);
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            let kept = std::panic::catch_unwind(|| run(&fs::read(folder.join(&input)).unwrap()));
            assert!(kept.is_ok(), "{name}/{input} breaks a promise");
        }
    }
}

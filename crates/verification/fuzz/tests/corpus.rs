//! Every property holds for the committed inputs, with the project's own compiler.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside test functions")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use digital_key_fuzz::{TARGETS, Target};

/// Returns a path in the package that builds the targets for libFuzzer.
fn in_targets(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("targets").join(path)
}

/// Returns the names of the files in a folder, without `.rs`.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    entries.map(|entry| name(entry.unwrap()).trim_end_matches(".rs").to_owned()).collect()
}

#[test]
fn every_target_is_a_binary_and_has_a_corpus() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&in_targets("fuzz_targets")), targets);
    assert_eq!(names(&in_targets("corpus")), targets);
    let manifest = fs::read_to_string(in_targets("Cargo.toml")).unwrap();
    for Target { name, .. } in TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is no binary");
        let source =
            fs::read_to_string(in_targets("fuzz_targets").join(format!("{name}.rs"))).unwrap();
        assert!(source.contains(&format!("run({name:?}, ")), "{name} runs something else");
    }
}

#[test]
fn every_property_holds_for_every_input_of_the_corpus() {
    for Target { name, run } in TARGETS {
        let folder = in_targets("corpus").join(name);
        let inputs = names(&folder);
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            let result = std::panic::catch_unwind(|| run(&fs::read(folder.join(&input)).unwrap()));
            assert!(result.is_ok(), "a property of {name} does not hold for {input}");
        }
    }
}

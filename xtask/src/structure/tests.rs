use serde_json::{Value, json};

use super::*;

/// A package that is named like the last part of its folder.
fn package(folder: &str, dependencies: &[Value]) -> Value {
    json!({
        "name": folder.rsplit('/').next(),
        "manifest_path": format!("/w/{folder}/Cargo.toml"),
        "dependencies": dependencies,
    })
}

fn uses(folder: &str) -> Value {
    json!({ "kind": null, "path": format!("/w/{folder}") })
}

fn tests_use(folder: &str) -> Value {
    json!({ "kind": "dev", "path": format!("/w/{folder}") })
}

fn broken(packages: &[Value]) -> Vec<String> {
    let metadata = json!({ "workspace_root": "/w", "packages": packages });
    forbidden_arrows(&serde_json::from_value(metadata).unwrap())
}

#[test]
fn arrows_that_point_inwards_are_allowed() {
    let bff = "crates/adapters/bff-http";
    let registry = json!({ "kind": null, "path": null });
    assert_eq!(
        broken(&[
            package("crates/domain", &[registry]),
            package("crates/ports", &[uses("crates/domain")]),
            package("crates/testkit", &[uses("crates/ports")]),
            package(bff, &[uses("crates/ports"), tests_use("crates/testkit")]),
            package("crates/app", &[uses("crates/ports"), tests_use(bff)]),
            package("crates/cli", &[uses("crates/app"), uses(bff)]),
        ]),
        [""; 0]
    );
}

#[test]
fn an_arrow_that_points_outwards_is_shown_with_both_crates() {
    assert_eq!(
        broken(&[
            package("crates/domain", &[uses("crates/ports")]),
            package("crates/ports", &[tests_use("crates/testkit")]),
            package("crates/testkit", &[]),
        ]),
        [
            "domain (domain) must not use ports (ports)",
            "the tests of ports (ports) must not use testkit (testkit)",
        ]
    );
}

#[test]
fn app_and_adapters_do_not_use_each_other() {
    let (app, cache, bff) =
        ("crates/app", "crates/adapters/cache-sled", "crates/adapters/bff-http");
    let builds_with_app = json!({ "kind": "build", "path": "/w/crates/app" });
    assert_eq!(
        broken(&[
            package(app, &[uses(cache)]),
            package(cache, &[uses(app)]),
            package(bff, &[uses(cache), tests_use(cache), builds_with_app]),
        ]),
        [
            "app (app) must not use cache-sled (adapter)",
            "cache-sled (adapter) must not use app (app)",
            "bff-http (adapter) must not use cache-sled (adapter)",
            "the tests of bff-http (adapter) must not use cache-sled (adapter)",
            "bff-http (adapter) must not use app (app)",
        ]
    );
}

#[test]
fn a_crate_needs_a_layer() {
    assert_eq!(
        broken(&[package("crates/misc", &[]), package("crates/domain/x", &[])]),
        [
            "misc is in crates/misc, which belongs to no layer",
            "x is in crates/domain/x, which belongs to no layer",
        ]
    );
}

#[test]
fn every_layer_uses_layers_that_exist() {
    let names: Vec<_> = LAYERS.iter().map(|layer| layer.name).collect();
    for layer in LAYERS {
        for used in layer.uses.iter().chain(layer.tests_use) {
            assert!(names.contains(used), "{used} in {}", layer.name);
        }
    }
}

#[test]
fn the_domain_is_built_from_little() {
    let tree = "digital-key-domain v0.1.0 (/w)\nthiserror v2.0.21\ntokio v1.0.0\n\
                thiserror-impl v2.0.21 (proc-macro)\ntokio v1.0.0 (*)\n";
    let problems = forbidden_in_domain(tree);
    assert_eq!(Vec::from_iter(problems), ["digital-key-domain must not be built from tokio"]);
}

#[test]
fn only_foreign_code_may_set_lints_of_its_own() {
    let takes = "[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n";
    let drops = "[package]\nname = \"x\"\n\n[lints.rust]\nunsafe_code = \"allow\"\n";
    assert_eq!(lint_problem("crates/app/Cargo.toml", takes), None);
    for text in ["", drops] {
        let problem = lint_problem("crates/app/Cargo.toml", text);
        assert!(problem.is_some_and(|it| it.starts_with("crates/app/Cargo.toml ")), "{text}");
    }
    assert_eq!(lint_problem("crates/adapters/wallet-ios/Cargo.toml", drops), None);
    assert_eq!(lint_problem("docs/notes.md", drops), None);
}

#[test]
fn every_workspace_forbids_unsafe_code() {
    let problem = |lints| lint_problem("Cargo.toml", &format!("[workspace]\n\n[x]\n{lints}"));
    assert_eq!(problem("unsafe_code = \"forbid\"\n"), None);
    for lints in ["", "unsafe_code = \"warn\"\n", "# unsafe_code = \"forbid\"\n"] {
        assert!(problem(lints).is_some(), "{lints}");
    }
}

#[test]
fn the_top_level_holds_what_it_may() {
    assert_eq!(
        forbidden_entries(&["Cargo.toml", "crates/app/notes.txt", "notes.txt", "src/a", "src/b"]),
        ["notes.txt does not belong at the top level", "src does not belong at the top level"]
    );
}

#[test]
fn forbidden_texts_are_shown_with_their_place() {
    for (text, file, other_file) in [
        (concat!("see ../", "shared/x"), "docs/a.md", ".ci/run"),
        (concat!("#[", "ignore]"), "crates/app/src/lib.rs", "docs/a.md"),
        (concat!("#[", "ignore = \"slow\"]"), "crates/app/src/lib.rs", "docs/a.md"),
        (concat!("join(\"tar", "get/x\")"), "xtask/src/size.rs", "crates/app/src/lib.rs"),
        (
            "unsafe { call() }",
            "crates/bindings/src/lib.rs",
            "crates/adapters/wallet-ios/src/lib.rs",
        ),
    ] {
        let text = format!("fine\n{text}\n");
        let found = forbidden_texts(file, &text);
        assert!(found.len() == 1 && found[0].starts_with(&format!("{file}:2 ")), "{found:?}");
        assert_eq!(forbidden_texts(other_file, &text), [""; 0]);
    }
}

use serde_json::{Value, json};

use super::*;

/// A workspace of packages that all lie in it.
fn workspace(packages: &[Value], nodes: &[Value]) -> Metadata {
    let ids: Vec<_> = packages.iter().map(|package| &package["id"]).collect();
    serde_json::from_value(json!({
        "workspace_root": "/w",
        "workspace_members": ids,
        "packages": packages,
        "resolve": { "nodes": nodes },
    }))
    .unwrap()
}

/// A package that is named like the last part of its folder.
fn package(folder: &str, dependencies: &[Value]) -> Value {
    json!({
        "id": folder,
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
    broken_arrows(&workspace(packages, &[]))
}

#[test]
fn arrows_that_point_inwards_are_allowed() {
    let registry = json!({ "kind": null, "path": null });
    assert_eq!(
        broken(&[
            package("crates/domain", &[registry]),
            package("crates/ports", &[uses("crates/domain")]),
            package("crates/testkit", &[uses("crates/ports")]),
            package(
                "crates/adapters/bff-http",
                &[uses("crates/ports"), tests_use("crates/testkit")]
            ),
            package("crates/app", &[uses("crates/ports"), tests_use("crates/adapters/bff-http")]),
            package("crates/cli", &[uses("crates/app"), uses("crates/adapters/bff-http")]),
        ]),
        [""; 0]
    );
}

#[test]
fn an_arrow_that_points_outwards_is_told_with_both_crates() {
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
fn app_and_adapters_do_not_know_each_other() {
    assert_eq!(
        broken(&[
            package("crates/app", &[uses("crates/adapters/cache-sled")]),
            package("crates/adapters/cache-sled", &[uses("crates/app")]),
            package(
                "crates/adapters/bff-http",
                &[
                    uses("crates/adapters/cache-sled"),
                    tests_use("crates/adapters/cache-sled"),
                    json!({ "kind": "build", "path": "/w/crates/app" }),
                ]
            ),
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
            "misc lies in crates/misc, which is in no layer",
            "x lies in crates/domain/x, which is in no layer",
        ]
    );
}

#[test]
fn every_layer_speaks_of_layers_that_exist() {
    let names: Vec<_> = LAYERS.iter().map(|layer| layer.name).collect();
    for layer in LAYERS {
        for used in layer.uses.iter().chain(layer.tests_use) {
            assert!(names.contains(used), "{used} in {}", layer.name);
        }
    }
}

#[test]
fn a_stranger_in_the_domain_is_told_with_what_brings_it() {
    let node = |id: &str, deps: &[(&str, Option<&str>)]| {
        let deps: Vec<_> = deps
            .iter()
            .map(|(pkg, kind)| json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] }))
            .collect();
        json!({ "id": id, "deps": deps })
    };
    let metadata = workspace(
        &[
            package("crates/domain", &[]),
            package("registry/thiserror", &[]),
            package("registry/tokio", &[]),
            package("registry/mio", &[]),
            package("registry/proptest", &[]),
        ],
        &[
            node(
                "crates/domain",
                &[("registry/thiserror", None), ("registry/proptest", Some("dev"))],
            ),
            node("registry/thiserror", &[("registry/tokio", None)]),
            node("registry/tokio", &[("registry/mio", None)]),
        ],
    );
    assert_eq!(
        strangers_in_domain(&metadata),
        ["domain must not be built from tokio, which thiserror brings"]
    );
}

#[test]
fn only_foreign_code_may_set_lints_of_its_own() {
    let keeps = "[package]\nname = \"x\"\n\n[lints]\nworkspace = true\n";
    let drops = "[package]\nname = \"x\"\n\n[lints.rust]\nunsafe_code = \"allow\"\n";
    assert_eq!(dropped_lints("crates/app", keeps), None);
    assert!(dropped_lints("crates/app", drops).is_some_and(|text| text.contains("crates/app")));
    assert!(dropped_lints("crates/adapters/bff-http", "").is_some());
    assert_eq!(dropped_lints("crates/adapters/wallet-ios", drops), None);
    assert_eq!(dropped_lints("crates/bindings", drops), None);
}

#[test]
fn every_workspace_forbids_unsafe_code() {
    for file in ["Cargo.toml", "crates/verification/fuzz/targets/Cargo.toml"] {
        assert_eq!(lifted_ban(file, "[x]\nunsafe_code = \"forbid\"\n"), None);
        for text in ["", "[x]\nunsafe_code = \"warn\"\n", "[x]\n# unsafe_code = \"forbid\"\n"] {
            assert!(lifted_ban(file, text).is_some_and(|told| told.starts_with(file)), "{text}");
        }
    }
}

#[test]
fn every_manifest_has_a_folder() {
    for (file, folder) in [
        ("Cargo.toml", Some("")),
        ("crates/verification/fuzz/targets/Cargo.toml", Some("crates/verification/fuzz/targets")),
        ("crates/app/Cargo.toml", Some("crates/app")),
        ("docs/NotCargo.toml", None),
    ] {
        assert_eq!(folder_of_manifest(file), folder, "{file}");
    }
}

#[test]
fn the_top_level_holds_what_it_may() {
    assert_eq!(
        strange_entries(&["Cargo.toml", "crates/app/notes.txt", "notes.txt", "src/a", "src/b"]),
        ["notes.txt has no place at the top level", "src has no place at the top level",]
    );
}

#[test]
fn forbidden_texts_are_told_with_their_place() {
    let line = |text: &str| format!("fine\n{text}\n");
    let outside = line(concat!("see ../", "shared/x"));
    assert_eq!(forbidden_texts("docs/a.md", &outside).len(), 1);
    assert_eq!(forbidden_texts(".ci/run", &outside), [""; 0]);
    for text in [
        concat!("todo", "!(\"later\")"),
        concat!("dbg", "!(x)"),
        concat!("#[", "ignore]"),
        concat!("#[", "ignore = \"slow\"]"),
    ] {
        let told = forbidden_texts("crates/app/src/lib.rs", &line(text));
        assert!(told.len() == 1 && told[0].starts_with("crates/app/src/lib.rs:2 "), "{told:?}");
        assert_eq!(forbidden_texts("docs/a.md", &line(text)), [""; 0]);
    }
    let call = line("unsafe { call() }");
    assert_eq!(forbidden_texts("crates/bindings/src/ports/bff.rs", &call).len(), 1);
    assert_eq!(forbidden_texts("crates/adapters/wallet-ios/src/apple/sheet.rs", &call), [""; 0]);
}

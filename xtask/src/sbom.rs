//! What each crate is built from, as a bill of materials in CycloneDX's format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Failure;
use crate::ci::Ended;
use crate::command::{cargo, has_cargo_tool, workspace_root};
use crate::metadata::Metadata;

/// Where the bills go, one a crate.
pub(crate) const FOLDER: &str = "target/sbom";
/// The name that cargo-cyclonedx is told, without `.json`; it writes beside each manifest.
const NAME: &str = "sbom.cdx";

/// Writes the bills, or says that there is no tool for it.
pub(crate) fn check() -> Result<Ended, Failure> {
    if !has_cargo_tool("cyclonedx") {
        return Ok(Ended::Skipped("no cargo-cyclonedx".into()));
    }
    write()?;
    Ok(Ended::Passed)
}

/// Writes a bill for each crate of the workspace, for all platforms, and checks it.
pub(crate) fn write() -> Result<(), Failure> {
    cargo(&format!(
        "cyclonedx --quiet --format json --spec-version 1.5 --target all --override-filename {NAME}"
    ))
    .run()?;
    let folder = workspace_root().join(FOLDER);
    fs::create_dir_all(&folder)?;
    let mut faults = Vec::new();
    let mut named = BTreeSet::new();
    let metadata = Metadata::of_this_workspace()?;
    for package in metadata.members() {
        let beside = Path::new(metadata.folder(package)).join(format!("{NAME}.json"));
        let path = folder.join(format!("{}.cdx.json", package.name));
        let beside = workspace_root().join(beside);
        // Its references name the folder of each crate, which is nobody's business.
        let text =
            fs::read_to_string(&beside)?.replace(&format!("{}/", workspace_root().display()), "");
        fs::remove_file(beside)?;
        fs::write(&path, &text)?;
        let bill: Bill = serde_json::from_str(&text)
            .map_err(|error| format!("the bill of {}: {error}", package.name))?;
        faults.extend(bill.faults(&package.name));
        named.extend(bill.components.into_iter().filter_map(|component| component.purl));
    }
    if faults.is_empty() {
        println!("{FOLDER} names {} components", named.len());
        return Ok(());
    }
    Err(faults.join("\n").into())
}

/// A bill of materials, as far as it is checked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bill {
    bom_format: String,
    spec_version: String,
    metadata: About,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct About {
    component: Component,
}

#[derive(Deserialize)]
struct Component {
    name: String,
    #[serde(default)]
    version: String,
    purl: Option<String>,
    #[serde(default)]
    licenses: Vec<serde_json::Value>,
}

impl Bill {
    /// What is wrong with the bill of this package.
    fn faults(&self, package: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("the bill of {package}: {what}"));
            }
        };
        expect(self.bom_format == "CycloneDX", "bomFormat is not CycloneDX");
        expect(self.spec_version == "1.5", "specVersion is not 1.5");
        let about = &self.metadata.component;
        expect(about.name == package, "it is about another package");
        for Component { name, version, purl, licenses } in self.components.iter().chain([about]) {
            let expected = format!("pkg:cargo/{name}@{version}");
            let is_named = purl.as_ref().is_some_and(|purl| purl.starts_with(&expected));
            expect(!version.is_empty() && is_named, &format!("{name} has no purl of its version"));
            expect(!licenses.is_empty(), &format!("{name} has no licence"));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn component(name: &str) -> Value {
        json!({
            "name": name,
            "version": "1.0.0",
            "purl": format!("pkg:cargo/{name}@1.0.0"),
            "licenses": [{ "expression": "MIT" }],
        })
    }

    fn faults(change: impl Fn(&mut Value)) -> Vec<String> {
        let mut bill = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "metadata": { "component": component("x") },
            "components": [component("serde")],
        });
        change(&mut bill);
        serde_json::from_value::<Bill>(bill).unwrap().faults("x")
    }

    #[test]
    fn a_bill_names_versions_and_licences() {
        assert_eq!(faults(|_| {}), [""; 0]);
        let told = |change: fn(&mut Value)| faults(change).join("\n");
        assert!(told(|bill| bill["bomFormat"] = "SPDX".into()).contains("bomFormat"));
        assert!(told(|bill| bill["specVersion"] = "1.3".into()).contains("specVersion"));
        let named = |name: &str| json!({ "component": component(name) });
        assert!(faults(|bill| bill["metadata"] = named("y"))[0].contains("another package"));
        assert!(told(|bill| bill["components"][0]["purl"] = Value::Null).contains("serde"));
        let older = "pkg:cargo/serde@0.9.0";
        assert!(faults(|bill| bill["components"][0]["purl"] = older.into())[0].contains("purl"));
        assert!(told(|bill| bill["components"][0]["licenses"] = json!([])).contains("licence"));
    }
}

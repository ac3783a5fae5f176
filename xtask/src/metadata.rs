//! The workspace as `cargo metadata` describes it, as far as a rule needs it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::TaskError;
use crate::command::cargo;

/// The workspace.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    workspace_root: String,
    packages: Vec<Package>,
}

/// A package of the workspace.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
    /// The registries that it may go to, if they are limited. An empty list means `publish = false`.
    publish: Option<Vec<String>>,
    pub(crate) description: Option<String>,
    /// The public address of the sources; empty as long as there is none.
    pub(crate) repository: Option<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    /// The page that a registry shows, relative to the package's folder.
    pub(crate) readme: Option<String>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
}

/// A dependency as a manifest declares it, optional and platform-specific ones included.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    kind: Option<String>,
    path: Option<String>,
}

impl Dependency {
    /// Whether only tests, benches and examples use it.
    pub(crate) fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

impl Package {
    /// Whether it is published for client teams.
    pub(crate) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn of_this_workspace() -> Result<Self, TaskError> {
        let json = cargo("metadata --format-version 1 --no-deps").output()?;
        Ok(serde_json::from_str(&json)?)
    }

    /// The packages of the workspace.
    pub(crate) fn members(&self) -> &[Package] {
        &self.packages
    }

    /// The folder of a package in the workspace, such as `crates/domain`.
    pub(crate) fn folder<'a>(&self, package: &'a Package) -> &'a str {
        let manifest = Path::new(&package.manifest_path);
        self.relative(manifest.parent().unwrap_or(manifest))
    }

    /// The packages of the workspace that this one declares as dependencies.
    pub(crate) fn uses<'a>(
        &'a self,
        package: &'a Package,
    ) -> impl Iterator<Item = (&'a Package, &'a Dependency)> {
        package.dependencies.iter().filter_map(|dependency| {
            let folder = self.relative(Path::new(dependency.path.as_ref()?));
            let used = self.packages.iter().find(|used| self.folder(used) == folder)?;
            Some((used, dependency))
        })
    }

    fn relative<'a>(&self, path: &'a Path) -> &'a str {
        let inside = path.strip_prefix(&self.workspace_root).unwrap_or(path);
        inside.to_str().unwrap_or_default()
    }
}

//! The workspace as `cargo metadata` describes it, as far as a rule needs it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Failure;
use crate::command::cargo;

/// The answer of `cargo metadata`.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    workspace_root: String,
    workspace_members: Vec<String>,
    packages: Vec<Package>,
    resolve: Resolve,
}

/// A package, of the workspace or of a registry.
#[derive(Deserialize)]
pub(crate) struct Package {
    id: String,
    /// Its name.
    pub(crate) name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
    /// The registries that it may go to; none at all = it is not published.
    publish: Option<Vec<String>>,
    /// What it is, in one line.
    pub(crate) description: Option<String>,
    /// The words that it is found by.
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    /// Where a registry lists it.
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    /// The page that a registry shows, seen from its folder.
    pub(crate) readme: Option<String>,
}

/// A dependency as a manifest declares it, optional and platform-specific ones included.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    kind: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

impl Dependency {
    /// Whether only tests, benches and examples use it.
    pub(crate) fn is_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

impl Package {
    /// Whether it is meant for client teams.
    pub(crate) fn is_published(&self) -> bool {
        self.publish.as_ref().is_none_or(|registries| !registries.is_empty())
    }
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn of_this_workspace() -> Result<Self, Failure> {
        let json = cargo("metadata --format-version 1 --all-features").output()?;
        Ok(serde_json::from_str(&json)?)
    }

    /// The packages of the workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
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
            let used = self.members().find(|used| self.folder(used) == folder)?;
            Some((used, dependency))
        })
    }

    /// The names of everything that is built into a package, directly or not, with the names of
    /// what brings it.
    pub(crate) fn built_into<'a>(&'a self, package: &'a Package) -> BTreeMap<&'a str, &'a str> {
        let mut brought = BTreeMap::new();
        let mut open = vec![package];
        while let Some(user) = open.pop() {
            let node = self.resolve.nodes.iter().find(|node| node.id == user.id);
            let edges = node.map_or(&[][..], |node| &node.deps);
            for edge in edges.iter().filter(|edge| edge.is_built_in()) {
                let used = self.packages.iter().find(|used| used.id == edge.pkg);
                if let Some(used) = used
                    && brought.insert(used.name.as_str(), user.name.as_str()).is_none()
                {
                    open.push(used);
                }
            }
        }
        brought
    }

    fn relative<'a>(&self, path: &'a Path) -> &'a str {
        let inside = path.strip_prefix(&self.workspace_root).unwrap_or(path);
        inside.to_str().unwrap_or_default()
    }
}

impl Edge {
    fn is_built_in(&self) -> bool {
        self.dep_kinds.iter().any(|kind| kind.kind.as_deref() != Some("dev"))
    }
}

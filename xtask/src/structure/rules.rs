//! The rules, as tables.

/// A set of crates and what it may use.
pub(super) struct Layer {
    /// Its name in these rules.
    pub(super) name: &'static str,
    /// The folder of its crate, or of its crates when it ends in `/*`.
    pub(super) folder: &'static str,
    /// The layers that its code may use.
    pub(super) uses: &'static [&'static str],
    /// The layers that its tests, benches and examples may use beside them.
    pub(super) tests_use: &'static [&'static str],
}

/// `domain <- ports <- {app, adapters, testkit}`: an adapter uses neither the app nor another
/// adapter, and the app uses no adapter. Tests may use real parts; the tests of domain and ports may
/// not, so that each can be tested by itself.
pub(super) const LAYERS: &[Layer] = &[
    layer("domain", "crates/domain", &[], &[]),
    layer("ports", "crates/ports", &["domain"], &[]),
    layer("testkit", "crates/testkit", &["domain", "ports"], &[]),
    layer("adapter", "crates/adapters/*", &["domain", "ports"], &["testkit", "backend"]),
    layer("recording", "crates/recording", &["domain"], &[]),
    layer(
        "app",
        "crates/app",
        &["domain", "ports", "recording"],
        &["testkit", "adapter", "backend"],
    ),
    layer("bff", "crates/bff", &["domain"], &["backend"]),
    layer("backend", "crates/backend", &["domain", "bff"], &[]),
    layer("texts", "crates/texts", &["domain"], &[]),
    layer("front door", "crates/digital-key", EVERYTHING, &[]),
    layer("bindings", "crates/bindings", EVERYTHING, &[]),
    layer("cli", "crates/cli", COMMAND, &[]),
    layer("acceptance", "crates/acceptance", EVERYTHING, &["playground"]),
    layer("playground", "crates/playground", &["domain", "exploration", "recording", "texts"], &[]),
    layer("playground's bindgen", "crates/playground/bindgen", &[], &[]),
    layer("model", "crates/verification/model", &["domain"], &["recording"]),
    layer("exploration", "crates/verification/exploration", &["domain"], &[]),
    layer(
        "simulator",
        "crates/verification/simulator",
        &["domain", "ports", "recording", "app", "model"],
        &[],
    ),
    layer("fuzz", "crates/verification/fuzz", EVERYTHING, &[]),
    layer("xtask", "xtask", &["domain", "exploration", "texts"], &[]),
];

/// A row of the table.
const fn layer(
    name: &'static str,
    folder: &'static str,
    uses: &'static [&'static str],
    tests_use: &'static [&'static str],
) -> Layer {
    Layer { name, folder, uses, tests_use }
}

/// The layers that a program uses, which connects the parts.
const EVERYTHING: &[&str] = &[
    "domain",
    "ports",
    "recording",
    "testkit",
    "adapter",
    "app",
    "bff",
    "backend",
    "front door",
    "texts",
];

/// The layers that the command uses: it also judges recordings, and shows them in the playground.
const COMMAND: &[&str] = &[
    "domain",
    "ports",
    "testkit",
    "adapter",
    "app",
    "bff",
    "backend",
    "front door",
    "texts",
    "recording",
    "model",
    "playground",
];

/// The packages that may be built into the domain: thiserror, and those of its macro.
pub(super) const DOMAIN_IS_BUILT_FROM: &[&str] =
    &["proc-macro2", "quote", "syn", "thiserror", "thiserror-impl", "unicode-ident"];

/// The crates that talk to foreign code and may set lints of their own for that.
pub(super) const MAY_USE_UNSAFE: &[&str] = &["crates/adapters/wallet-ios", "crates/bindings"];

/// The entries of the top level: the product's parts, and files that tools look for there.
pub(super) const TOP_LEVEL: &[&str] = &[
    ".cargo",
    ".ci",
    ".gitattributes",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "crates",
    "deny.toml",
    "docs",
    "rustfmt.toml",
    "xtask",
];

/// A text that must not be in a tracked file.
pub(super) struct ForbiddenText {
    pub(super) text: &'static str,
    /// The start of the files' paths that the rule is about; empty = all of them.
    folder: &'static str,
    /// The end of the files' names that the rule is about.
    files: &'static str,
    /// The start of the paths that the rule is not about.
    except: Option<&'static str>,
    pub(super) why: &'static str,
}

impl ForbiddenText {
    pub(super) fn is_about(&self, file: &str) -> bool {
        let is_excepted = self.except.is_some_and(|start| file.starts_with(start));
        file.starts_with(self.folder) && file.ends_with(self.files) && !is_excepted
    }
}

/// The texts are cut in two here, so that this file keeps the rules as well. clippy forbids `todo!`
/// and `dbg!`.
pub(super) const FORBIDDEN_TEXTS: &[ForbiddenText] = &[
    ForbiddenText {
        text: concat!("../", "shared"),
        folder: "",
        files: "",
        except: Some(".ci/"),
        why: "the project stands alone",
    },
    ForbiddenText {
        text: concat!("#[", "ignore"),
        folder: "",
        files: ".rs",
        except: None,
        why: "a test runs or does not exist",
    },
    ForbiddenText {
        text: concat!("\"tar", "get/"),
        folder: "xtask/",
        files: ".rs",
        except: None,
        why: "`command::target_folder` obeys CARGO_TARGET_DIR",
    },
    ForbiddenText {
        text: "unsafe",
        folder: "crates/bindings/src/",
        files: ".rs",
        except: None,
        why: "UniFFI's macros write what is needed",
    },
];

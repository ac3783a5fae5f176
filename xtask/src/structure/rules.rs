//! The rules, as tables.

/// A set of crates and what it may know.
pub(super) struct Layer {
    /// What the rules call it.
    pub(super) name: &'static str,
    /// Where its crate lies, or its crates when it ends in `/*`.
    pub(super) folder: &'static str,
    /// The layers that its code may use.
    pub(super) uses: &'static [&'static str],
    /// The layers that its tests, benches and examples may use beside them.
    pub(super) tests_use: &'static [&'static str],
}

/// `domain <- ports <- {app, adapters, testkit}`: an adapter knows neither the app nor another
/// adapter, and the app knows no adapter. Tests may put real parts together; the tests of what
/// stands at the bottom may not, so that it can be tested by itself.
pub(super) const LAYERS: &[Layer] = &[
    Layer { name: "domain", folder: "crates/domain", uses: &[], tests_use: &[] },
    Layer { name: "ports", folder: "crates/ports", uses: &["domain"], tests_use: &[] },
    Layer { name: "model", folder: "crates/verification/model", uses: &["domain"], tests_use: &[] },
    Layer { name: "testkit", folder: "crates/testkit", uses: &["domain", "ports"], tests_use: &[] },
    Layer {
        name: "adapter",
        folder: "crates/adapters/*",
        uses: &["domain", "ports"],
        tests_use: &["testkit", "backend"],
    },
    Layer {
        name: "app",
        folder: "crates/app",
        uses: &["domain", "ports"],
        tests_use: &["testkit", "adapter", "backend"],
    },
    Layer {
        name: "simulator",
        folder: "crates/verification/simulator",
        uses: &["domain", "ports", "app", "model"],
        tests_use: &[],
    },
    Layer {
        name: "exploration",
        folder: "crates/verification/exploration",
        uses: &["domain"],
        tests_use: &[],
    },
    Layer { name: "backend", folder: "crates/backend", uses: &["domain"], tests_use: &[] },
    Layer { name: "front door", folder: "crates/digital-key", uses: EVERYTHING, tests_use: &[] },
    Layer { name: "acceptance", folder: "crates/acceptance", uses: EVERYTHING, tests_use: &[] },
    Layer { name: "cli", folder: "crates/cli", uses: EVERYTHING, tests_use: &[] },
    Layer { name: "fuzz", folder: "crates/verification/fuzz", uses: EVERYTHING, tests_use: &[] },
    Layer { name: "bindings", folder: "crates/bindings", uses: EVERYTHING, tests_use: &[] },
    Layer { name: "xtask", folder: "xtask", uses: &["domain"], tests_use: &[] },
];

/// What the programs know that put the parts together.
const EVERYTHING: &[&str] =
    &["domain", "ports", "testkit", "adapter", "app", "backend", "front door"];

/// All that may be built into the domain: thiserror, and what its macro is made of.
pub(super) const DOMAIN_IS_BUILT_FROM: &[&str] =
    &["proc-macro2", "quote", "syn", "thiserror", "thiserror-impl", "unicode-ident"];

/// The crates that talk to foreign code and may set lints of their own for that.
pub(super) const MAY_USE_UNSAFE: &[&str] = &["crates/adapters/wallet-ios", "crates/bindings"];

/// All that may stand at the top level: the product's parts, and what tools look for there.
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
    /// The folder that the rule is about; empty = all of them.
    pub(super) folder: &'static str,
    /// How the names of the files end that the rule is about.
    pub(super) files: &'static str,
    /// A folder that the rule is not about.
    pub(super) except: Option<&'static str>,
    pub(super) why: &'static str,
}

/// The texts are cut in two here, so that this file keeps the rule as well.
pub(super) const FORBIDDEN_TEXTS: &[ForbiddenText] = &[
    ForbiddenText {
        text: concat!("../", "shared"),
        folder: "",
        files: "",
        except: Some(".ci/"),
        why: "the project stands alone",
    },
    ForbiddenText {
        text: concat!("todo", "!("),
        folder: "",
        files: ".rs",
        except: None,
        why: "finish it or leave it out",
    },
    ForbiddenText {
        text: concat!("dbg", "!("),
        folder: "",
        files: ".rs",
        except: None,
        why: "it was for a look by hand",
    },
    ForbiddenText {
        text: concat!("#[", "ignore"),
        folder: "",
        files: ".rs",
        except: None,
        why: "a test runs or does not exist",
    },
    ForbiddenText {
        text: "unsafe",
        folder: "crates/bindings/src/",
        files: ".rs",
        except: None,
        why: "UniFFI's macros write what is needed, and nobody else does",
    },
];

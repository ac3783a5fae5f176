//! A client's adapter has the contract of the core's port: both state the same MUST sentences.

use std::collections::BTreeSet;

/// The words of the contracts in Rust, and what they mean for an adapter in any language. The bridge
/// adds the operation to an error.
const TRANSLATIONS: [(&str, &str); 7] = [
    ("[`VehicleRecord::apply`]", "`apply_change`"),
    ("A call that was answered with `Ok`", "A call that has succeeded"),
    ("A call whose future is dropped", "A call that is cancelled"),
    ("A dropped call", "A cancelled call"),
    ("until its future has ended", "until it has ended"),
    ("Errors and `Debug` MUST", "Errors MUST"),
    (
        "An error MUST name the operation and say whether trying again can help. It MUST hold",
        "An error MUST hold",
    ),
];

/// The documentation of a trait and its methods, each paragraph and each item on one line.
fn documentation(source: &str, name: &str) -> String {
    let (before, after) = source.split_once(&format!("pub trait {name}")).unwrap();
    let of_the_trait = before.rsplit_once("\n\n").unwrap().1;
    let of_the_methods = after.split_once("\n}\n").unwrap().0;
    let lines = of_the_trait.lines().chain(of_the_methods.lines());
    let lines = lines.map(|line| match line.trim().strip_prefix("///").map(str::trim) {
        Some(doc) if doc.starts_with("- ") => format!("\n{}", &doc[2..]),
        Some(doc) if !doc.is_empty() => format!(" {doc}"),
        _ => "\n".to_owned(),
    });
    lines.collect()
}

/// The documentation as a client's interface states it: without Rust's words and links.
fn translated(documentation: String) -> String {
    let text = TRANSLATIONS.iter().fold(documentation, |it, (from, to)| it.replace(from, to));
    let mut parts = text.split("[`");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        let (link, rest) = part.split_once("`]").unwrap();
        format!("{plain}`{}`{rest}", link.rsplit("::").next().unwrap_or(link))
    })
}

fn musts(documentation: &str) -> BTreeSet<String> {
    let sentences = documentation.replace(". ", ".\n");
    let sentences = sentences.lines().map(str::trim).filter(|it| it.contains("MUST"));
    sentences.map(str::to_owned).collect()
}

#[track_caller]
fn assert_same(name: &str, foreign: &str, core: &str) {
    let core = musts(&translated(documentation(core, name)));
    let foreign = musts(&documentation(foreign, name));
    assert!(!core.is_empty(), "{name} has no contract");
    let missing: Vec<_> = core.difference(&foreign).collect();
    let unknown: Vec<_> = foreign.difference(&core).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:#?}, more: {unknown:#?}");
}

macro_rules! same_contract {
    ($($test:ident: $name:literal in $foreign:literal and $core:literal;)*) => {$(
        #[test]
        fn $test() {
            assert_same($name, include_str!($foreign), include_str!($core));
        }
    )*};
}

same_contract! {
    bff: "Bff" in "bff.rs" and "../../../ports/src/bff.rs";
    cache: "Cache" in "cache.rs" and "../../../ports/src/cache.rs";
    wallet: "Wallet" in "wallet.rs" and "../../../ports/src/wallet.rs";
    apple_pairing: "ApplePairing" in "apple_pairing.rs" and "../../../ports/src/apple_pairing.rs";
    app_lifecycle: "AppLifecycle" in "app_lifecycle.rs" and "../../../ports/src/app_lifecycle.rs";
    token_provider: "TokenProvider" in "bff.rs" and "../../../adapters/bff-http/src/token.rs";
    http_transport: "HttpTransport" in "http.rs"
        and "../../../adapters/bff-http/src/transport.rs";
    data_key_source: "DataKeySource" in "../data_key.rs"
        and "../../../adapters/cache-sled/src/key/mod.rs";
}

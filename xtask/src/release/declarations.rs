//! What a client team in another language must change since the last release.
//!
//! cargo-semver-checks sees Rust only. All packages are made of the same crate, so the listing of
//! one is enough: that of Swift.

use std::collections::BTreeSet;

/// The listing, seen from the workspace's root.
pub(super) const LISTING: &str = "crates/bindings/api/swift.txt";

/// The declarations of a listing, each with the name of its type or free function.
type Declarations<'a> = BTreeSet<(&'a str, String)>;

/// What a client team has to change between two listings: what is gone or different, and what has to
/// be added, which is a method of an adapter or a case of an enumeration.
pub(super) fn changes(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (declarations(old), declarations(new));
    let has_to_be_added = |(owner, text): &&(&str, String)| {
        let heads = || old.iter().filter(|(of, _)| of == owner);
        let is_protocol = || heads().any(|(_, head)| head.starts_with("protocol "));
        heads().next().is_some() && (text.starts_with("case ") || is_protocol())
    };
    let gone =
        old.difference(&new).map(|(owner, text)| format!("{owner} has no `{text}` any more"));
    let added = new.difference(&old).filter(has_to_be_added);
    gone.chain(added.map(|(owner, text)| format!("{owner} has a new `{text}`"))).collect()
}

fn declarations(listing: &str) -> Declarations<'_> {
    let mut found = BTreeSet::new();
    let mut owner = "";
    // The first line says who wrote the listing.
    let mut lines = listing.lines().skip(1).filter(|line| !line.trim().starts_with("///"));
    while let Some(line) = lines.next() {
        if let Some((_, name)) = line.split_once(' ').filter(|(kind, _)| !kind.is_empty()) {
            owner = name.split([':', '(', ' ']).next().unwrap_or(name);
        }
        let mut text = line.trim().to_owned();
        // The parameters of a long declaration are on lines of their own.
        while text.ends_with(['(', ','])
            && let Some(parameter) = lines.next()
        {
            text = format!("{text} {}", parameter.trim());
        }
        if !text.is_empty() {
            found.insert((owner, text));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING_BEFORE: &str = "\
Written by `cargo xtask codegen bindings`.

/// What a wallet does.
protocol Wallet: AnyObject
    /// Opens it.
    func open(key: String) async throws

class App: Sendable
    func dispatch()

enum Tap: Equatable
    case retry
    case select(
        vin: Vin,
    )

func first() -> Record
";

    fn after(from: &str, to: &str) -> Vec<String> {
        let changed = LISTING_BEFORE.replacen(from, to, 1);
        assert_ne!(changed, LISTING_BEFORE);
        changes(LISTING_BEFORE, &changed)
    }

    #[test]
    fn a_declaration_that_is_gone_or_different_is_listed_with_its_type() {
        assert_eq!(changes(LISTING_BEFORE, LISTING_BEFORE), [""; 0]);
        assert_eq!(after("    case retry\n", ""), ["Tap has no `case retry` any more"]);
        assert_eq!(
            after("func dispatch()", "func dispatch(x: Int)"),
            ["App has no `func dispatch()` any more"]
        );
        assert_eq!(
            after("func first()", "func newest()"),
            ["first has no `func first() -> Record` any more"]
        );
        assert_eq!(
            after("vin: Vin", "vin: String"),
            [
                "Tap has no `case select( vin: Vin, )` any more",
                "Tap has a new `case select( vin: String, )`"
            ]
        );
    }

    #[test]
    fn a_declaration_that_a_client_has_to_add_is_listed() {
        assert_eq!(after("retry\n", "retry\n    case stop\n"), ["Tap has a new `case stop`"]);
        assert_eq!(
            after("async throws\n", "async throws\n    func close()\n"),
            ["Wallet has a new `func close()`"]
        );
    }

    #[test]
    fn a_change_that_a_client_may_ignore_is_not_listed() {
        assert_eq!(after("dispatch()\n", "dispatch()\n    func stop()\n"), [""; 0]);
        assert_eq!(after("Opens it.", "Shows it."), [""; 0]);
        assert_eq!(after("enum Tap", "enum New\n    case a\n\nenum Tap"), [""; 0]);
        assert_eq!(after("func first()", "func first() -> Record\nfunc second()"), [""; 0]);
    }
}

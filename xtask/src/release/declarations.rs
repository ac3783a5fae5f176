//! What the packages for other languages declare, compared with the last release.
//!
//! cargo-semver-checks sees Rust only. All packages are made of the same crate, so one of their
//! sources tells about all of them: Swift's, whose declarations are the most regular.

use std::collections::BTreeSet;

/// The source, seen from the workspace's root.
pub(super) const SOURCE: &str =
    "crates/bindings/packages/swift/Sources/DigitalKey/DigitalKey.swift";

/// What is public and yet no client's business: the code that carries values across.
const INTERNAL: [&str; 6] =
    ["FfiConverter", "NoHandle", "RustBuffer", "Uniffi", "uniffi", "unsafeFromHandle"];

/// What a function stands in that stands in no type.
const PACKAGE: &str = "the package";

/// What one source declares, each with the type that it stands in.
type Declarations<'a> = BTreeSet<(&'a str, String)>;

/// What a client team sees change between two sources: a declaration that is gone or another one,
/// and what it has to add, which is a method of its adapters or a case that it handles.
pub(super) fn changes(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (without_comments(old), without_comments(new));
    let (old, new) = (declarations(&old), declarations(&new));
    let had = |name: &str| old.iter().any(|(of, _)| *of == name);
    let is_asked = |(name, what): &&(&str, String)| {
        // The protocols of this name are UniFFI's, and mirror a class.
        had(name) && (is_requirement(what) && !name.ends_with("Protocol") || is_case(what))
    };
    let gone = old.difference(&new).map(|(name, what)| format!("{name} has no `{what}` any more"));
    let asked = new.difference(&old).filter(is_asked);
    gone.chain(asked.map(|(name, what)| format!("{name} has a new `{what}`"))).collect()
}

fn declarations(source: &str) -> Declarations<'_> {
    let mut found = BTreeSet::new();
    let mut name = PACKAGE;
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        // Methods may stand at the left edge, too, but those of classes are `open`.
        let is_free = line.starts_with("public func ");
        name = if is_free { PACKAGE } else { type_at(line).unwrap_or(name) };
        if !is_declaration(line.trim()) {
            continue;
        }
        let mut whole = head(line).to_owned();
        while depth(&whole) > 0
            && let Some(next) = lines.next()
        {
            whole = format!("{whole} {}", head(next));
        }
        let whole = whole.split_whitespace().collect::<Vec<_>>().join(" ");
        if !INTERNAL.iter().any(|it| whole.contains(it) || name.contains(it)) {
            found.insert((name, whole));
        }
    }
    found
}

/// The type that begins in this line, which stands at its left edge.
fn type_at(line: &str) -> Option<&str> {
    let is_access = |word: &&str| matches!(*word, "fileprivate" | "open" | "private" | "public");
    let mut words = line.split(' ').skip_while(is_access);
    matches!(words.next()?, "class" | "enum" | "extension" | "protocol" | "struct").then_some(())?;
    words.next()?.split([':', '<']).next()
}

fn is_declaration(line: &str) -> bool {
    let is_public = line.starts_with("public ") || line.starts_with("open ");
    is_public || is_requirement(line) || is_case(line)
}

/// Whether a protocol asks for this method.
fn is_requirement(line: &str) -> bool {
    line.starts_with("func ")
}

/// Whether it is a case of an enumeration, and not of a `switch`.
fn is_case(line: &str) -> bool {
    let name = line.strip_prefix("case ").filter(|name| !name.starts_with("let "));
    name.is_some_and(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
}

/// A line without the body that begins in it.
fn head(line: &str) -> &str {
    line.split('{').next().unwrap_or(line)
}

/// How many parentheses are open.
fn depth(text: &str) -> usize {
    text.matches('(').count().saturating_sub(text.matches(')').count())
}

fn without_comments(source: &str) -> String {
    let mut parts = source.split("/*");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += part.split_once("*/").map_or("", |(_, after)| after);
    }
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE_BEFORE: &str = "
public protocol Wallet: AnyObject, Sendable {
    /** Opens it (in the wallet). */
    func open(key: String) async throws
}
public protocol AppProtocol: AnyObject {
    func dispatch()
}
open class App: AppProtocol {
    required public init(unsafeFromHandle handle: UInt64) {
    // public func old()
open func dispatch()  {try! rustCall() {
    switch x {
    case .a: return
    case let b: return
    }
}}
}
public enum Tap: Equatable {
    case retry
    case select(
        /**
         * Which (one).
         */vin: Vin
    )
}
public
enum AppError: Swift.Error {
    case ShutDown
    case refused
}
public struct FfiConverterTypeTap: FfiConverter {
    public static func read() {
}
fileprivate extension RustBuffer {
    func deallocate() {
}
public func initialRecord() -> Record  {
";

    fn after(from: &str, to: &str) -> Vec<String> {
        let changed = SOURCE_BEFORE.replacen(from, to, 1);
        assert_ne!(changed, SOURCE_BEFORE);
        changes(SOURCE_BEFORE, &changed)
    }

    #[test]
    fn what_is_gone_or_another_one_is_told_with_its_type() {
        assert_eq!(changes(SOURCE_BEFORE, SOURCE_BEFORE), [""; 0]);
        assert_eq!(after("    case retry\n", ""), ["Tap has no `case retry` any more"]);
        assert_eq!(after("    case refused\n", ""), ["AppError has no `case refused` any more"]);
        assert_eq!(
            after("open func dispatch()", "open func dispatch(x: Int)"),
            ["App has no `open func dispatch()` any more"]
        );
        assert_eq!(
            after("public func initialRecord", "public func first"),
            ["the package has no `public func initialRecord() -> Record` any more"]
        );
        assert_eq!(
            after("vin: Vin", "vin: String"),
            [
                "Tap has no `case select( vin: Vin )` any more",
                "Tap has a new `case select( vin: String )`"
            ]
        );
    }

    #[test]
    fn what_a_client_has_to_add_is_told() {
        assert_eq!(after("retry\n", "retry\n    case stop\n"), ["Tap has a new `case stop`"]);
        assert_eq!(
            after("async throws\n", "async throws\n    func close()\n"),
            ["Wallet has a new `func close()`"]
        );
    }

    #[test]
    fn what_a_client_may_ignore_is_not_told() {
        let more = "    func stop()\n}\nopen class App: AppProtocol {\n  public func stop() {\n}\n";
        assert_eq!(after("}\nopen class App: AppProtocol {\n", more), [""; 0]);
        assert_eq!(after("Opens it (", "Shows it ("), [""; 0]);
        assert_eq!(after("    public static func read() {\n", ""), [""; 0]);
        assert_eq!(after("    func deallocate() {\n", ""), [""; 0]);
        assert_eq!(after("    // public func old()\n", ""), [""; 0]);
        assert_eq!(after("try! rustCall()", "try rustCallWithError(x)"), [""; 0]);
        assert_eq!(
            after("public enum Tap", "public enum New {\n case a\n}\npublic enum Tap"),
            [""; 0]
        );
    }
}

//! The parts of a package that are written by hand. Their style differs from that of UniFFI.

use super::braces::{Reading, declarations, kotlin_types, tidy_kotlin, tidy_swift};
use super::{Declaration, python};

/// What a source in Swift declares in public.
pub(in super::super) fn swift(source: &str) -> Vec<Declaration> {
    let is_public = |text: &str, parent: Option<&str>| {
        let is_marked = text.split(' ').any(|word| word == "public" || word == "open");
        match parent {
            Some(parent) if parent.contains("protocol ") => true,
            Some(parent) if parent.contains("public enum ") && text.starts_with("case ") => true,
            Some(_) => is_marked,
            // The protocols that an extension adds are public, too.
            None => is_marked || (text.starts_with("extension ") && text.contains(": ")),
        }
    };
    declarations(source, &Reading { is_public: &is_public, tidy: &tidy_swift })
}

/// What a source in Kotlin declares in public, which is all that is not marked otherwise.
pub(in super::super) fn kotlin(source: &str) -> Vec<Declaration> {
    const HIDDEN: [&str; 4] = ["private", "internal", "protected", "@OptIn"];
    const MEMBERS: [&str; 6] = ["fun", "suspend", "val", "var", "constructor", "@Throws"];
    let is_public = |text: &str, parent: Option<&str>| {
        let text = text.trim_start_matches("override ");
        let first = text.split([' ', '(']).next().unwrap_or_default();
        let is_hidden = parent.is_some_and(|it| HIDDEN.iter().any(|word| it.starts_with(word)));
        !is_hidden && (kotlin_types(first) || MEMBERS.contains(&first))
    };
    let tidy = |text: &str| {
        let text = tidy_kotlin(text);
        let throws = text.rsplit_once(" throws ").map(|(_, thrown)| format!(" throws {thrown}"));
        format!("{}{}", without_value(&text), throws.unwrap_or_default())
    };
    declarations(source, &Reading { is_public: &is_public, tidy: &tidy })
}

/// What a module of Python declares, as far as the package exports it.
pub(in super::super) fn exported(source: &str, package: &str) -> Vec<Declaration> {
    let all = package.lines().find(|line| line.starts_with("__all__")).unwrap_or_default();
    let names: Vec<_> = all.split('"').skip(1).step_by(2).collect();
    let mut found = python(source);
    found.retain(|it| names.contains(&it.owner.as_str()));
    found
}

/// The declaration without a body that is an expression, and without the call of another constructor.
fn without_value(text: &str) -> &str {
    let mut depth = 0_i32;
    for (place, character) in text.char_indices() {
        depth += i32::from(matches!(character, '(' | '['));
        depth -= i32::from(matches!(character, ')' | ']'));
        let rest = &text[place..];
        let begins_value = rest.starts_with(" = ") || rest == " =" || rest.starts_with(": this(");
        if depth == 0 && begins_value {
            return text[..place].trim_end();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::*;

    fn listed(declarations: Vec<Declaration>) -> String {
        render(declarations).split_once('\n').unwrap().1.to_owned()
    }

    #[test]
    fn swift_by_hand_is_listed_with_its_properties_and_extensions() {
        let source = r#"
/// A number.
///
/// More.
@MainActor
public struct Vin: Hashable {
    private let parsed: String

    /// Takes a text
    /// of letters. More.
    public init(text: String) throws {
        self = try parse(text)
    }
    init(parsed: String) {}
    public init(wait: () -> Void = { seconds in
        sleep(1) }, make: Int) {}
    @Published public private(set) var length: Int

    public func text() -> String { parsed }
}
extension Vin: CustomStringConvertible {
    public var description: String {
        "\(parsed)"
    }
    func hidden() {}
}
extension App {
    public func views() throws -> Views { Views() }
}
public protocol System: AnyObject {
    var scenes: Set<Int> { get }
    func observe()
}
"#;
        let expected = "
    func views() throws -> Views

protocol System: AnyObject
    var scenes: Set<Int>
    func observe()

/// A number.
@MainActor struct Vin: Hashable
    /// Takes a text of letters.
    init(text: String) throws
    init(wait: () -> Void =, make: Int)
    @Published private(set) var length: Int
    func text() -> String

extension Vin: CustomStringConvertible
    var description: String
";
        // The type of the first extension is declared in the generated source.
        assert_eq!(format!("\n{}", listed(swift(source))), expected);
    }

    #[test]
    fn kotlin_by_hand_is_listed_without_what_is_hidden() {
        let source = r#"
/** A number. */
class Vin private constructor(private val parsed: Parsed) {
    private data class Parsed(val text: String)

    /** Takes a text. */
    @Throws(DigitalKeyException::class)
    constructor(text: String) : this(parseVin(text).parsed)

    /** Returns it. */
    fun text(): String = parsed.text

    override fun equals(other: Any?) = other is Vin && other.parsed == parsed
    internal fun hidden() = 1
    internal companion object {
        fun parsed(text: String) = Vin(Parsed(text))
    }
}
sealed class Answer(val label: String = "x") {
    class Success(val key: String? = null) : Answer("Success") {
        override fun answer() = PairingAnswer()
    }
    companion object {
        val choices: List<Answer>
            get() = listOf()
    }
}
fun App.views(): Flow<View> = flow {
    emit(1)
}
"#;
        let expected = "
sealed class Answer(val label: String = \"x\")
    class Success(val key: String? = null)
    companion val choices: List<Answer>

fun App.views(): Flow<View>

/// A number.
class Vin private constructor(private val parsed: Parsed)
    /// Takes a text.
    constructor(text: String) throws DigitalKeyException
    /// Returns it.
    fun text(): String
    fun equals(other: Any?)
";
        assert_eq!(listed(kotlin(source)), expected);
    }

    #[test]
    fn python_by_hand_is_listed_as_far_as_the_package_exports_it() {
        let source = "
class Vin:
    \"\"\"A number.\"\"\"

    def __init__(self, text: str) -> None:
        \"\"\"Takes a text.\"\"\"

    def text(self) -> str:
        \"\"\"Returns it.\"\"\"

maps = []
def used() -> None:
    \"\"\"Not exported.\"\"\"
";
        let package = "import x\n__all__ = [*_core.__all__, \"Views\", \"Vin\"]\n";
        let expected = "
/// A number.
class Vin
    /// Takes a text.
    Vin(text: str) -> None
    /// Returns it.
    def text(self) -> str
";
        assert_eq!(listed(exported(source, package)), expected);
    }
}

/// A vehicle identification number: 17 ASCII letters or digits, upper-cased.
///
/// Printing it shows the short form, such as `WBA…MO03` (GEN-6).
public struct Vin: Hashable, Sendable {
    private let parsed: String

    /// Takes a text of 17 ASCII letters or digits. Any other text is the error `Invalid`.
    public init(text: String) throws {
        self = try parseVin(text: text)
    }

    /// Holds a text that the core has parsed.
    init(parsed: String) {
        self.parsed = parsed
    }

    /// Returns the whole number, which must not get into logs or errors (GEN-6).
    public func text() -> String {
        parsed
    }
}

extension Vin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        "\(parsed.prefix(3))…\(parsed.suffix(4))"
    }

    public var debugDescription: String {
        "Vin(\(description))"
    }

    /// Has no children, so that `dump` shows the short form, too.
    public var customMirror: Mirror {
        Mirror(self, children: [])
    }
}

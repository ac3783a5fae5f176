import DigitalKey
import Foundation

/// A part of a list that the channel carries; nil if there is none.
func wirePart(_ wire: Any?, _ place: Int) -> Any? {
    guard let list = wire as? [Any], list.indices.contains(place) else { return nil }
    return list[place] is NSNull ? nil : list[place]
}

func readWire<T>(_ wire: Any?, _ type: T.Type) throws -> T {
    guard let value = wire as? T else { throw unknownWire("\(type)") }
    return value
}

/// The error for something that is no value of this type. It repeats no part of it (GEN-6).
func unknownWire(_ type: String) -> DigitalKeyError {
    .Invalid(argument: type, reason: "the channel carries no such value")
}

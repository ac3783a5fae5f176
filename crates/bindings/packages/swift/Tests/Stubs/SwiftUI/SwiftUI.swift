// A stub of SwiftUI for systems without it: the few declarations that the example uses, with the types
// and the isolation that Apple documents. It draws no pixel.

@_exported import Combine
@_exported import Foundation

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View {
    public var body: Never { fatalError("a stub has no body") }
}

/// A view that SwiftUI itself draws.
public protocol Primitive: View where Body == Never {}

extension Primitive {
    public var body: Never { fatalError("a stub has no body") }
}

@resultBuilder
public struct ViewBuilder {
    public static func buildExpression<Content: View>(_ content: Content) -> Content { content }
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> EmptyView {
        EmptyView()
    }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { content }
    public static func buildEither<First: View, Second: View>(first: First) -> Either<First, Second> {
        Either()
    }
    public static func buildEither<First: View, Second: View>(second: Second) -> Either<First, Second> {
        Either()
    }
}

extension Optional: View, Primitive where Wrapped: View {}

public struct Either<First: View, Second: View>: Primitive {
    nonisolated init() {}
}

public struct EmptyView: Primitive {
    public nonisolated init() {}
}

public struct LocalizedStringKey: ExpressibleByStringInterpolation, Equatable {
    public init(stringLiteral value: String) {}
}

public struct Text: Primitive {
    public init(_ key: LocalizedStringKey) {}
    @_disfavoredOverload public init<S: StringProtocol>(_ content: S) {}
    public init(verbatim content: String) {}
}

public struct Link: Primitive {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, destination: URL) {}
}

public struct ProgressView: Primitive {
    public init() {}
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S) {}
}

public struct Button: Primitive {
    public init(_ key: LocalizedStringKey, role: ButtonRole?, action: @escaping @MainActor () -> Void) {}
    @_disfavoredOverload
    public init<S: StringProtocol>(_ title: S, action: @escaping @MainActor () -> Void) {}
}

public struct ButtonRole: Sendable {
    public static let cancel = Self()
}

public struct Toggle: Primitive {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) {}
}

public struct VStack: Primitive {
    public init<Content: View>(
        spacing: Double? = nil, @ViewBuilder content: () -> Content
    ) {}
}

public struct ScrollView: Primitive {
    public init<Content: View>(@ViewBuilder content: () -> Content) {}
}

public struct ForEach: Primitive {
    public init<Data: RandomAccessCollection, ID: Hashable, Content: View>(
        _ data: Data, id: KeyPath<Data.Element, ID>,
        @ViewBuilder content: @escaping (Data.Element) -> Content
    ) {}
}

public struct Color: Primitive, Sendable {
    public static let red = Self()
    public static let primary = Self()
    public static let secondary = Self()
}

public struct Font: Sendable {
    public static let title = Self()
    public static let footnote = Self()
}

public struct TextAlignment: Sendable {
    public static let center = Self()
}

public enum Visibility: Sendable {
    case automatic, visible, hidden
}

extension View {
    public func font(_ font: Font?) -> some View { self }
    public func foregroundColor(_ color: Color?) -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func padding() -> some View { self }
    public func previewDisplayName(_ name: String?) -> some View { self }
    public func task(_ action: @escaping @Sendable @MainActor () async -> Void) -> some View { self }
    public func confirmationDialog<Actions: View>(
        _ key: LocalizedStringKey, isPresented: Binding<Bool>, titleVisibility: Visibility,
        @ViewBuilder actions: () -> Actions
    ) -> some View { self }
}

@propertyWrapper @dynamicMemberLookup
public struct Binding<Value> {
    public var wrappedValue: Value

    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) {
        wrappedValue = get()
    }

    public var projectedValue: Self { self }

    public subscript<Part>(dynamicMember path: WritableKeyPath<Value, Part>) -> Binding<Part> {
        Binding<Part>(get: { wrappedValue[keyPath: path] }, set: { _ in })
    }
}

@MainActor @preconcurrency @propertyWrapper
public struct State<Value> {
    public var wrappedValue: Value {
        get { stored }
        nonmutating set {}
    }
    private let stored: Value

    public init(wrappedValue: Value) {
        stored = wrappedValue
    }
}

@MainActor @preconcurrency @propertyWrapper
public struct ObservedObject<Value: ObservableObject> {
    public var wrappedValue: Value

    public init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }
}

@MainActor @preconcurrency @propertyWrapper
public struct StateObject<Value: ObservableObject> {
    public var wrappedValue: Value

    public init(wrappedValue: @autoclosure @escaping () -> Value) {
        self.wrappedValue = wrappedValue()
    }
}

@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    @SceneBuilder var body: Body { get }
}

extension Never: Scene {}

@resultBuilder
public struct SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}

public struct WindowGroup: Scene {
    public init<Content: View>(@ViewBuilder content: () -> Content) {}

    public var body: Never { fatalError("a stub has no body") }
}

@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder var body: Body { get }
    init()
}

extension App {
    public static func main() {}
}

@MainActor @preconcurrency public protocol PreviewProvider {
    associatedtype Previews: View
    @ViewBuilder static var previews: Previews { get }
}

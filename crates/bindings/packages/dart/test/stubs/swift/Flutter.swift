// The part of Flutter's library that the plugin uses, so that a compiler can check it.
import Foundation

public protocol FlutterBinaryMessenger {}

@MainActor
public protocol FlutterPluginRegistrar {
    func messenger() -> any FlutterBinaryMessenger
    func publish(_ value: NSObject)
}

public protocol FlutterPlugin {
    static func register(with registrar: any FlutterPluginRegistrar)
    func detachFromEngine(for registrar: any FlutterPluginRegistrar)
}

public final class FlutterMethodCall {
    public let method = ""
    public let arguments: Any? = nil
}

public final class FlutterStandardTypedData: NSObject {
    public init(bytes: Data) {}
}

public final class FlutterError: NSObject {
    public init(code: String, message: String?, details: Any?) {}
}

nonisolated(unsafe) public let FlutterMethodNotImplemented = NSObject()

public final class FlutterMethodChannel {
    public init(name: String, binaryMessenger: any FlutterBinaryMessenger) {}
    public func setMethodCallHandler(
        _ handler: (@MainActor (FlutterMethodCall, @escaping (Any?) -> Void) -> Void)?
    ) {}
    public func invokeMethod(_ method: String, arguments: Any?) {}
    public func invokeMethod(_ method: String, arguments: Any?, result: ((Any?) -> Void)?) {}
}

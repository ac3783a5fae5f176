// An app that imports this module makes the core, too.
@_exported import DigitalKey
import Flutter
import Foundation

/// Connects a ``ChannelHalf`` with an engine of Flutter.
@MainActor
public final class DigitalKeyPlugin: NSObject, @preconcurrency FlutterPlugin {
    /// Makes the app with the identifiers of the maker and a presenter. Set it before the plugins are
    /// registered.
    public static var launcher: (any Launcher)?

    #if DEBUG
    /// The phone whose simulated sheet Dart shows. Set it before the plugins are registered, and give it to
    /// the app in your ``launcher``. A release build does not compile with it.
    public static var simulated: SimulatedPhone?
    #endif

    private let half: ChannelHalf

    private init(half: ChannelHalf) {
        self.half = half
    }

    public static func register(with registrar: any FlutterPluginRegistrar) {
        let channel = FlutterMethodChannel(name: "digital_key", binaryMessenger: registrar.messenger())
        let (dart, launcher) = (Calls(channel: channel), launcher ?? NoLauncher())
        #if DEBUG
        let half = ChannelHalf(dart: dart, launcher: launcher, simulated: simulated)
        #else
        let half = ChannelHalf(dart: dart, launcher: launcher)
        #endif
        registrar.publish(DigitalKeyPlugin(half: half))
        channel.setMethodCallHandler { call, result in
            Task { @MainActor in
                do {
                    switch try await half.handle(call.method, call.arguments) {
                    case .done: result(nil)
                    case .bytes(let bytes): result(FlutterStandardTypedData(bytes: bytes))
                    case .notImplemented: result(FlutterMethodNotImplemented)
                    }
                } catch let error as DigitalKeyError {
                    let message = error.localizedDescription
                    result(FlutterError(code: "digital_key", message: message, details: encode(error)))
                } catch {
                    // Only its type: its text may be secret (GEN-6).
                    let message = "\(type(of: error))"
                    result(FlutterError(code: "digital_key", message: message, details: nil))
                }
            }
        }
    }

    public func detachFromEngine(for registrar: any FlutterPluginRegistrar) {
        let half = half
        Task { @MainActor in await half.detach() }
    }
}

private final class NoLauncher: Launcher {
    func make(setup: Setup, dart: DartPorts) async throws -> DigitalKeyApp {
        throw DigitalKeyError.NotHere(reason: "set DigitalKeyPlugin.launcher before the plugins register")
    }
}

private final class Calls: DartSide {
    private struct DartError: Error {}

    /// Flutter makes the value for this answer alone, and nobody changes it.
    private struct Answer: @unchecked Sendable {
        let value: Any?
    }

    private let channel: FlutterMethodChannel

    init(channel: FlutterMethodChannel) {
        self.channel = channel
    }

    func post(_ method: String, _ arguments: Any?) {
        channel.invokeMethod(method, arguments: arguments)
    }

    func call(_ method: String, _ arguments: Any?) async throws -> Any? {
        let answer = try await withCheckedThrowingContinuation {
            (waiting: CheckedContinuation<Answer, any Error>) in
            channel.invokeMethod(method, arguments: arguments) { answer in
                if answer is FlutterError || answer as? NSObject === FlutterMethodNotImplemented {
                    waiting.resume(throwing: DartError())
                } else {
                    waiting.resume(returning: Answer(value: answer))
                }
            }
        }
        return answer.value
    }
}

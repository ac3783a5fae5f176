// Pairs a car through the Swift half of the plugin. The test plays Flutter's engine and Dart.
import DigitalKey
import Foundation
import digital_key

/// What the half sends to Dart.
struct Sent: @unchecked Sendable {
    let method: String
    let session: Int64
    let argument: Any?
}

/// The Dart side: it keeps what it receives, and has a sign-in.
final class PlayedDart: DartSide {
    private let received = AsyncStream.makeStream(of: Sent.self)
    private(set) var funnel: [String] = []
    /// What the sign-in answers.
    var token = ["Token", "a-token"]

    func call(_ method: String, _ arguments: Any?) async throws -> Any? {
        post(method, arguments)
        return method == "token" ? token : nil
    }

    func post(_ method: String, _ arguments: Any?) {
        guard let list = arguments as? [Any], let session = list[0] as? Int64 else { return }
        if method == "funnel", let event = list[1] as? [Any] { funnel.append("\(event[0])") }
        received.continuation.yield(Sent(method: method, session: session, argument: list[1]))
    }

    /// Waits for a call, and drops those before it.
    func next(_ method: String, _ session: Int64, _ holds: (Any?) -> Bool = { _ in true }) async throws -> Any? {
        for await sent in received.stream where sent.method == method && sent.session == session {
            if holds(sent.argument) { return sent.argument }
        }
        throw Unexpected(description: "no \(method)")
    }

    /// Waits for the view of a page that offers these taps.
    func page(_ name: String, offers taps: [String], _ session: Int64 = 1) async throws {
        _ = try await next("view", session) { view in
            guard let view = view as? [Any], let offers = view[5] as? [String] else { return false }
            return view[4] as? String == name && taps.allSatisfy(offers.contains)
        }
    }
}

final class TestLauncher: Launcher {
    let phone: SimulatedPhone

    init(phone: SimulatedPhone) {
        self.phone = phone
    }

    func make(setup: Setup, dart: DartPorts) async throws -> DigitalKeyApp {
        let directory = NSTemporaryDirectory() + "/digital-key-" + UUID().uuidString
        let ports = Ports(
            bff: try BffAdapter.http(baseUrl: setup.bff, tokens: dart.tokens),
            wallet: WalletAdapter.own(wallet: phone),
            applePairing: ApplePairingAdapter.own(applePairing: phone),
            cache: try await CacheAdapter.sled(directory: directory, keys: FixedKey(), account: setup.account),
            appLifecycle: AppLifecycleAdapter.own(appLifecycle: dart.appLifecycle)
        )
        return try DigitalKeyApp(config: Config(phone: .ios(machine: "iPhone12,1", version: "14.2"), recorder: RecorderOptions()), ports: ports)
    }
}

final class FixedKey: DataKeySource {
    func dataKey() throws -> DataKey {
        try DataKey(bytes: Data(count: 32))
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

func check(_ holds: Bool, _ what: @autoclosure () -> String, line: Int = #line) throws {
    if !holds { throw Unexpected(description: "line \(line): \(what())") }
}

@main
@MainActor
struct HalfTests {
    static let dart = PlayedDart()
    static let phone = SimulatedPhone()
    static let half = ChannelHalf(dart: dart, launcher: TestLauncher(phone: phone), simulated: phone)

    static func main() async {
        // The stream of Dart's calls waits for ever when a call does not come.
        Task.detached {
            try? await Task.sleep(nanoseconds: 60_000_000_000)
            print("FAILED  the Swift half of the Flutter plugin waits for ever")
            exit(1)
        }
        do {
            try await wrongCalls()
            try await pairing()
            try await otherCalls()
            try await afterTheEngine()
            print("ok      the Swift half of the Flutter plugin")
            exit(0)
        } catch {
            print("FAILED  the Swift half of the Flutter plugin: \(error)")
            exit(1)
        }
    }

    static func call(_ method: String, _ argument: Any = NSNull(), session: Int64 = 1) async throws {
        guard case .done = try await half.handle(method, [session, argument]) else {
            throw Unexpected(description: "\(method) has another answer")
        }
    }

    static func tap(_ tap: String, session: Int64 = 1) async throws {
        try await call("dispatch", ["Tap", tap], session: session)
    }

    static func fails(_ expected: DigitalKeyError, _ run: () async throws -> Void, line: Int = #line) async throws {
        do {
            try await run()
        } catch let error as DigitalKeyError where error == expected {
            return
        }
        throw Unexpected(description: "line \(line): no \(expected)")
    }

    static func start(session: Int64) async throws {
        let bff = ProcessInfo.processInfo.environment["DIGITAL_KEY_BFF"] ?? ""
        _ = try await half.handle("start", [session, bff, "account-1", "My car"] as [Any])
    }

    static func wrongCalls() async throws {
        try await fails(.NotStarted) { try await tap("ENTRY") }
        try await fails(.NoSheet) { try await call("answerSheet", Int64(0)) }
        guard case .notImplemented = try await half.handle("fly", [Int64(1)]) else {
            throw Unexpected(description: "it can fly")
        }
        for arguments in [nil, "x", [String](), ["x"]] as [Any?] {
            do {
                _ = try await half.handle("start", arguments)
            } catch DigitalKeyError.Invalid {
                continue
            }
            throw Unexpected(description: "\(String(describing: arguments)) starts the core")
        }
    }

    /// A cancel, a retry, a hot restart while the sheet is up, and a key.
    static func pairing() async throws {
        try await start(session: 1)
        try await call("dispatch", ["SelectVehicle", "WBADKEY0000000001"])
        _ = try await dart.next("view", 1) { ($0 as? [Any])?[1] as? String == "DIGITAL_KEY" }
        try await tap("ENTRY")
        try await dart.page("Welcome", offers: ["CONTINUE"])
        try await tap("CONTINUE")
        try await dart.page("GrabYourTwoKeys", offers: ["CONTINUE"])
        try await tap("CONTINUE")
        try await dart.page("ReadyToPair", offers: ["TICK_BOX"])
        try await tap("TICK_BOX")
        try await tap("CONTINUE")
        let labels = try await dart.next("sheet", 1) { $0 is [String] } as? [String]
        try check(labels?.prefix(3) == ["Success", "Generic error", "User canceled"], "\(labels ?? [])")
        try await fails(.Invalid(argument: "SimulatedAnswer", reason: "the channel carries no such value")) {
            try await call("answerSheet", Int64(99))
        }
        try await call("answerSheet", Int64(2))
        try await fails(.NoSheet) { try await call("answerSheet", Int64(2)) }
        try await dart.page("PairingError", offers: ["RETRY"])
        try await tap("RETRY")
        _ = try await dart.next("sheet", 1) { $0 is [String] }
        try await start(session: 2)
        _ = try await dart.next("sheet", 2) { $0 is [String] }
        try await fails(.ShutDown) { try await tap("CLOSE") }
        // Apple never answers. The next foreground, which Dart reports, ends the pairing (GEN-2).
        try await call("answerSheet", Int64((labels?.count ?? 0) - 1), session: 2)
        try await call("background", session: 2)
        try await call("foreground", session: 2)
        _ = try await dart.next("view", 2) { ($0 as? [Any])?[8] as? Bool == false }
        try await tap("RETRY", session: 2)
        _ = try await dart.next("sheet", 2) { $0 is [String] }
        try await call("answerSheet", Int64(0), session: 2)
        try await dart.page("Tutorial1", offers: ["CONTINUE"], 2)
        let keys = await phone.keys
        try check(keys == ["SIMULATED-1"], "\(keys)")
        let expected = ["EntryShown", "WelcomeShown", "PairingStarted", "AppleAnswered"]
        try check(Array(dart.funnel.prefix(4)) == expected, "\(dart.funnel)")
    }

    /// The end of the old object does not end the core, and the other calls do what they say.
    static func otherCalls() async throws {
        let vin = "WBADKEY0000000001"
        try await call("shutdown", session: 1)
        guard case .bytes(let recording) = try await half.handle("recording", [Int64(2), NSNull()] as [Any])
        else { throw Unexpected(description: "no recording") }
        try check(!recording.isEmpty, "an empty recording")
        try await fails(.Invalid(argument: "String", reason: "the channel carries no such value")) {
            try await call("refresh", Int64(7), session: 2)
        }
        dart.token = ["Offline", "no network"]
        try await call("refresh", vin, session: 2)
        let failure = try await dart.next("portFailure", 2) as? [Any]
        try check(failure?[1] as? String == "SUPPORT" && failure?[2] as? Bool == true, "\(failure ?? [])")
        try check((failure?[3] as? String)?.contains("no network") == true, "\(failure ?? [])")
        dart.token = ["Token", "a-token"]
        // The vehicle is selected since the pairing.
        try await call("forget", vin, session: 2)
        try await shows(nil)
        try await call("dispatch", ["SelectVehicle", vin], session: 2)
        try await shows(vin)
        try await call("signOut", session: 2)
        try await shows(nil)
    }

    /// Waits for a view of this vehicle, or of none.
    static func shows(_ vehicle: String?) async throws {
        _ = try await dart.next("view", 2) { ($0 as? [Any])?[0] as? String == vehicle }
    }

    static func afterTheEngine() async throws {
        await half.detach()
        try await fails(.ShutDown) { try await tap("CLOSE", session: 2) }
        try await fails(.ShutDown) { try await start(session: 3) }
    }
}

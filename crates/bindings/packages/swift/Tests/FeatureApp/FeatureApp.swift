import DigitalKey
import Foundation

/// The app under test of the feature files: a client in Swift whose standard input says what to do.
@main
struct FeatureApp {
    static func main() async {
        let app = RunningApp()
        let lines = AsyncStream<String> { continuation in
            // Reading blocks its thread.
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
        for await line in lines {
            guard let message = try? JSONDecoder().decode(Message.self, from: Data(line.utf8)) else {
                fatalError("the line is no JSON object of texts: \(line)")
            }
            if message["reply"] != nil {
                questions.answer(message)
                continue
            }
            Task {
                var answer: Message
                do {
                    answer = try await app.call(message)
                } catch {
                    answer = ["error": "\(error)"]
                }
                answer["id"] = message["id"]
                output.write(answer)
            }
        }
        exit(0)
    }
}

final class Token: TokenProvider {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func token() async throws -> BearerToken {
        try BearerToken(text: text)
    }

    func refresh(rejected: BearerToken) async throws -> BearerToken {
        try BearerToken(text: text)
    }
}

final class Keys: DataKeySource {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func dataKey() throws -> DataKey {
        try DataKey(bytes: Data(text.utf8))
    }
}

/// The app of the scenario.
actor RunningApp {
    private var running: DigitalKeyApp?

    /// Does what a line says, and returns the answer.
    func call(_ message: Message) async throws -> Message {
        let field = { (name: String) throws -> String in
            guard let value = message[name] else { throw UnknownName(name: name) }
            return value
        }
        if message["call"] == "start" {
            try await start(message, field)
            return [:]
        }
        guard let app = running else { throw UnknownName(name: "app") }
        switch message["call"] {
        case "select": try app.dispatch(intent: .selectVehicle(vin: Vin(text: field("vin"))))
        case "tap": try app.dispatch(intent: .tap(tap: named(taps, message["tap"])))
        case "refresh": try app.refresh(vin: Vin(text: field("vin")))
        case "forget": try await app.forget(vin: Vin(text: field("vin")))
        case "sign_out": try await app.signOut()
        case "suspend": try await app.suspend()
        case "resume": try await app.resume()
        case "idle": try await app.idleButFor(bffRequests: UInt32(field("held")) ?? 0)
        case "pairing_ended": for await view in try app.views() where !view.pairingRuns { break }
        case "view": return screen(try app.view())
        case "recording": return ["recording": try app.recording()?.base64EncodedString() ?? ""]
        default: throw UnknownName(name: message["call"])
        }
        return [:]
    }

    /// Ends the app of the last scenario, and starts one.
    private func start(_ message: Message, _ field: @escaping (String) throws -> String) async throws {
        await running?.shutdown()
        let phone = Phone(app: try field("id"))
        let cache = try await CacheAdapter.sled(
            directory: field("directory"), keys: Keys(field("data_key")), account: message["account"])
        let ports = Ports(
            bff: try BffAdapter.http(baseUrl: field("bff"), tokens: Token(field("token"))),
            wallet: WalletAdapter.own(wallet: phone),
            applePairing: ApplePairingAdapter.own(applePairing: phone),
            cache: cache,
            appLifecycle: AppLifecycleAdapter.own(appLifecycle: phone)
        )
        let seconds = { (name: String) in (TimeInterval(try field(name)) ?? 0) / 1000 }
        var model = DigitalKey.Phone.android
        if let machine = message["machine"] {
            model = .ios(machine: machine, version: try field("version"))
        }
        let retry = RetryPolicy(
            tries: UInt32(try field("tries")) ?? 0, firstWait: try seconds("first_wait"),
            longestWait: try seconds("longest_wait"), total: try seconds("total"))
        let config = Config(
            phone: model, entryMode: try named(entryModes, message["entry_mode"]),
            retry: retry, circuitBreaker: .off, recorder: RecorderOptions())
        let app = try DigitalKeyApp(config: config, ports: ports)
        try app.start()
        running = app
    }
}

private let entryModes: [EntryMode] = [.comingSoon, .ownerPairing]

private let taps: [Tap] = [
    .entry, .continue, .retry, .tickBox, .untickBox, .cardAction, .tutorial, .confirmMove, .cancelMove,
    .confirmError, .back, .close,
]

/// What the feature files check on the screen.
private func screen(_ view: ViewState) -> Message {
    var shown: [String: String?] = [
        "page": view.pageName,
        "entry": "\(view.entry)",
        "offers": view.offers.map { "\($0)" }.joined(separator: ","),
        "key_state": "\(view.keyState)",
        "pairing_runs": "\(view.pairingRuns)",
        "warning": view.warning.map { "\($0)" },
        "notice": view.notice.map { "\($0)" },
        "wait": view.wait.map { "\($0)" },
    ]
    switch view.page {
    case .vehicleTab(_, let hidden):
        // Without the values of the case.
        shown["hidden"] = hidden.map { String("\($0)".prefix { $0 != "(" }) }
    case .welcome(let blockers, _):
        shown["blockers"] = blockers.map(\.code).joined(separator: ",")
    case .readyToPair(let checked, let highlighted):
        shown["checked"] = "\(checked)"
        shown["highlighted"] = "\(highlighted)"
    case .pairingError(let reason, _, let refreshing):
        shown["reason"] = reason.map { "\($0)" }
        shown["refreshing"] = "\(refreshing)"
    case .overview(let card, let moreInformation):
        shown["card"] = "\(card.action)"
        shown["cannot_unlock"] = "\(card.cannotUnlock)"
        shown["more_information"] = moreInformation
    case .error(.blocked(let by)):
        shown["issue"] = by.issue.map { "\($0)" }
    default:
        break
    }
    return shown.compactMapValues { $0 }
}

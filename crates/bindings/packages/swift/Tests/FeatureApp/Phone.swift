import DigitalKey
import Foundation

/// A line: a JSON object of texts. crates/acceptance/README.md describes the lines.
typealias Message = [String: String]

/// The questions to the phone of the scenario that have no answer yet.
final class Questions: @unchecked Sendable {
    private let lock = NSLock()
    private var waiting: [String: CheckedContinuation<Message, Error>] = [:]
    private var asked = 0

    func ask(_ message: Message) async throws -> Message {
        let number: String = lock.withLock {
            asked += 1
            return String(asked)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lock.withLock { waiting[number] = continuation }
                output.write(message.merging(["ask": number]) { $1 })
                // The handler may have run before the question was kept.
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    func answer(_ message: Message) {
        guard let number = message["reply"] else { return }
        take(number)?.resume(returning: message)
    }

    private func cancel(_ number: String) {
        guard let question = take(number) else { return }
        output.write(["cancel": number])
        question.resume(throwing: CancellationError())
    }

    private func take(_ number: String) -> CheckedContinuation<Message, Error>? {
        lock.withLock { waiting.removeValue(forKey: number) }
    }
}

let questions = Questions()

/// The phone of the scenario: each call of a port is a question to it.
final class Phone: Wallet, ApplePairing, AppLifecycle {
    private let app: String

    init(app: String) {
        self.app = app
    }

    private func ask(
        _ port: String, _ arguments: Message = [:], failure: (String) -> Error
    ) async throws -> Message {
        let message = try await questions.ask(arguments.merging(["app": app, "port": port]) { $1 })
        if let error = message["error"] { throw failure(error) }
        return message
    }

    private func askWallet(_ port: String, _ arguments: Message = [:]) async throws -> Message {
        try await ask(port, arguments) { WalletError.Unavailable(reason: $0) }
    }

    private func askApple(_ port: String, _ arguments: Message = [:]) async throws -> Message {
        try await ask(port, arguments) { ApplePairingError.Unavailable(reason: $0) }
    }

    func presence(key: DigitalKeyId) async throws -> Presence {
        let answer = try await askWallet("presence", ["key": key])
        return try named([.present, .absent, .cannotSay], answer["presence"])
    }

    func openWallet(key: DigitalKeyId) async throws {
        _ = try await askWallet("open_wallet", ["key": key])
    }

    func nextChange() async throws {
        _ = try await askWallet("next_change")
    }

    func canCreateKey(vin: Vin) async throws -> Bool {
        try await askApple("can_create_key", ["vin": vin.text()])["created"] == "true"
    }

    func start(request: PairingRequest) async throws -> PairingAnswer {
        let arguments = ["vin": request.vin.text(), "password": request.password.expose()]
        return try pairingAnswer(try await askApple("start", arguments))
    }

    func sheetIsUp() async throws -> Bool {
        try await askApple("sheet_is_up")["up"] == "true"
    }

    func nextLateAnswer() async throws -> LateAnswer? {
        let late = try await askApple("next_late_answer")
        guard let vin = late["vin"] else { return nil }
        return LateAnswer(vin: try Vin(text: vin), answer: try pairingAnswer(late))
    }

    func nextEvent() async throws -> LifecycleEvent? {
        let answer = try await ask("next_event") { AppLifecycleError.Failed(reason: $0) }
        guard let event = answer["event"] else { return nil }
        let events: [LifecycleEvent] = [.wentToBackground, .cameToForeground]
        return try named(events, event)
    }

    private func pairingAnswer(_ message: Message) throws -> PairingAnswer {
        let codes: [AppleErrorCode] = [
            .genericError, .userCanceled, .unavailable, .invalidConfiguration, .deviceNotSupported,
            .deviceNotReady, .osVersionNotSupported,
        ]
        let error = try message["apple_error"].map { try named(codes, $0) }
        return PairingAnswer(pass: message["pass"], error: error)
    }
}

/// A line names something that this program does not know.
struct UnknownName: Error {
    let name: String?
}

/// Returns the value with this name, which is in capitals, such as `TICK_BOX`.
func named<Value>(_ values: [Value], _ name: String?) throws -> Value {
    let plain = name?.replacingOccurrences(of: "_", with: "").lowercased()
    guard let value = values.first(where: { "\($0)".lowercased() == plain }) else {
        throw UnknownName(name: name)
    }
    return value
}

/// The standard output, which takes one line at a time.
final class Output: Sendable {
    private let lock = NSLock()

    func write(_ message: Message) {
        // A dictionary of texts is always valid.
        guard let line = try? JSONEncoder().encode(message) else { return }
        lock.withLock { FileHandle.standardOutput.write(line + Data("\n".utf8)) }
    }
}

let output = Output()

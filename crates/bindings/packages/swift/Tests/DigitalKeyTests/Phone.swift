import DigitalKey

/// A phone in Swift: wallet, Apple's pairing sheet and the app's lifecycle.
actor Phone: Wallet, ApplePairing, AppLifecycle {
    private var keys: Set<String> = []
    private(set) var opened: [String] = []
    private(set) var requests: [PairingRequest] = []
    private var sheet: CheckedContinuation<PairingAnswer, Never>?
    private let walletChanges = Signal<Void>()
    private let events = Signal<LifecycleEvent>()
    private let sheets = Signal<Void>()
    private let lateAnswers = Signal<LateAnswer>()

    // The wallet.

    func presence(key: DigitalKeyId) async throws -> Presence {
        keys.contains(key) ? .present : .absent
    }

    func openWallet(key: DigitalKeyId) async throws {
        opened.append(key)
    }

    func nextChange() async throws {
        _ = await walletChanges.next()
    }

    func deleteKey(_ key: String) {
        keys.remove(key)
        walletChanges.send(())
    }

    // Apple's pairing sheet.

    func canCreateKey(vin: Vin) async throws -> Bool {
        true
    }

    func start(request: PairingRequest) async throws -> PairingAnswer {
        guard sheet == nil else { throw ApplePairingError.AlreadyRunning }
        requests.append(request)
        return await withCheckedContinuation { continuation in
            sheet = continuation
            sheets.send(())
        }
    }

    func sheetIsUp() async throws -> Bool {
        sheet != nil
    }

    func nextLateAnswer() async throws -> LateAnswer? {
        await lateAnswers.next()
    }

    /// Answers again after the last sheet has ended.
    func answerAgain(pass: String) {
        guard let vin = requests.last?.vin else { return }
        let answer = PairingAnswer(pass: pass, error: nil)
        lateAnswers.send(LateAnswer(vin: vin, answer: answer))
    }

    /// Waits for a sheet and ends it.
    func answer(pass: String? = nil, error: AppleErrorCode? = nil) async {
        _ = await sheets.next()
        if let pass {
            keys.insert(pass)
        }
        let shown = sheet
        sheet = nil
        shown?.resume(returning: PairingAnswer(pass: pass, error: error))
    }

    // The lifecycle of the app.

    func nextEvent() async throws -> LifecycleEvent? {
        await events.next()
    }

    nonisolated func background() {
        events.send(.wentToBackground)
    }

    nonisolated func foreground() {
        events.send(.cameToForeground)
    }
}

/// A queue of values.
final class Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func send(_ value: Value) {
        continuation.yield(value)
    }

    /// Waits for the next value; none when the task is cancelled.
    func next() async -> Value? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }
}

#if DEBUG
/// A wallet and Apple's pairing sheet for debug builds, in which a tester plays Apple.
///
/// It has no user interface: iterate over ``sheets``, show the tester ``SimulatedAnswer/choices``, and pass
/// the choice to ``SimulatedSheet/answer(_:)``. The wallet is in memory, and a key can be created for every
/// vehicle.
///
/// It is refused in a release build, which does not compile with it.
public actor SimulatedPhone: Wallet, ApplePairing {
    /// The sheet that is up, each time it changes; none = no sheet is up. Iterate over it once.
    public nonisolated let sheets: AsyncStream<SimulatedSheet?>

    /// The keys in the wallet.
    public private(set) var keys: Set<DigitalKeyId>

    private let shown: AsyncStream<SimulatedSheet?>.Continuation
    private var sheet: SimulatedSheet?
    /// The sheets whose pairing waits for an answer.
    private var awaited: Set<Int> = []
    private var answers: [Int: PairingAnswer] = [:]
    private var lateAnswers: [LateAnswer] = []
    private var walletHasChanged = false
    private var keysMade = 0
    private var numbers = 0
    private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]

    /// Creates a phone with these keys in its wallet.
    public init(keys: Set<DigitalKeyId> = []) {
        self.keys = keys
        (sheets, shown) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Deletes a key from the wallet, as a driver does in Apple's app (OVR-7).
    public func deleteKey(_ key: DigitalKeyId) {
        if keys.remove(key) != nil { walletChanged() }
    }

    // The wallet.

    public func presence(key: DigitalKeyId) async throws -> Presence {
        keys.contains(key) ? .present : .absent
    }

    public func openWallet(key: DigitalKeyId) async throws {}

    public func nextChange() async throws {
        while !walletHasChanged { try await change() }
        walletHasChanged = false
    }

    // Apple's pairing sheet.

    public func canCreateKey(vin: Vin) async throws -> Bool { true }

    public func start(request: PairingRequest) async throws -> PairingAnswer {
        guard sheet == nil else { throw ApplePairingError.AlreadyRunning }
        let number = newNumber()
        show(SimulatedSheet(phone: self, number: number, vin: request.vin))
        awaited.insert(number)
        defer {
            awaited.remove(number)
            close(number)
            // The core stopped to wait just before it received the answer.
            if let answer = answers.removeValue(forKey: number) {
                answerLate(LateAnswer(vin: request.vin, answer: answer))
            }
        }
        while true {
            if let answer = answers.removeValue(forKey: number) { return answer }
            try await change()
        }
    }

    public func sheetIsUp() async throws -> Bool { sheet != nil }

    public func nextLateAnswer() async throws -> LateAnswer? {
        while lateAnswers.isEmpty { try await change() }
        return lateAnswers.removeFirst()
    }

    // What a sheet needs.

    fileprivate func answer(_ choice: SimulatedAnswer, on sheet: SimulatedSheet) {
        close(sheet.number)
        let answer: PairingAnswer
        switch choice {
        case .success(let key):
            let key = key ?? newKey()
            if keys.insert(key).inserted { walletChanged() }
            answer = PairingAnswer(pass: key)
        case .failure(let error): answer = PairingAnswer(error: error)
        case .neither: answer = PairingAnswer()
        case .silence: return
        }
        if awaited.contains(sheet.number), answers[sheet.number] == nil {
            answers[sheet.number] = answer
            notify()
        } else {
            answerLate(LateAnswer(vin: sheet.vin, answer: answer))
        }
    }

    private func newKey() -> DigitalKeyId {
        keysMade += 1
        return "SIMULATED-\(keysMade)"
    }

    private func newNumber() -> Int {
        numbers += 1
        return numbers
    }

    private func show(_ new: SimulatedSheet?) {
        sheet = new
        shown.yield(new)
    }

    private func close(_ number: Int) {
        if sheet?.number == number { show(nil) }
    }

    private func walletChanged() {
        walletHasChanged = true
        notify()
    }

    private func answerLate(_ answer: LateAnswer) {
        lateAnswers.append(answer)
        notify()
    }

    /// Waits for any change, or until the task is cancelled.
    private func change() async throws {
        let number = newNumber()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting[number] = continuation
                }
            }
        } onCancel: {
            Task { await self.stopWaiting(number) }
        }
    }

    private func notify() {
        let resumed = waiting.values
        waiting = [:]
        for continuation in resumed { continuation.resume() }
    }

    private func stopWaiting(_ number: Int) {
        waiting.removeValue(forKey: number)?.resume(throwing: CancellationError())
    }
}

/// A simulated pairing sheet of a vehicle.
public struct SimulatedSheet: Sendable {
    fileprivate let phone: SimulatedPhone
    fileprivate let number: Int

    /// The vehicle.
    public let vin: Vin

    fileprivate init(phone: SimulatedPhone, number: Int, vin: Vin) {
        self.phone = phone
        self.number = number
        self.vin = vin
    }

    /// Answers as Apple does. It closes the sheet, also with ``SimulatedAnswer/silence``.
    ///
    /// Apple may answer again, also for a sheet that is gone: a further answer reaches the app as a late
    /// answer (CBK-7).
    public func answer(_ choice: SimulatedAnswer) async {
        await phone.answer(choice, on: self)
    }
}

/// What a tester lets Apple answer.
public enum SimulatedAnswer: Sendable, Hashable {
    /// A key was made, with this id or with a new one (CBK-1).
    case success(key: DigitalKeyId? = nil)
    /// Apple reports this error (CBK-2); `userCanceled` is the cancel button.
    case failure(AppleErrorCode)
    /// Apple answers with neither a pass nor an error (CBK-4).
    case neither
    /// The sheet closes, and Apple does not answer; the next foreground ends the pairing (GEN-2).
    case silence

    /// A short text for a list.
    public var label: String {
        switch self {
        case .success: "Success"
        case .failure(let error): words("\(error)")
        case .neither: "Neither a pass nor an error"
        case .silence: "Close without an answer"
        }
    }

    /// `userCanceled` as "User canceled".
    private func words(_ name: String) -> String {
        let words = name.reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : "\($1)" }
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Every answer, for the list of a dialog.
    public static var choices: [Self] {
        let errors: [AppleErrorCode] = [
            .genericError, .userCanceled, .unavailable, .invalidConfiguration, .deviceNotSupported,
            .deviceNotReady, .osVersionNotSupported,
        ]
        return [.success()] + errors.map(Self.failure) + [.neither, .silence]
    }
}
#else
/// Apple's pairing sheet, played by a tester, which exists in debug builds only.
@available(*, unavailable, message: "the simulated pairing sheet is refused: this is no debug build")
public struct SimulatedPhone {
    /// Does not compile: this is no debug build.
    public init(keys: Set<DigitalKeyId> = []) {}
}
#endif

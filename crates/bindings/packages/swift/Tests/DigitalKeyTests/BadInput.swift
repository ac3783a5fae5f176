import DigitalKey
import Foundation

private let secret = "sesame-4711"

/// Not one of the errors of a port.
private struct Surprise: Error {
    let text = secret
}

/// Waits for ever, and does not care about being cancelled.
@Sendable private func hang<T>() async throws -> T {
    await withUnsafeContinuation { (_: UnsafeContinuation<T, Never>) in }
}

/// Adapters that throw or hang, and calls that come at the wrong time.
@MainActor
let badInput: [Test] = [
    Test("a wallet's own error") { try await $0.badWallet { throw WalletError.Unavailable(reason: "locked") } },
    Test("an unexpected error of the wallet") { try await $0.badWallet { throw Surprise() } },
    Test("a wallet that hangs") { try await $0.badWallet(hang) },
    Test("the pairing sheet's own error") { try await $0.badSheet { throw ApplePairingError.NotOffered } },
    Test("an unexpected error of the pairing sheet") { try await $0.badSheet { throw Surprise() } },
    Test("a key without a name") { try await $0.badSheet { PairingAnswer(pass: "") } },
    Test("a sheet that never ends") { world in
        // Coming to the foreground without a sheet is an answer (GEN-2).
        try await world.launch(world.ports(applePairing: Sheet(hang)))
        try await world.openWelcome()
        try await world.startPairing()
        try await world.until { $0.pairingRuns }
        // A check counts for a sheet that is up: wait for the use to be taken before it.
        try await world.app.idle()
        world.phone.background()
        world.phone.foreground()
        try await world.page("PairingError")
    },
    Test("a BFF's own error") { world in
        let bff = Backend { throw BffError.Unreachable(reason: "no route") }
        try await world.launch(world.ports(bff: bff))
        try await world.noEntry(retryable: true)
    },
    Test("an unexpected error of the BFF") { world in
        try await world.launch(world.ports(bff: Backend { throw Surprise() }))
        try await world.noEntry(retryable: false)
    },
    Test("a token provider that throws") { world in
        try await world.launch(world.ports(tokens: Token { throw Surprise() }))
        try await world.noEntry(retryable: false)
    },
    Test("a cache of one's own") { world in
        try await world.launch(world.ports(cache: MemoryCache()))
        try await world.pair()
        try await world.app.signOut()
    },
    Test("a cache that throws") { world in
        // No start when no use can be taken (RDY-6).
        try await world.launch(world.ports(cache: MemoryCache(failure: Surprise())))
        try await world.openWelcome()
        try await world.startPairing()
        try await world.page("PairingPasswordUnavailable")
        let failure = try await world.told(.takeUse)
        try check(failure.port == .cache && failure.retryable, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
        let requests = await world.phone.requests
        try check(requests.isEmpty, "\(requests)")
        do {
            try await world.app.signOut()
            throw Unexpected(description: "the sign-out worked")
        } catch DigitalKeyError.PortFailed(let failure) {
            try check(failure.call == .eraseAll && failure.retryable, "\(failure)")
        }
    },
    Test("a listener that throws", log: Log { throw Surprise() }) { world in
        try await world.listenerIsCalled()
    },
    Test("a listener that hangs", log: Log { DispatchSemaphore(value: 0).wait() }) { world in
        try await world.listenerIsCalled()
    },
    Test("calls before the start") { world in
        try await world.make(world.ports())
        let app = world.app!
        try await expect(.NotStarted) { _ = try app.view() }
        try await expect(.NotStarted) { try app.dispatch(intent: .tap(tap: .entry)) }
        try await expect(.NotStarted) { try await app.signOut() }
    },
    Test("a second start") { world in
        try await world.launch()
        let app = world.app!
        try await expect(.AlreadyStarted) { try app.start(listener: nil) }
        try await world.openWelcome()
    },
    Test("calls after the shutdown") { world in
        try await world.launch()
        let app = world.app!
        let views = try app.views()
        try await world.openWelcome()
        await app.shutdown()
        await app.shutdown()
        for await _ in views {}
        try await expect(.ShutDown) { _ = try app.view() }
        try await expect(.ShutDown) { _ = try app.views() }
        try await expect(.ShutDown) { try app.start(listener: nil) }
        try await expect(.ShutDown) { try app.dispatch(intent: .tap(tap: .entry)) }
        try await expect(.ShutDown) { try await app.signOut() }
        try await expect(.ShutDown) { try await app.suspend() }
        try await expect(.ShutDown) { try await app.idle() }
    },
    Test("arguments") { world in
        try refused("vin") { _ = try Vin(text: "WBA") }
        try refused("password") { _ = try PairingPassword(text: "1234567x") }
        try refused("base URL") {
            _ = try BffAdapter.http(baseUrl: "http://bff.example.com", tokens: Token())
        }
        let ports = try await world.ports()
        let config = Config(phone: .ios(machine: "", version: "14.2"))
        try refused("machine") { _ = try DigitalKeyApp(config: config, ports: ports) }
    },
]

private func expect(
    _ expected: DigitalKeyError, line: Int = #line, _ call: @Sendable () async throws -> Void
) async throws {
    do {
        try await call()
    } catch let error as DigitalKeyError where error == expected {
        return
    }
    throw Unexpected(description: "line \(line): there was no \(expected)")
}

private func refused(_ argument: String, line: Int = #line, _ call: () throws -> Void) throws {
    do {
        try call()
    } catch DigitalKeyError.Invalid(argument: argument, let reason) {
        return try check(!reason.contains("1234567x"), reason)
    }
    throw Unexpected(description: "line \(line): \(argument) was not refused")
}

extension World {
    /// A wallet that cannot say leaves the key on another device (WEL-2).
    fileprivate func badWallet(_ presence: @escaping @Sendable () async throws -> Presence) async throws {
        try await change(#"{"ownerKey":{"id":"KEY-1","tracked":true}}"#)
        try await launch(ports(wallet: Pocket(presence)))
        try await openWelcome()
        try tap(.continue)
        let view = try await page("Overview")
        try check(view.keyState == .otherDevice, "\(view)")
        let failure = try await told(.presence)
        try check(failure.port == .wallet && failure.retryable, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
    }

    /// An answer with neither a pass nor an error (CBK-4).
    fileprivate func badSheet(_ start: @escaping @Sendable () async throws -> PairingAnswer) async throws {
        try await launch(ports(applePairing: Sheet(start)))
        try await openWelcome()
        try await startPairing()
        let view = try await page("PairingError")
        try check(view.page == .pairingError(reason: nil, advice: nil), "\(view)")
        let failure = try await told(.startPairing)
        try check(failure.port == .applePairing, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
    }

    /// A listener that fails does not hold the core up.
    fileprivate func listenerIsCalled() async throws {
        try await launch()
        try await openWelcome()
        try check(log.views > 0, "the listener was not called")
    }

    /// Without an answer, there is no entry (ENT-4).
    func noEntry(retryable: Bool) async throws {
        let failure = try await told(.support)
        try check(failure.port == .bff && failure.retryable == retryable, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
        try await app.idle()
        let view = try app.view()
        try check(view.entry == .hidden, "\(view)")
    }
}

/// A wallet whose `presence` does this.
private final class Pocket: Wallet {
    private let answer: @Sendable () async throws -> Presence

    init(_ answer: @escaping @Sendable () async throws -> Presence) {
        self.answer = answer
    }

    func presence(key: DigitalKeyId) async throws -> Presence {
        try await answer()
    }

    func openWallet(key: DigitalKeyId) async throws {}

    func nextChange() async throws {
        let _: Void = try await hang()
    }
}

/// A pairing sheet whose `start` does this, and which is never up.
private final class Sheet: ApplePairing {
    private let answer: @Sendable () async throws -> PairingAnswer

    init(_ answer: @escaping @Sendable () async throws -> PairingAnswer) {
        self.answer = answer
    }

    func canCreateKey(vin: Vin) async throws -> Bool {
        true
    }

    func start(request: PairingRequest) async throws -> PairingAnswer {
        try await answer()
    }

    func sheetIsUp() async throws -> Bool {
        false
    }

    func nextLateAnswer() async throws -> LateAnswer? {
        nil
    }
}

/// A BFF whose `support` does this.
final class Backend: Bff {
    private let answer: @Sendable () async throws -> SupportAnswer

    init(_ answer: @escaping @Sendable () async throws -> SupportAnswer) {
        self.answer = answer
    }

    func support(vin: Vin) async throws -> SupportAnswer {
        try await answer()
    }

    func pairingStatus(vin: Vin) async throws -> PairingStatus {
        throw BffError.Unauthorized
    }

    func pairingPassword(vin: Vin, idempotencyKey: String) async throws -> PairingPassword? {
        nil
    }
}

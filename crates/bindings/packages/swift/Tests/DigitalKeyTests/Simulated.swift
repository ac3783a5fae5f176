import DigitalKey

/// The pairing sheet that a tester plays.
@MainActor
let simulated: [Test] = [
    Test("a tester answers with a key, an error or neither") { test in
        let made = try await answers([.success(key: "K1")], of: SimulatedPhone(), test)
        try check(made == PairingAnswer(pass: "K1"), "\(made)")
        let failed = try await answers([.failure(.deviceNotReady)], of: SimulatedPhone(), test)
        try check(failed == PairingAnswer(error: .deviceNotReady), "\(failed)")
        let neither = try await answers([.neither], of: SimulatedPhone(), test)
        try check(neither == PairingAnswer(), "\(neither)")
    },
    Test("the second answer of a tester is late") { test in
        let phone = SimulatedPhone()
        let first = try await answers([.failure(.userCanceled), .success(key: "K1")], of: phone, test)
        try check(first == PairingAnswer(error: .userCanceled), "\(first)")
        let late = try await phone.nextLateAnswer()
        try check(late?.answer == PairingAnswer(pass: "K1"), "\(String(describing: late))")
        let presence = try await phone.presence(key: "K1")
        try check(presence == .present, "\(presence)")
        try await phone.nextChange()
        await phone.deleteKey("K1")
        try await phone.nextChange()
        let keys = await phone.keys
        try check(keys.isEmpty, "\(keys)")
    },
    Test("a tester closes the sheet without an answer") { test in
        let phone = SimulatedPhone()
        let request = try pairingRequest(test)
        let start = Task { try await phone.start(request: request) }
        let sheet = try await shown(by: phone)
        await sheet.answer(.silence)
        try check(try await !phone.sheetIsUp(), "the sheet is up")
        start.cancel()
        let ended = await start.result
        guard case .failure(let error) = ended else { throw Unexpected(description: "\(ended)") }
        try check(error is CancellationError, "\(error)")
        await sheet.answer(.neither)
        let late = try await phone.nextLateAnswer()
        try check(late?.answer == PairingAnswer(), "\(String(describing: late))")
    },
]

@MainActor
private func pairingRequest(_ test: TestApp) throws -> PairingRequest {
    PairingRequest(vin: try Vin(text: test.vin), password: try PairingPassword(text: "12345678"))
}

/// Waits for the sheet of a phone.
private func shown(by phone: SimulatedPhone) async throws -> SimulatedSheet {
    for await case let sheet? in phone.sheets { return sheet }
    throw Unexpected(description: "no sheet")
}

/// Pairs with a tester who answers the sheet in this way, and returns the answer of the pairing.
@MainActor
private func answers(
    _ choices: [SimulatedAnswer], of phone: SimulatedPhone, _ test: TestApp
) async throws -> PairingAnswer {
    let request = try pairingRequest(test)
    let start = Task { try await phone.start(request: request) }
    let sheet = try await shown(by: phone)
    for choice in choices { await sheet.answer(choice) }
    return try await start.value
}

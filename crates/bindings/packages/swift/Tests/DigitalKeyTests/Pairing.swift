import DigitalKey
import Foundation

/// Pairs a car from Swift, against the running backend.
@MainActor
let pairing: [Test] = [
    Test("success") { test in
        try await test.launch()
        try await test.pair()
        let view = try await test.page("Overview")
        let card = CardView(cannotUnlock: true, action: .editInWallet)
        guard case .overview(card, _) = view.page else { throw Unexpected(description: "\(view)") }

        try await test.change(#"{"tracked":true}"#)
        test.phone.background()
        test.phone.foreground()
        try await test.until { $0.keyState == .activeTracked }
        try test.tap(.cardAction)
        try await test.app.idle()
        let opened = await test.phone.opened
        try check(opened == ["KEY-1"], "\(opened)")

        let requests = await test.phone.requests
        try check(requests.count == 1, "\(requests)")
        let digits = requests[0].password.expose()
        try check(digits.count == 8 && digits.allSatisfy(\.isNumber), "no password")
        let printed = "\(requests[0].password) \(String(reflecting: requests[0].password)) \(requests)"
        try check(!printed.contains(digits), "printing shows the password")
        try check(requests[0].vin.text() == test.vin, "\(requests[0].vin)")
        try check(!"\(requests[0].vin) \(view)".contains(test.vin), "\(view)")
        try check(test.log.failures.isEmpty, "\(test.log.failures)")
        let recording = try test.app.recording() ?? Data()
        try check(recording.starts(with: Data("DKFR".utf8)), "\(recording.count) bytes")
        try check(recording.range(of: Data(test.vin.utf8)) == nil, "the recording has the VIN")
        let last = try test.app.lastRecording()
        try check(last == nil, "there was no run before")
        let funnel: [FunnelEvent] = [
            .entryShown, .welcomeShown(moveFlow: false), .pairingStarted,
            .appleAnswered(madeKey: true, error: nil, late: false), .paired,
        ]
        try await test.funnel(funnel)
    },
    Test("failure and retry") { test in
        try await test.launch()
        try await test.openWelcome()
        // Without a fresh password, all attempts use the first one.
        try await control("PUT", "/endpoints/password/fault", #"{"fault":"404"}"#)
        try await test.startPairing()
        for uses in 1...3 {
            await test.phone.answer(error: .userCanceled)
            let view = try await test.until { $0.pageName == "PairingError" && !$0.pairingRuns }
            guard case .pairingError(reason: .userCanceled, advice: .cancelled, refreshing: _) = view.page
            else { throw Unexpected(description: "\(view)") }
            try check(view.passwordUses == UInt8(uses), "\(view)")
            try test.tap(.retry)
        }
        let exhausted = try await test.page("PairingAttemptsExhausted")
        try check(!exhausted.offers.contains(.retry), "\(exhausted)")
        try test.tap(.confirmError)
        try await test.page("VehicleTab")

        try await control("DELETE", "/faults")
        try await test.openWelcome()
        try await test.startPairing()
        await test.phone.answer(error: .deviceNotReady)
        try await test.page("PairingError")
        // The next attempt uses the fresh password (ERR-4) if it has arrived.
        try await test.app.idle()
        try test.tap(.retry)
        try await test.makeKey("KEY-1")
        let requests = await test.phone.requests.count
        try check(requests == 5, "\(requests) sheets")
    },
    Test("success after an error") { test in
        try await test.launch()
        try await test.openWelcome()
        try await test.startPairing()
        await test.phone.answer(error: .userCanceled)
        try await test.page("PairingError")
        await test.phone.answerAgain(pass: "KEY-1")
        let view = try await test.until { $0.keyState == .activeUntracked }
        try check(view.pageName == "Tutorial1", "\(view)")
    },
    Test("deletion in the background") { test in
        try await test.launch()
        try await test.pair()
        test.phone.background()
        try await test.app.idle()
        await test.phone.deleteKey("KEY-1")
        test.phone.foreground()
        try await test.page("KeyDeleted")
        try test.tap(.confirmError)
        let view = try await test.page("VehicleTab")
        try check(view.keyState == .otherDevice, "\(view)")
    },
    Test("move") { test in
        try await test.change(#"{"ownerKey":{"id":"KEY-2","tracked":true}}"#)
        try await test.launch()
        try await test.openWelcome()
        try test.tap(.continue)
        let view = try await test.page("Overview")
        let card = CardView(cannotUnlock: false, action: .moveToThisPhone)
        guard case .overview(card, _) = view.page, view.keyState == .otherDevice else {
            throw Unexpected(description: "\(view)")
        }
        try test.tap(.cardAction)
        try await test.page("MoveKeyWarning")
        try test.tap(.confirmMove)
        try await test.until { $0.page == .welcome(blockers: [], moveFlow: true) && $0.offers.contains(.continue) }
        try await test.startPairing()
        try await test.makeKey("KEY-3")
        try test.tap(.close)
        let end = try await test.page("VehicleTab")
        try check(end.keyState == .activeUntracked, "\(end)")
    },
    Test("suspend, resume and sign-out") { test in
        try await test.launch()
        try await test.pair()
        try await test.app.suspend()
        try await test.app.resume()
        try await test.app.signOut()
        let view = try await test.page("VehicleTab")
        try check(view.vehicle == nil, "\(view)")
    },
]

extension TestApp {
    func makeKey(_ key: String) async throws {
        try await change(#"{"ownerKey":{"id":"\#(key)","tracked":false}}"#)
        await phone.answer(pass: key)
        let view = try await page("Tutorial1")
        try check(view.keyState == .activeUntracked && view.passwordUses == nil, "\(view)")
    }

    func pair() async throws {
        try await openWelcome()
        try await startPairing()
        try await makeKey("KEY-1")
        try tap(.continue)
        try tap(.continue)
        try await page("Overview")
    }
}

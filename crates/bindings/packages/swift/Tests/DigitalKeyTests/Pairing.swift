import DigitalKey

/// A car is paired against the running backend, from Swift.
@MainActor
let pairing: [Test] = [
    Test("success") { world in
        try await world.launch()
        try await world.pair()
        let view = try await world.page("Overview")
        let card = CardView(cannotUnlock: true, action: .editInWallet)
        guard case .overview(card, _) = view.page else { throw Unexpected(description: "\(view)") }

        try await world.change(#"{"tracked":true}"#)
        world.phone.background()
        world.phone.foreground()
        try await world.until { $0.keyState == .activeTracked }
        try world.tap(.cardAction)
        try await world.app.idle()
        let opened = await world.phone.opened
        try check(opened == ["KEY-1"], "\(opened)")

        let requests = await world.phone.requests
        try check(requests.count == 1, "\(requests)")
        let digits = requests[0].password.expose()
        try check(digits.count == 8 && digits.allSatisfy(\.isNumber), "no password")
        let printed = "\(requests[0].password) \(String(reflecting: requests[0].password)) \(requests)"
        try check(!printed.contains(digits), "the password can be printed")
        try check(requests[0].vin.text() == world.vin, "\(requests[0].vin)")
        try check(!"\(requests[0].vin) \(view)".contains(world.vin), "\(view)")
        try check(world.log.failures.isEmpty, "\(world.log.failures)")
    },
    Test("failure and retry") { world in
        try await world.launch()
        try await world.openWelcome()
        // No fresh password arrives, so that the uses of the first one add up.
        try await control("PUT", "/endpoints/password/fault", #"{"fault":"404"}"#)
        try await world.startPairing()
        for uses in 1...3 {
            await world.phone.answer(error: .userCanceled)
            let view = try await world.until { $0.pageName == "PairingError" && !$0.pairingRuns }
            let expected = PageView.pairingError(reason: .userCanceled, advice: .cancelled)
            try check(view.page == expected && view.passwordUses == UInt8(uses), "\(view)")
            try world.tap(.retry)
        }
        let exhausted = try await world.page("PairingAttemptsExhausted")
        try check(!exhausted.offersRetry, "\(exhausted)")
        try world.tap(.confirmError)
        try await world.page("VehicleTab")

        try await control("DELETE", "/faults")
        try await world.openWelcome()
        try await world.startPairing()
        await world.phone.answer(error: .deviceNotReady)
        try await world.page("PairingError")
        // The fresh password is for the next attempt (ERR-4), when it is there in time.
        try await world.app.idle()
        try world.tap(.retry)
        try await world.makeKey("KEY-1")
        let requests = await world.phone.requests.count
        try check(requests == 5, "\(requests) sheets")
    },
    Test("success after an error") { world in
        try await world.launch()
        try await world.openWelcome()
        try await world.startPairing()
        await world.phone.answer(error: .userCanceled)
        try await world.page("PairingError")
        await world.phone.answerAgain(pass: "KEY-1")
        let view = try await world.until { $0.keyState == .activeUntracked }
        try check(view.pageName == "PairingError", "\(view)")
    },
    Test("deletion in the background") { world in
        try await world.launch()
        try await world.pair()
        world.phone.background()
        try await world.app.idle()
        await world.phone.deleteKey("KEY-1")
        world.phone.foreground()
        try await world.page("KeyDeleted")
        try world.tap(.confirmError)
        let view = try await world.page("VehicleTab")
        try check(view.keyState == .otherDevice, "\(view)")
    },
    Test("move") { world in
        try await world.change(#"{"ownerKey":{"id":"KEY-2","tracked":true}}"#)
        try await world.launch()
        try await world.openWelcome()
        try world.tap(.continue)
        let view = try await world.page("Overview")
        let card = CardView(cannotUnlock: false, action: .moveToThisPhone)
        guard case .overview(card, _) = view.page, view.keyState == .otherDevice else {
            throw Unexpected(description: "\(view)")
        }
        try world.tap(.cardAction)
        try await world.page("MoveKeyWarning")
        try world.tap(.confirmMove)
        try await world.until { $0.page == .welcome(blockers: [], moveFlow: true) && $0.continueEnabled }
        try await world.startPairing()
        try await world.makeKey("KEY-3")
        try world.tap(.close)
        let end = try await world.page("VehicleTab")
        try check(end.keyState == .activeUntracked, "\(end)")
    },
    Test("suspend, resume and sign-out") { world in
        try await world.launch()
        try await world.pair()
        try await world.app.suspend()
        try await world.app.resume()
        try await world.app.signOut()
        let view = try await world.page("VehicleTab")
        try check(view.vehicle == nil, "\(view)")
    },
]

extension World {
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

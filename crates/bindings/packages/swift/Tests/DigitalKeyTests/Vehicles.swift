import DigitalKey

/// Calls of a host about a vehicle, and the hint for its maker.
@MainActor
let vehicles: [Test] = [
    Test("a refresh replaces the answer about support") { test in
        // The cached answer decides until the new one replaces it (ENT-10).
        try await test.launch()
        try await test.until { $0.entry == .digitalKey }
        try await test.change(#"{"digitalKey":{"state":"NOT_AVAILABLE"}}"#)
        try await test.app.idle()
        let before = try test.app.view()
        try check(before.entry == .digitalKey, "\(before)")
        try test.app.refresh(vin: Vin(text: test.vin))
        try await test.until { $0.entry == .hidden }
    },
    Test("a refresh that fails changes nothing") { test in
        try await test.launch()
        try await test.until { $0.entry == .digitalKey }
        try await control("PUT", "/endpoints/support/fault", #"{"fault":"404"}"#)
        try test.app.refresh(vin: Vin(text: test.vin))
        _ = try await test.reported(.support)
        try await test.app.idle()
        let view = try test.app.view()
        try check(view.entry == .digitalKey, "\(view)")
    },
    Test("a vehicle that is forgotten leaves flow and cache") { test in
        let cache = try await test.pairWithMemoryCache()
        guard case .owner = try await cache.load(vin: Vin(text: test.vin)).key else {
            throw Unexpected(description: "there is no key")
        }
        try await test.app.forget(vin: Vin(text: test.vin))
        let view = try test.app.view()
        try check(view.vehicle == nil && view.pageName == "VehicleTab", "\(view)")
        guard case .unknown = try await cache.load(vin: Vin(text: test.vin)).key else {
            throw Unexpected(description: "the cache has the key")
        }
    },
    Test("a forget that begins comes before a later selection") { test in
        // Calls take effect in the order in which the host makes them (GEN-10).
        let cache = try await test.pairWithMemoryCache()
        let forgotten = try test.app.beginForget(vin: Vin(text: test.vin))
        try test.app.dispatch(intent: .selectVehicle(vin: Vin(text: test.vin)))
        try await forgotten.wait()
        try await test.until { $0.vehicle != nil && $0.pageName == "VehicleTab" }
        guard case .unknown = try await cache.load(vin: Vin(text: test.vin)).key else {
            throw Unexpected(description: "the cache has the key")
        }
    },
    Test("a forget that the cache refuses is an error") { test in
        let cache = MemoryCache(failure: CacheError.Unavailable(reason: "no space"))
        try await test.launch(test.ports(cache: cache))
        try await test.openWelcome()
        do {
            try await test.app.forget(vin: Vin(text: test.vin))
            throw Unexpected(description: "the call threw no error")
        } catch DigitalKeyError.PortFailed(let failure) {
            try check(failure.call == .erase && failure.retryable, "\(failure)")
        }
        let view = try test.app.view()
        try check(view.vehicle == nil, "\(view)")
    },
    Test("a key id in another case is reported once") { test in
        _ = try await test.pairWithMemoryCache()
        for _ in 1...2 {
            try await test.change(#"{"ownerKey":{"id":"key-1","tracked":true}}"#)
            test.phone.background()
            test.phone.foreground()
            try await test.app.idle()
        }
        let log = test.log
        _ = await inTime {
            while !Task.isCancelled && log.diagnostics.isEmpty {
                try? await sleep(0.01)
            }
            return true
        }
        let diagnostics = log.diagnostics
        guard diagnostics.count == 1, case .keyIdCaseMismatch(let vin, let local, let reported) = diagnostics[0]
        else { throw Unexpected(description: "\(diagnostics)") }
        try check(vin.text() == test.vin && !"\(diagnostics)".contains(test.vin), "\(diagnostics)")
        try check(local == "KEY-1" && reported == "key-1", "\(diagnostics)")
    },
]

extension TestApp {
    /// Starts with a cache in memory, and pairs.
    fileprivate func pairWithMemoryCache() async throws -> MemoryCache {
        let cache = MemoryCache()
        let patient = Deadlines(phone: patience, cache: patience, sheetGrace: 0.05)
        try await launch(ports(cache: cache), deadlines: patient)
        try await pair()
        try await app.idle()
        return cache
    }
}

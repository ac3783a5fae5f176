import DigitalKey

/// What becomes of a `for await` over the views.
@MainActor
let iterations: [Test] = [
    Test("each iteration begins with the newest view") { world in
        try await world.launch()
        let newest = try await world.openWelcome()
        try await world.app.idle()
        let views = try world.app.views()
        for _ in 1...2 {
            let first = await inTime {
                for await view in views { return view }
                return nil
            }
            try check(first == newest, "\(String(describing: first))")
        }
    },
    Test("an iteration ends with its task") { world in
        try await world.launch()
        let views = try world.app.views()
        let began = Signal<Void>()
        let iteration = Task {
            for await _ in views { began.send(()) }
            return true
        }
        _ = await began.next()
        iteration.cancel()
        let ended = await inTime { await iteration.value }
        try check(ended == true, "the iteration goes on")
    },
    Test("an iteration that was cancelled holds no app") { world in
        try await world.launch()
        let left = Left(app: world.app)
        let began = Signal<Void>()
        let iteration = Task { [app = world.app!] in
            for await _ in try app.views() { began.send(()) }
        }
        _ = await began.next()
        iteration.cancel()
        // Nobody shuts it down.
        world.forget()
        let freed = await inTime { await left.isFreed() }
        try check(freed == true, "the app is still there")
    },
]

/// An app that is freed when nobody else holds it.
private final class Left: @unchecked Sendable {
    weak var app: DigitalKeyApp?

    init(app: DigitalKeyApp) {
        self.app = app
    }

    /// Waits until it is; false when the waiting is cancelled.
    func isFreed() async -> Bool {
        while app != nil, !Task.isCancelled {
            try? await sleep(0.01)
        }
        return app == nil
    }
}

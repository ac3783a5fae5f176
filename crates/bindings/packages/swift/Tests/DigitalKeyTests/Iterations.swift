import DigitalKey

/// The begin and the end of a `for await` over the views.
@MainActor
let iterations: [Test] = [
    Test("each iteration begins with the newest view") { test in
        try await test.launch()
        let newest = try await test.openWelcome()
        try await test.app.idle()
        let views = try test.app.views()
        for _ in 1...2 {
            let first = await inTime {
                for await view in views { return view }
                return nil
            }
            try check(first == newest, "\(String(describing: first))")
        }
    },
    Test("an iteration ends with its task") { test in
        try await test.launch()
        let views = try test.app.views()
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
    Test("a cancelled iteration does not keep the app") { test in
        try await test.launch()
        let reference = WeakReference(app: test.app)
        let began = Signal<Void>()
        let iteration = Task { [app = test.app!] in
            for await _ in try app.views() { began.send(()) }
        }
        _ = await began.next()
        iteration.cancel()
        // The app is not shut down.
        test.forget()
        let freed = await inTime { await reference.isFreed() }
        try check(freed == true, "the app still exists")
    },
]

/// A reference that does not keep the app.
private final class WeakReference: @unchecked Sendable {
    weak var app: DigitalKeyApp?

    init(app: DigitalKeyApp) {
        self.app = app
    }

    /// Waits until the app is freed; false when the task is cancelled.
    func isFreed() async -> Bool {
        while app != nil, !Task.isCancelled {
            try? await sleep(0.01)
        }
        return app == nil
    }
}

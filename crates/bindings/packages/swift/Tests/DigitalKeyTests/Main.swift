import DigitalKey
import Foundation

/// A test and its name.
struct Test {
    let name: String
    let log: Log
    let run: @MainActor (TestApp) async throws -> Void

    init(_ name: String, log: Log = Log(), run: @escaping @MainActor (TestApp) async throws -> Void) {
        self.name = name
        self.log = log
        self.run = run
    }
}

@main
@MainActor
struct Main {
    static func main() async {
        let tests = [
            pairing, vehicles, suspension, host, badInput, boundary, durations, iterations, presenter, storage,
            transport, canned, simulated,
        ].flatMap { $0 }
        var failed = 0
        for test in tests {
            do {
                let app = try await TestApp(log: test.log)
                do {
                    try await test.run(app)
                } catch {
                    await app.end()
                    throw error
                }
                await app.end()
                print("ok      \(test.name)")
            } catch {
                failed += 1
                print("FAILED  \(test.name): \(error)")
            }
        }
        print("\(tests.count) tests, \(failed) failed")
        // A listener that hangs keeps a thread of the core busy.
        exit(failed == 0 ? 0 : 1)
    }
}

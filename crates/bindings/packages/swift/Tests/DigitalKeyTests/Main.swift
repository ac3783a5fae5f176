import DigitalKey
import Foundation

/// A test and its name.
struct Test {
    let name: String
    let log: Log
    let run: @MainActor (World) async throws -> Void

    init(_ name: String, log: Log = Log(), run: @escaping @MainActor (World) async throws -> Void) {
        self.name = name
        self.log = log
        self.run = run
    }
}

@main
@MainActor
struct Main {
    static func main() async {
        let tests = pairing + badInput + lengths + iterations + presenter
        var failed = 0
        for test in tests {
            do {
                let world = try await World(log: test.log)
                do {
                    try await test.run(world)
                } catch {
                    await world.end()
                    throw error
                }
                await world.end()
                print("ok      \(test.name)")
            } catch {
                failed += 1
                print("FAILED  \(test.name): \(error)")
            }
        }
        print("\(tests.count) tests, \(failed) failed")
        // A listener that hangs holds a thread of the core's.
        exit(failed == 0 ? 0 : 1)
    }
}

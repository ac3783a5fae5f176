/// The views of a started app, beginning with the newest, until it is shut down or the task that
/// iterates is cancelled. Each iteration has a stream of its own, which goes with it; views that were
/// outdated before it asked are left out.
public struct Views: AsyncSequence, Sendable {
    public typealias Element = ViewState

    let stream: ViewStream

    public struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ViewStream

        public mutating func next() async -> ViewState? {
            // UniFFI's calls do not hear of a cancellation.
            let stream = stream
            return await withTaskCancellationHandler {
                await stream.next()
            } onCancel: {
                stream.end()
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(stream: stream.again())
    }
}

extension DigitalKeyApp {
    /// The views from now on, for `for await`.
    public func views() throws -> Views {
        Views(stream: try viewStream())
    }
}

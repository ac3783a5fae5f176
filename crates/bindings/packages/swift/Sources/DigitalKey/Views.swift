/// The views of a started app as a sequence, which begins with the newest view.
///
/// It ends with the core, and with the task that iterates. Each iteration has a stream of its own, and
/// skips the views that are outdated by the time it asks.
public struct Views: AsyncSequence, Sendable {
    public typealias Element = ViewState

    let stream: ViewStream

    public struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ViewStream

        public mutating func next() async -> ViewState? {
            // UniFFI does not pass on that a task is cancelled.
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
    /// Returns the views for a `for await`, which begin with the newest.
    public func views() throws -> Views {
        Views(stream: try viewStream())
    }
}

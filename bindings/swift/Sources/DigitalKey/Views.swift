/// The views of a started app, the newest first, until it is shut down. Each iteration has a stream
/// of its own; views that were outdated before it asked are left out.
public struct Views: AsyncSequence, Sendable {
    public typealias Element = ViewState

    let stream: ViewStream

    public struct AsyncIterator: AsyncIteratorProtocol {
        let stream: ViewStream

        public mutating func next() async -> ViewState? {
            await stream.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(stream: stream)
    }
}

extension DigitalKeyApp {
    /// The views from now on, beginning with the newest, for `for await`.
    public func views() throws -> Views {
        Views(stream: try viewStream())
    }
}

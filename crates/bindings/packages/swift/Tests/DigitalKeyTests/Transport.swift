import DigitalKey
import Foundation

/// The transport on URLSession, against servers that answer badly in every way, and against the backend.
@MainActor
let transport: [Test] = [
    Test("URLSession against bad answers") { _ in
        let broken = try await transportViolations(transport: URLSessionTransport())
        try check(broken.isEmpty, broken.joined(separator: "\n"))
    },
    Test("a pairing through URLSession") { test in
        let options = HttpOptions(
            transport: URLSessionTransport(),
            userAgent: "ExampleApp/7.1 (iOS 18.2)",
            headers: ["X-App-Version": "7.1"]
        )
        let http = variable("DIGITAL_KEY_BFF")
        let bff = try BffAdapter.http(baseUrl: http, tokens: Token(), options: options)
        try await test.launch(test.ports(http: bff))
        try await test.pair()
        try check(test.log.failures.isEmpty, "\(test.log.failures)")
    },
    Test("a transport that throws") { test in
        let options = HttpOptions(transport: Throwing())
        let bff = try BffAdapter.http(baseUrl: "https://bff.example.com", tokens: Token(), options: options)
        try await test.launch(test.ports(http: bff))
        let failure = try await test.reported(.support)
        try check(failure.port == .bff && failure.retryable, "\(failure)")
        try check(!failure.reason.contains("sesame"), "\(failure)")
    },
    Test("a transport that is released") { _ in
        weak var released: URLSessionTransport?
        do {
            let transport = URLSessionTransport()
            released = transport
        }
        try check(released == nil, "the session keeps its transport")
    },
]

/// A transport with an error of its own, which contains a secret.
private final class Throwing: HttpTransport {
    private struct Surprise: Error {
        let text = "sesame-4711"
    }

    func send(request: HttpRequest) async throws -> HttpResponse {
        throw Surprise()
    }
}

import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension BffAdapter {
    /// Makes an adapter for HTTP with this base URL, such as `https://bff.example.com/api`. Plain `http`
    /// is allowed for loopback only.
    ///
    /// On Apple's platforms the default transport is a `URLSessionTransport`; on Linux it is the core's
    /// own HTTP.
    public static func http(
        baseUrl: String,
        tokens: TokenProvider,
        options: HttpOptions = HttpOptions()
    ) throws -> BffAdapter {
        var options = options
        #if canImport(Darwin)
        options.transport = options.transport ?? URLSessionTransport()
        #endif
        return try coreHttp(baseUrl: baseUrl, tokens: tokens, options: options)
    }
}

/// Sends the core's requests through `URLSession`, with the system's TLS, proxies and VPN.
///
/// The configuration and the delegate of the app decide about trust, client certificates, proxies and
/// metrics. The transport makes a session of its own from them: a session has one delegate, and the
/// limit of a body needs it. The session keeps no cookies, no cache and no credentials, and follows no
/// redirect.
///
/// `URLSession` has one limit for inactivity, which is the `read` of `HttpDeadlines`; it also ends a
/// connection that is not made in time.
public final class URLSessionTransport: HttpTransport {
    private let session: URLSession
    private let exchanges: Exchanges

    /// Makes a transport.
    ///
    /// - Parameters:
    ///   - configuration: A copy of it is used, for example with proxies or a later TLS version.
    ///   - delegate: It answers challenges about the server's trust and the client's certificate, and
    ///     receives metrics. The transport calls no other method of it, and keeps it alive.
    public init(
        configuration: URLSessionConfiguration = .ephemeral,
        delegate: (any URLSessionTaskDelegate)? = nil
    ) {
        let own = (configuration.copy() as? URLSessionConfiguration) ?? .ephemeral
        own.httpCookieStorage = nil
        own.httpCookieAcceptPolicy = .never
        own.httpShouldSetCookies = false
        own.urlCache = nil
        own.urlCredentialStorage = nil
        own.requestCachePolicy = .reloadIgnoringLocalCacheData
        exchanges = Exchanges(host: delegate)
        session = URLSession(configuration: own, delegate: exchanges, delegateQueue: nil)
    }

    deinit {
        // A session keeps its delegate until it is invalid.
        session.invalidateAndCancel()
    }

    public func send(request: HttpRequest) async throws -> HttpResponse {
        guard let url = URL(string: request.url()) else {
            throw HttpTransportError.Broken(reason: "the URL is not valid")
        }
        var sent = URLRequest(
            url: url,
            cachePolicy: .reloadIgnoringLocalCacheData,
            timeoutInterval: request.deadlines().read
        )
        sent.httpMethod = request.method()
        sent.httpShouldHandleCookies = false
        for (name, value) in request.headers() {
            sent.setValue(value, forHTTPHeaderField: name)
        }
        let task = session.dataTask(with: sent)
        let (exchanges, limit) = (exchanges, Int(request.bodyLimit()))
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                exchanges.begin(task, limit: limit, continuation)
            }
        } onCancel: {
            exchanges.end(task, .failure(.Cancelled))
        }
    }
}

/// The running requests of a session, whose delegate it is.
private final class Exchanges: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    /// A request without an answer.
    private struct Exchange {
        let continuation: CheckedContinuation<HttpResponse, any Error>
        let limit: Int
        var response: HTTPURLResponse?
        var body: Data
        /// Whether a challenge about TLS was rejected. The error is then a cancelled request.
        var isRejected = false
        /// Whether the request was sent, if the system says so.
        var isSent = true
    }

    private let host: (any URLSessionTaskDelegate)?
    private let lock = NSLock()
    private var running: [Int: Exchange] = [:]

    init(host: (any URLSessionTaskDelegate)?) {
        self.host = host
    }

    func begin(
        _ task: URLSessionDataTask,
        limit: Int,
        _ continuation: CheckedContinuation<HttpResponse, any Error>
    ) {
        // The body never grows beyond its first memory, where a copy of a password would stay.
        let exchange = Exchange(continuation: continuation, limit: limit, body: Data(capacity: limit))
        lock.withLock { running[task.taskIdentifier] = exchange }
        if Task.isCancelled {
            // The handler of the cancellation may have run before.
            end(task, .failure(.Cancelled))
        } else {
            task.resume()
        }
    }

    /// Answers the request once, and stops it.
    func end(_ task: URLSessionTask, _ result: Result<HttpResponse, HttpTransportError>) {
        if answer(task, result) {
            task.cancel()
        }
    }

    /// Answers the request once, and returns whether this is the answer.
    @discardableResult
    private func answer(
        _ task: URLSessionTask, _ result: Result<HttpResponse, HttpTransportError>
    ) -> Bool {
        let exchange = lock.withLock { running.removeValue(forKey: task.taskIdentifier) }
        guard let exchange else { return false }
        switch result {
        case .success(let response): exchange.continuation.resume(returning: response)
        case .failure(let error): exchange.continuation.resume(throwing: error)
        }
        return true
    }

    private func change<T>(_ task: URLSessionTask, _ change: (inout Exchange) -> T) -> T? {
        lock.withLock {
            guard var exchange = running[task.taskIdentifier] else { return nil }
            // Without it, the body would be copied.
            running[task.taskIdentifier] = nil
            defer { running[task.taskIdentifier] = exchange }
            return change(&exchange)
        }
    }

    // The response.

    func urlSession(
        _ session: URLSession,
        dataTask: URLSessionDataTask,
        didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard let response = response as? HTTPURLResponse else {
            completionHandler(.cancel)
            return end(dataTask, .failure(.Broken(reason: "the response is not HTTP")))
        }
        guard response.statusCode == 200 else {
            completionHandler(.cancel)
            return end(dataTask, .success(httpResponse(response)))
        }
        _ = change(dataTask) { $0.response = response }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let full = change(dataTask) { exchange -> HttpResponse? in
            exchange.body.append(data.prefix(exchange.limit - exchange.body.count))
            guard exchange.body.count == exchange.limit, let response = exchange.response else { return nil }
            return httpResponse(response, exchange.body)
        }
        if case .some(.some(let response)) = full {
            end(dataTask, .success(response))
        }
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // A redirect would send the token and the VIN to another host.
        end(task, .success(httpResponse(response)))
        #if !canImport(FoundationNetworking)
        // FoundationNetworking ends the process if a cancelled task gets an answer here.
        completionHandler(nil)
        #endif
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let result = change(task) { exchange -> Result<HttpResponse, HttpTransportError> in
            if let error {
                return .failure(failure(error, isSent: exchange.isSent, isRejected: exchange.isRejected))
            }
            guard let response = exchange.response ?? (task.response as? HTTPURLResponse) else {
                return .failure(.Broken(reason: "there is no response"))
            }
            return .success(httpResponse(response, exchange.body))
        }
        if let result {
            answer(task, result)
        }
    }

    // Trust and metrics, which are the app's.

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        let answered: @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void = {
            [weak self] disposition, credential in
            if disposition == .cancelAuthenticationChallenge {
                _ = self?.change(task) { $0.isRejected = true }
            }
            completionHandler(disposition, credential)
        }
        if challenge.isAboutAccount {
            // The token is the only credential: a 401 is an answer.
            completionHandler(.rejectProtectionSpace, nil)
        } else if !forward(challenge, session, task, answered) {
            completionHandler(.performDefaultHandling, nil)
        }
    }

    #if canImport(FoundationNetworking)
    /// FoundationNetworking has no optional methods: a delegate without a method of its own has the
    /// default of the protocol, which handles a challenge in the default way.
    private func forward(
        _ challenge: URLAuthenticationChallenge,
        _ session: URLSession,
        _ task: URLSessionTask,
        _ answered: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) -> Bool {
        guard let host else { return false }
        host.urlSession(session, task: task, didReceive: challenge, completionHandler: answered)
        return true
    }
    #else
    private func forward(
        _ challenge: URLAuthenticationChallenge,
        _ session: URLSession,
        _ task: URLSessionTask,
        _ answered: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) -> Bool {
        if let ofTask = host?.urlSession(_:task:didReceive:completionHandler:) {
            ofTask(session, task, challenge, answered)
        } else if let ofSession = host?.urlSession(_:didReceive:completionHandler:) {
            ofSession(session, challenge, answered)
        } else {
            return false
        }
        return true
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        didFinishCollecting metrics: URLSessionTaskMetrics
    ) {
        let isSent = metrics.transactionMetrics.contains { $0.requestStartDate != nil }
        _ = change(task) { $0.isSent = isSent }
        host?.urlSession?(session, task: task, didFinishCollecting: metrics)
    }
    #endif
}

extension URLAuthenticationChallenge {
    /// Whether the server asks for a name and a password. TLS and proxies ask for something else.
    fileprivate var isAboutAccount: Bool {
        let space = protectionSpace
        let methods = [
            NSURLAuthenticationMethodHTTPBasic,
            NSURLAuthenticationMethodHTTPDigest,
            NSURLAuthenticationMethodDefault,
        ]
        return methods.contains(space.authenticationMethod) && !space.isProxy()
    }
}

private func httpResponse(_ response: HTTPURLResponse, _ body: Data = Data()) -> HttpResponse {
    var headers: [String: String] = [:]
    for case let (name as String, value as String) in response.allHeaderFields {
        headers[name] = value
    }
    let isAnswer = response.statusCode == 200
    return HttpResponse(
        status: UInt16(clamping: response.statusCode),
        headers: headers,
        body: isAnswer ? body : Data()
    )
}

/// The phase in which a request failed. The text of an error shows the URL, so it stays here.
private func failure(_ error: any Error, isSent: Bool, isRejected: Bool) -> HttpTransportError {
    guard let error = error as? URLError else {
        return .Broken(reason: "an error of another kind")
    }
    let reason = "URLError \(error.errorCode)"
    switch error.code {
    case .timedOut:
        return isSent ? .TimedOut : .Connect(reason: reason)
    case .cancelled:
        // A delegate that rejects a server cancels its request.
        return isRejected ? .Tls(reason: "the app's delegate rejected the server") : .Cancelled
    case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet,
        .internationalRoamingOff, .dataNotAllowed, .callIsActive,
        .appTransportSecurityRequiresSecureConnection:
        return .Connect(reason: reason)
    case .secureConnectionFailed, .serverCertificateHasBadDate, .serverCertificateUntrusted,
        .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
        .clientCertificateRequired:
        return .Tls(reason: reason)
    case .dataLengthExceedsMaximum:
        return .TooLarge
    default:
        return failureOfLibcurl(error) ?? .Broken(reason: reason)
    }
}

/// FoundationNetworking has no number for most errors of libcurl, but their texts.
private func failureOfLibcurl(_ error: URLError) -> HttpTransportError? {
    #if canImport(FoundationNetworking)
    let text = error.localizedDescription
    if text.contains("SSL") || text.contains("TLS") {
        return .Tls(reason: "libcurl's TLS")
    }
    return text.contains("larger than allowed") ? .TooLarge : nil
    #else
    return nil
    #endif
}

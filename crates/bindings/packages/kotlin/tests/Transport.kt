package digitalkey.test

import digitalkey.*

/** A transport of the host, against servers that answer badly in every way, and against the backend. */
val transport: List<Test> =
    listOf(
        Test("the JDK's HTTP against bad answers") {
            val broken = transportViolations(JdkTransport())
            check(broken.isEmpty()) { broken.joinToString("\n") }
        },
        Test("a pairing through the JDK's HTTP", ::pairThroughJdk),
        Test("a transport that throws") { badTransport { throw IllegalStateException(SECRET) } },
        Test("an Error of the transport") { badTransport { throw NoClassDefFoundError(SECRET) } },
        Test("settings that HTTP does not allow", ::badSettings),
    )

private suspend fun pairThroughJdk() = withApp {
    val options =
        HttpOptions(
            transport = JdkTransport(),
            userAgent = "ExampleApp/7.1 (Android 15)",
            headers = mapOf("X-App-Version" to "7.1"),
        )
    launch(ports(http = BffAdapter.http(bffUrl, Token(), options)))
    pair()
    check(log.failures.isEmpty()) { "${log.failures}" }
}

private suspend fun badTransport(send: () -> HttpResponse) = withApp {
    val transport =
        object : HttpTransport {
            override suspend fun send(request: HttpRequest) = send()
        }
    val options = HttpOptions(transport = transport)
    launch(ports(http = BffAdapter.http("https://bff.example.com", Token(), options)))
    val failure = reported(PortCall.SUPPORT)
    check(failure.port == Port.BFF && failure.retryable) { "$failure" }
    check(SECRET !in failure.reason) { "$failure" }
}

private suspend fun badSettings() {
    val refused = { options: HttpOptions -> BffAdapter.http("https://bff.example.com", Token(), options) }
    val agent = expect<DigitalKeyException.Invalid> { refused(HttpOptions(userAgent = "two\nlines")) }
    check(agent.argument == "user agent") { agent }
    val header = mapOf("X-Api-Key" to "two\n$SECRET")
    val headers = expect<DigitalKeyException.Invalid> { refused(HttpOptions(headers = header)) }
    check(headers.argument == "headers" && SECRET !in "$headers") { headers }
}

package digitalkey.test

import digitalkey.*
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.collect

/** A text that adapters throw, and that must not appear anywhere (GEN-6). */
const val SECRET = "sesame-4711"

/** Adapters that throw or hang, and calls in the wrong order. */
val badInput: List<Test> =
    listOf(
        Test("a wallet's own error") { badWallet { throw WalletException.Unavailable("locked") } },
        Test("an unexpected exception of the wallet") { badWallet { throw ArithmeticException(SECRET) } },
        Test("a wallet that hangs") { badWallet { awaitCancellation() } },
        Test("the pairing sheet's own error") { badSheet { throw ApplePairingException.NotOffered() } },
        Test("an unexpected exception of the pairing sheet") { badSheet { error(SECRET) } },
        Test("a key without a name") { badSheet { PairingAnswer(pass = "") } },
        Test("a sheet that never ends", ::endlessSheet),
        Test("a BFF's own error") { badBff(true) { throw BffException.Unreachable("no route") } },
        Test("an unexpected exception of the BFF") { badBff(false) { error(SECRET) } },
        Test("a BFF that hangs") { badBff(true) { awaitCancellation() } },
        Test("a token provider that throws") { badToken(false) { error(SECRET) } },
        Test("a token provider that hangs") { badToken(true) { awaitCancellation() } },
        Test("a cache that throws", ::badCache),
        Test("a listener that throws") { badListener { error(SECRET) } },
        Test("a listener that hangs") { CountDownLatch(1).let { badListener { it.await() } } },
        Test("calls before the start", ::beforeTheStart),
        Test("a second start", ::secondStart),
        Test("calls after the shutdown", ::afterTheShutdown),
        Test("arguments", ::arguments),
    )

/** A wallet that cannot say leaves the key on another device (WEL-2). */
suspend fun badWallet(presence: suspend () -> Presence) {
    val phone =
        object : Phone() {
            override suspend fun presence(key: String) = presence()
        }
    withApp(TestApp(phone)) {
        change("""{"ownerKey":{"id":"KEY-1","tracked":true}}""")
        launch()
        openWelcome()
        tap(Tap.CONTINUE)
        check(page("Overview").keyState == KeyState.OTHER_DEVICE)
        val failure = reported(PortCall.PRESENCE)
        check(failure.port == Port.WALLET && failure.retryable) { "$failure" }
        check(SECRET !in failure.reason) { "$failure" }
    }
}

/** The failure counts as an answer with neither a pass nor an error (CBK-4). */
suspend fun badSheet(start: suspend () -> PairingAnswer) {
    val phone =
        object : Phone() {
            override suspend fun start(request: PairingRequest) = start()
        }
    withApp(TestApp(phone)) {
        launch()
        openWelcome()
        startPairing()
        check((page("PairingError").page as PageView.PairingError).reason == null)
        val failure = reported(PortCall.START_PAIRING)
        check(failure.port == Port.APPLE_PAIRING && SECRET !in failure.reason) { "$failure" }
    }
}

/** Coming to the foreground without a sheet counts as an answer (GEN-2). */
private suspend fun endlessSheet() {
    val phone =
        object : Phone() {
            override suspend fun start(request: PairingRequest) = awaitCancellation()
        }
    withApp(TestApp(phone)) {
        launch()
        openWelcome()
        startPairing()
        until { it.pairingRuns }
        // The check in the foreground needs a sheet that is up: wait until the use is taken.
        app.idle()
        phone.background()
        phone.foreground()
        page("PairingError")
    }
}

/** Without an answer the entry stays hidden (ENT-4). */
private suspend fun TestApp.noEntry(retryable: Boolean) {
    val failure = reported(PortCall.SUPPORT)
    check(failure.port == Port.BFF && failure.retryable == retryable) { "$failure" }
    check(SECRET !in failure.reason) { "$failure" }
    app.idle()
    check(app.view().entry == EntryView.HIDDEN)
}

suspend fun badBff(retryable: Boolean, support: suspend () -> SupportAnswer) = withApp {
    val bff =
        object : Bff {
            override suspend fun support(vin: Vin) = support()

            override suspend fun pairingStatus(vin: Vin) = throw BffException.Unauthorized()

            override suspend fun pairingPassword(vin: Vin, idempotencyKey: String) = null
        }
    launch(ports(bff = bff))
    noEntry(retryable)
}

suspend fun badToken(retryable: Boolean, token: suspend () -> BearerToken) = withApp {
    val tokens =
        object : Token() {
            override suspend fun token() = token()
        }
    launch(ports(tokens))
    noEntry(retryable)
}

/** Without a use the pairing does not start (RDY-6). */
private suspend fun badCache() = withApp {
    val cache =
        object : MemoryCache() {
            override suspend fun takeUse(vin: Vin) = error(SECRET)

            override suspend fun eraseAll() = throw CacheException.Unavailable("no space")
        }
    launch(ports(cache = cache))
    openWelcome()
    startPairing()
    page("PairingPasswordUnavailable")
    val failure = reported(PortCall.TAKE_USE)
    check(failure.port == Port.CACHE && failure.retryable && SECRET !in failure.reason)
    check(phone.requests.isEmpty())
    val thrown = expect<DigitalKeyException.PortFailed> { app.signOut() }
    check(thrown.failure.call == PortCall.ERASE_ALL && thrown.failure.retryable)
}

/** A listener that fails does not delay the core. */
suspend fun badListener(onView: () -> Unit) {
    val calls = AtomicInteger()
    val log =
        object : Log() {
            override fun onView(view: ViewState) {
                calls.incrementAndGet()
                onView()
            }
        }
    withApp(TestApp(log = log)) {
        launch()
        openWelcome()
        check(calls.get() > 0) { "the listener was not called" }
    }
}

private suspend fun beforeTheStart() = withApp {
    app = DigitalKeyApp(Config(phone = digitalkey.Phone.Android), ports())
    expect<DigitalKeyException.NotStarted> { app.view() }
    expect<DigitalKeyException.NotStarted> { app.dispatch(Intent.Tap(Tap.ENTRY)) }
    expect<DigitalKeyException.NotStarted> { app.signOut() }
}

private suspend fun secondStart() = withApp {
    launch()
    expect<DigitalKeyException.AlreadyStarted> { app.start() }
    openWelcome()
}

private suspend fun afterTheShutdown() = withApp {
    launch()
    val views = app.views()
    openWelcome()
    app.shutdown()
    app.shutdown()
    expect<DigitalKeyException.ShutDown> { views.collect() }
    expect<DigitalKeyException.ShutDown> { app.start() }
    expect<DigitalKeyException.ShutDown> { app.dispatch(Intent.Tap(Tap.ENTRY)) }
    expect<DigitalKeyException.ShutDown> { app.view() }
    expect<DigitalKeyException.ShutDown> { app.signOut() }
    expect<DigitalKeyException.ShutDown> { app.suspend() }
    expect<DigitalKeyException.ShutDown> { app.idle() }
}

private suspend fun arguments() = withApp {
    launch()
    expect<DigitalKeyException.Invalid> { Vin("WBA") }
    val vehicle = Vin("wbadkey0000000001")
    check(vehicle.text() == "WBADKEY0000000001" && "$vehicle" == "WBA…0001") { "$vehicle" }
    check(setOf(vehicle, Vin("WBADKEY0000000001")).size == 1 && vehicle != Vin("WBADKEY0000000002"))
    val thrown = expect<DigitalKeyException.Invalid> { PairingPassword("1234567x") }
    check("1234567x" !in "$thrown")
    expect<DigitalKeyException.Invalid> { BffAdapter.http("http://bff.example.com", Token()) }
    val config = Config(phone = digitalkey.Phone.Ios("", "14.2"))
    val refused = expect<DigitalKeyException.Invalid> { DigitalKeyApp(config, ports()) }
    check(refused.argument == "machine")
    check(refused.message == "$refused") { refused.message }
}

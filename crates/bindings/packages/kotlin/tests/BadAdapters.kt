package digitalkey.test

import digitalkey.*

import java.util.concurrent.Executors
import java.util.concurrent.Future
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.runBlocking

/** The calls of adapters that `badInput` leaves out, and calls of a host from many threads. */
val badAdapters: List<Test> =
    listOf(
        Test("a wallet that does not open") { closedWallet { error(SECRET) } },
        Test("a wallet that hangs while it opens") { closedWallet { awaitCancellation() } },
        Test("wallet changes that end with an exception") { endedEvents(PortCall.NEXT_CHANGE) },
        Test("late answers that end with an exception") { endedEvents(PortCall.NEXT_LATE_ANSWER) },
        Test("lifecycle events that end with an exception") { endedEvents(PortCall.NEXT_EVENT) },
        Test("no answer whether a key can be made") {
            noKeyCanBeMade(PhoneSoftwareIssue.APPLE_DID_NOT_ANSWER) { awaitCancellation() }
        },
        Test("an exception instead of whether a key can be made") {
            noKeyCanBeMade(PhoneSoftwareIssue.APPLE_REFUSES) { error(SECRET) }
        },
        Test("an exception instead of whether the sheet is up", ::unknownSheet),
        Test("a cache that cannot be read") { unreadableCache { error(SECRET) } },
        Test("a cache that hangs") { unreadableCache { awaitCancellation() } },
        Test("calls from many threads, and a shutdown among them", ::manyThreads),
    )

/** A phone of which one call does not do what it should. */
private class BadPhone(private val call: PortCall, private val fault: suspend () -> Nothing) : Phone() {
    override suspend fun openWallet(key: String) =
        if (call == PortCall.OPEN_WALLET) fault() else super.openWallet(key)

    override suspend fun nextChange() =
        if (call == PortCall.NEXT_CHANGE) fault() else super.nextChange()

    override suspend fun canCreateKey(vin: Vin) =
        if (call == PortCall.CAN_CREATE_KEY) fault() else super.canCreateKey(vin)

    override suspend fun start(request: PairingRequest): PairingAnswer =
        if (call == PortCall.SHEET_IS_UP) awaitCancellation() else super.start(request)

    override suspend fun sheetIsUp() =
        if (call == PortCall.SHEET_IS_UP) fault() else super.sheetIsUp()

    override suspend fun nextLateAnswer() =
        if (call == PortCall.NEXT_LATE_ANSWER) fault() else super.nextLateAnswer()

    override suspend fun nextEvent() =
        if (call == PortCall.NEXT_EVENT) fault() else super.nextEvent()
}

/** The failure reaches the listener, without the text that was thrown. */
private suspend fun TestApp.isReported(call: PortCall, port: Port) {
    val failure = reported(call)
    check(failure.port == port && SECRET !in failure.reason) { "$failure" }
}

/** The page stays, and says that the wallet could not be opened (OVR-4). */
private suspend fun closedWallet(fault: suspend () -> Nothing) =
    withApp(TestApp(BadPhone(PortCall.OPEN_WALLET, fault))) {
        launch()
        pair()
        tap(Tap.CARD_ACTION)
        check(until { it.notice != null }.pageName == "Overview")
        isReported(PortCall.OPEN_WALLET, Port.WALLET)
    }

/** The core does not ask again, and pairs without these events. */
private suspend fun endedEvents(call: PortCall) =
    withApp(TestApp(BadPhone(call) { error(SECRET) })) {
        launch()
        pair()
        val port =
            when (call) {
                PortCall.NEXT_CHANGE -> Port.WALLET
                PortCall.NEXT_LATE_ANSWER -> Port.APPLE_PAIRING
                else -> Port.APP_LIFECYCLE
            }
        isReported(call, port)
        check(log.failures.count { it.call == call } == 1) { "${log.failures}" }
    }

/** The core takes an error for "no", and silence, too (WEL-4). */
private suspend fun noKeyCanBeMade(issue: PhoneSoftwareIssue, fault: suspend () -> Nothing) =
    withApp(TestApp(BadPhone(PortCall.CAN_CREATE_KEY, fault))) {
        launch()
        val blocker = (openWelcome().page as PageView.Welcome).blockers.single()
        check(blocker.issue == issue) { "$blocker" }
        isReported(PortCall.CAN_CREATE_KEY, Port.APPLE_PAIRING)
    }

/** An error counts as "no sheet", so that the page does not wait for ever (GEN-2). */
private suspend fun unknownSheet() =
    withApp(TestApp(BadPhone(PortCall.SHEET_IS_UP) { error(SECRET) })) {
        launch()
        openWelcome()
        startPairing()
        until { it.pairingRuns }
        app.idle()
        phone.background()
        phone.foreground()
        page("PairingError")
        isReported(PortCall.SHEET_IS_UP, Port.APPLE_PAIRING)
    }

/** The backend's answer shows the entry also when the cache has none (ENT-3). */
private suspend fun unreadableCache(fault: suspend () -> Nothing) = withApp {
    val cache =
        object : MemoryCache() {
            override suspend fun load(vin: Vin) = fault()
        }
    launch(ports(cache = cache))
    openWelcome()
    isReported(PortCall.LOAD, Port.CACHE)
}

/** Each call has a result or an error of the core, whatever the others do. */
private suspend fun manyThreads() = withApp {
    launch()
    openWelcome()
    val app = app
    val threads = Executors.newFixedThreadPool(8)
    val calls: List<suspend () -> Any?> =
        listOf(
            { app.view() },
            { app.dispatch(Intent.Tap(Tap.BACK)) },
            { app.refresh(Vin(vin)) },
            { app.beginSuspend() },
            { app.beginResume() },
            { app.idle() },
        )
    val results: List<Future<Throwable?>> =
        (0 until 600).map { number ->
            threads.submit<Throwable?> {
                val call = if (number == 300) suspend { app.shutdown() } else calls[number % calls.size]
                runCatching { runBlocking { call() } }.exceptionOrNull()
            }
        }
    val wrong = results.mapNotNull { it.get() }.filter { it !is DigitalKeyException }
    threads.shutdown()
    check(wrong.isEmpty()) { "$wrong" }
    expect<DigitalKeyException.ShutDown> { app.view() }
}

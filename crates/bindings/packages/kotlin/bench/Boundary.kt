package digitalkey.bench

import digitalkey.*
import digitalkey.test.MemoryCache

import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.runBlocking

/** How often all is repeated before: the virtual machine still compiles. */
private const val WARM_UP = 3

private object CannedBff : Bff {
    override suspend fun support(vin: Vin) =
        decideSupport(Capability(state = "ACTIVATED", `package` = "SMACC_1_5", upgradeRequired = false))

    override suspend fun pairingStatus(vin: Vin) =
        PairingStatus(ownerKey = null, primarySubscriber = true, prepared = true)

    override suspend fun pairingPassword(vin: Vin, idempotencyKey: String) = PairingPassword("12345678")
}

/** A listener that passes each view to a coroutine. */
private class Waiting : Listener {
    val views = Channel<ViewState>(Channel.UNLIMITED)

    override fun onView(view: ViewState) {
        views.trySend(view)
    }

    override fun onPortFailure(failure: PortFailure) {}

    override fun onCacheFailure(failure: CacheFailure) {}

    override fun onDiagnostic(diagnostic: Diagnostic) {}

    override fun onFunnel(event: FunnelEvent) {}
}

/** An app on ReadyToPair. Each tap ticks or unticks its box, which calls no port. */
private class Box(val app: DigitalKeyApp) {
    private var ticked = false

    fun tap() {
        app.dispatch(Intent.Tap(if (ticked) Tap.UNTICK_BOX else Tap.TICK_BOX))
        ticked = !ticked
    }

    fun isShown(view: ViewState) = (view.page as PageView.ReadyToPair).checked == ticked
}

private suspend fun readyToPair(listener: Listener? = null): Box {
    val phone = ScriptedPhone()
    val ports =
        Ports(
            bff = BffAdapter.own(CannedBff),
            wallet = phone.wallet(),
            applePairing = phone.applePairing(),
            cache = CacheAdapter.own(MemoryCache()),
            appLifecycle = phone.appLifecycle(),
        )
    val app = DigitalKeyApp(Config(phone = Phone.Ios("iPhone12,1", "14.2")), ports)
    app.start(listener)
    app.dispatch(Intent.SelectVehicle(Vin("WBADKEY0000000001")))
    for ((tap, page) in
        listOf(Tap.ENTRY to "Welcome", Tap.CONTINUE to "GrabYourTwoKeys", Tap.CONTINUE to "ReadyToPair")) {
        app.views().first { tap in it.offers }
        app.dispatch(Intent.Tap(tap))
        app.views().first { it.pageName == page }
    }
    app.idle()
    return Box(app)
}

/**
 * Measures how a view reaches Kotlin, beside the way of a value over a channel to another thread and back.
 *
 * Prints a line for each figure: its name, and the median in microseconds. The argument is the number of
 * repetitions.
 */
fun main(arguments: Array<String>) {
    runBlocking { run(arguments.single().toInt()) }
    exitProcess(0)
}

private suspend fun run(repetitions: Int) {
    suspend fun median(repeat: suspend () -> Unit): Long {
        val durations = List(repetitions) {
            val start = System.nanoTime()
            repeat()
            System.nanoTime() - start
        }
        return durations.sorted()[repetitions / 2]
    }

    val requests = Channel<Unit>()
    val answers = Channel<Unit>()
    thread(isDaemon = true) { runBlocking { for (request in requests) answers.send(request) } }
    val waiting = Waiting()
    val heard = readyToPair(waiting)
    while (waiting.views.receive() != heard.app.view()) {}
    val polled = readyToPair()
    val streamed = readyToPair()
    val phone = ScriptedPhone()
    val figures =
        mapOf<String, suspend () -> Long>(
            "floor" to {
                median {
                    requests.send(Unit)
                    answers.receive()
                }
            },
            "polled" to {
                median {
                    polled.tap()
                    while (!polled.isShown(polled.app.view())) {}
                }
            },
            "streamed" to {
                val durations = ArrayList<Long>()
                var start: Long? = null
                streamed.app.views().take(repetitions + 1).collect { view ->
                    start?.let { durations += System.nanoTime() - it }
                    check(streamed.isShown(view))
                    if (durations.size < repetitions) {
                        start = System.nanoTime()
                        streamed.tap()
                    }
                }
                durations.sorted()[repetitions / 2]
            },
            "listener" to {
                median {
                    heard.tap()
                    check(heard.isShown(waiting.views.receive()))
                }
            },
            "view" to { median { polled.app.view() } },
            "call" to { median { phone.setCanCreate(true) } },
        )
    repeat(WARM_UP) { figures.values.forEach { measure -> measure() } }
    for ((name, measure) in figures) println("$name ${measure() / 1e3}")
}

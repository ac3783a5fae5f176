package digitalkey.test

import digitalkey.*

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.withTimeoutOrNull

val bffUrl: String = System.getenv("DIGITAL_KEY_BFF")
private val controlUrl: String = System.getenv("DIGITAL_KEY_CONTROL")
private val http = HttpClient.newHttpClient()
private var number = 0

/** How long a step may take on a busy machine, in milliseconds. */
private const val PATIENCE = 30_000L

/** How long the core waits for an adapter that hangs. */
val deadlines =
    Deadlines(
        phone = Duration.ofMillis(300),
        cache = Duration.ofMillis(300),
        sheetGrace = Duration.ofMillis(50),
    )

/** For tests in which no adapter hangs, so that they pass on a busy machine. */
val patientDeadlines =
    Deadlines(Duration.ofMillis(PATIENCE), Duration.ofMillis(PATIENCE), Duration.ofMillis(50))

/** How long the core waits for a BFF that hangs. */
private val retry =
    RetryPolicy(
        tries = 3u,
        firstWait = Duration.ofMillis(10),
        longestWait = Duration.ofMillis(10),
        total = Duration.ofSeconds(2),
    )

/** Sends a request to the control interface of the backend. */
fun control(method: String, path: String, body: String? = null) {
    val publisher = body?.let { HttpRequest.BodyPublishers.ofString(it) }
    val request =
        HttpRequest.newBuilder(URI("$controlUrl$path"))
            .header("Content-Type", "application/json")
            .method(method, publisher ?: HttpRequest.BodyPublishers.noBody())
            .build()
    val response = http.send(request, HttpResponse.BodyHandlers.ofString())
    check(response.statusCode() == 204) { "$method $path: ${response.statusCode()}" }
}

open class Token : TokenProvider {
    override suspend fun token(): BearerToken = BearerToken("a-token")

    override suspend fun refresh(rejected: BearerToken): BearerToken = BearerToken("another-token")
}

object Keys : DataKeySource {
    override fun dataKey(): DataKey = DataKey(ByteArray(32) { it.toByte() })
}

/** A listener that keeps what it receives. */
open class Log : Listener {
    val views = CopyOnWriteArrayList<ViewState>()
    val failures = CopyOnWriteArrayList<PortFailure>()
    val diagnostics = CopyOnWriteArrayList<Diagnostic>()
    val funnel = CopyOnWriteArrayList<FunnelEvent>()

    override fun onView(view: ViewState) {
        views.add(view)
    }

    override fun onPortFailure(failure: PortFailure) {
        failures.add(failure)
    }

    override fun onCacheFailure(failure: CacheFailure) {}

    override fun onDiagnostic(diagnostic: Diagnostic) {
        diagnostics.add(diagnostic)
    }

    override fun onFunnel(event: FunnelEvent) {
        funnel.add(event)
    }
}

/** An app on a phone in Kotlin, with a vehicle of its own for each test. */
class TestApp(val phone: Phone = Phone(), val log: Log = Log()) {
    val vin = "WBADKEY00000002%02d".format(++number)
    lateinit var app: DigitalKeyApp

    suspend fun end() {
        if (this::app.isInitialized) app.shutdown()
    }

    init {
        control("PUT", "/vehicles/$vin")
        control("DELETE", "/faults")
    }

    fun change(change: String) = control("PATCH", "/vehicles/$vin", change)

    suspend fun ports(
        tokens: TokenProvider = Token(),
        bff: Bff? = null,
        http: BffAdapter? = null,
        cache: Cache? = null,
        keys: DataKeySource = Keys,
    ): Ports {
        val directory = Files.createTempDirectory("digital-key").toString()
        return Ports(
            bff = http ?: bff?.let { BffAdapter.own(it) } ?: BffAdapter.http(bffUrl, tokens),
            wallet = WalletAdapter.own(phone),
            applePairing = ApplePairingAdapter.own(phone),
            cache = cache?.let { CacheAdapter.own(it) } ?: CacheAdapter.sled(directory, keys, "account-1"),
            appLifecycle = AppLifecycleAdapter.own(phone),
        )
    }

    suspend fun launch(ports: Ports? = null, deadlines: Deadlines = digitalkey.test.deadlines) {
        val model = digitalkey.Phone.Ios("iPhone12,1", "14.2")
        val config =
            Config(
                phone = model,
                retry = retry,
                deadlines = deadlines,
                recorder = RecorderOptions(),
            )
        app = DigitalKeyApp(config, ports ?: ports())
        app.start(log)
        app.dispatch(Intent.SelectVehicle(Vin(vin)))
    }

    /** Waits for a view that meets the condition. */
    suspend fun until(shown: (ViewState) -> Boolean): ViewState {
        var last: ViewState? = null
        return withTimeoutOrNull(PATIENCE) { app.views().onEach { last = it }.first(shown) }
            ?: error("the last view was $last")
    }

    suspend fun page(name: String): ViewState = until { it.pageName == name }

    /** Waits until the listener receives a failure of this call. */
    suspend fun reported(call: PortCall): PortFailure =
        withTimeoutOrNull(PATIENCE) {
            while (log.failures.none { it.call == call }) delay(10)
            log.failures.first { it.call == call }
        } ?: error("no failure of $call was reported")

    /** Waits until the listener receives this event, and returns all. */
    suspend fun funnel(last: FunnelEvent): List<FunnelEvent> =
        withTimeoutOrNull(PATIENCE) {
            while (last !in log.funnel) delay(10)
            log.funnel.toList()
        } ?: error("the funnel was ${log.funnel}")

    fun tap(tap: Tap) = app.dispatch(Intent.Tap(tap))

    suspend fun openWelcome(): ViewState {
        until { it.entry == EntryView.DIGITAL_KEY }
        tap(Tap.ENTRY)
        return until { Tap.CONTINUE in it.offers && it.page is PageView.Welcome }
    }

    /** Goes from Welcome to Apple's sheet. */
    suspend fun startPairing() {
        tap(Tap.CONTINUE)
        page("GrabYourTwoKeys")
        tap(Tap.CONTINUE)
        page("ReadyToPair")
        tap(Tap.TICK_BOX)
        tap(Tap.CONTINUE)
    }
}

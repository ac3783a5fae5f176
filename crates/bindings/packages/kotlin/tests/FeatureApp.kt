package digitalkey.test

import digitalkey.*

import java.time.Duration
import java.util.Base64
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlin.system.exitProcess
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/** A line: a JSON object of texts. crates/acceptance/README.md describes the lines. */
private typealias Message = Map<String, String>

private const val TEXT = """"((?:[^"\\]|\\.)*)""""
private val member = Regex("$TEXT:$TEXT")

private fun read(line: String): Message =
    member.findAll(line).associate { found ->
        val (field, value) = found.destructured
        field to value.replace(Regex("""\\(.)"""), "$1")
    }

private fun write(message: Message) {
    val escape = { text: String -> text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") }
    val members = message.entries.joinToString(",") { (field, value) -> "\"$field\":\"${escape(value)}\"" }
    synchronized(member) {
        println("{$members}")
        System.out.flush()
    }
}

private val numbers = AtomicInteger()
private val questions = ConcurrentHashMap<String, CompletableDeferred<Message>>()

/** The phone of the scenario: each call of a port is a question to it. */
private class FeaturePhone(private val app: String) : Wallet, ApplePairing, AppLifecycle {
    private suspend fun ask(
        port: String,
        vararg arguments: Pair<String, String>,
        failure: (String) -> Exception,
    ): Message {
        val number = numbers.incrementAndGet().toString()
        val answer = CompletableDeferred<Message>()
        questions[number] = answer
        write(mapOf("ask" to number, "app" to app, "port" to port, *arguments))
        val message =
            try {
                answer.await()
            } catch (cancelled: CancellationException) {
                write(mapOf("cancel" to number))
                throw cancelled
            } finally {
                questions.remove(number)
            }
        message["error"]?.let { throw failure(it) }
        return message
    }

    private suspend fun askWallet(port: String, vararg arguments: Pair<String, String>): Message =
        ask(port, *arguments) { WalletException.Unavailable(it) }

    private suspend fun askApple(port: String, vararg arguments: Pair<String, String>): Message =
        ask(port, *arguments) { ApplePairingException.Unavailable(it) }

    override suspend fun presence(key: String): Presence =
        Presence.valueOf(askWallet("presence", "key" to key).getValue("presence"))

    override suspend fun openWallet(key: String) {
        askWallet("open_wallet", "key" to key)
    }

    override suspend fun nextChange() {
        askWallet("next_change")
    }

    override suspend fun canCreateKey(vin: Vin): Boolean =
        askApple("can_create_key", "vin" to vin.text()).getValue("created").toBoolean()

    override suspend fun start(request: PairingRequest): PairingAnswer =
        pairingAnswer(
            askApple("start", "vin" to request.vin.text(), "password" to request.password.expose()),
        )

    override suspend fun sheetIsUp(): Boolean = askApple("sheet_is_up").getValue("up").toBoolean()

    override suspend fun nextLateAnswer(): LateAnswer? {
        val late = askApple("next_late_answer")
        return late["vin"]?.let { LateAnswer(Vin(it), pairingAnswer(late)) }
    }

    override suspend fun nextEvent(): LifecycleEvent? =
        ask("next_event") { AppLifecycleException.Failed(it) }["event"]?.let { LifecycleEvent.valueOf(it) }

    private fun pairingAnswer(message: Message) =
        PairingAnswer(message["pass"], message["apple_error"]?.let { AppleErrorCode.valueOf(it) })
}

/** What the feature files check on the screen. */
private fun screen(view: ViewState): Message {
    val page = view.page
    val shown =
        mutableMapOf(
            "page" to view.pageName,
            "entry" to view.entry.name,
            "offers" to view.offers.joinToString(",") { it.name },
            "key_state" to view.keyState.name,
            "pairing_runs" to "${view.pairingRuns}",
            "warning" to view.warning?.name,
            "notice" to view.notice?.name,
            "wait" to view.wait?.toString(),
        )
    when (page) {
        is PageView.VehicleTab -> shown["hidden"] = page.hidden?.let { it::class.simpleName }
        is PageView.Welcome -> shown["blockers"] = page.blockers.joinToString(",") { it.code }
        is PageView.ReadyToPair -> {
            shown["checked"] = "${page.checked}"
            shown["highlighted"] = "${page.highlighted}"
        }
        is PageView.PairingError -> {
            shown["reason"] = page.reason?.name
            shown["refreshing"] = "${page.refreshing}"
        }
        is PageView.Overview -> {
            shown["card"] = page.card.action.name
            shown["cannot_unlock"] = "${page.card.cannotUnlock}"
            shown["more_information"] = page.moreInformation
        }
        is PageView.Error -> shown["issue"] = (page.page as? ErrorPage.Blocked)?.by?.issue?.name
        else -> {}
    }
    return buildMap { shown.forEach { (field, value) -> value?.let { put(field, it) } } }
}

/** The app under test of the feature files: a client in Kotlin whose standard input says what to do. */
object FeatureApp {
    private lateinit var app: DigitalKeyApp

    /** Ends the app of the last scenario, and starts one. */
    private suspend fun start(message: Message) {
        if (this::app.isInitialized) app.shutdown()
        val phone = FeaturePhone(message.getValue("id"))
        val tokens =
            object : TokenProvider {
                override suspend fun token() = BearerToken(message.getValue("token"))

                override suspend fun refresh(rejected: BearerToken) = token()
            }
        val keys =
            object : DataKeySource {
                override fun dataKey() = DataKey(message.getValue("data_key").toByteArray())
            }
        val ports =
            Ports(
                bff = BffAdapter.http(message.getValue("bff"), tokens),
                wallet = WalletAdapter.own(phone),
                applePairing = ApplePairingAdapter.own(phone),
                cache = CacheAdapter.sled(message.getValue("directory"), keys, message["account"]),
                appLifecycle = AppLifecycleAdapter.own(phone),
            )
        val milliseconds = { field: String -> Duration.ofMillis(message.getValue(field).toLong()) }
        val machine = message["machine"]
        val config =
            Config(
                phone =
                    if (machine == null) digitalkey.Phone.Android
                    else digitalkey.Phone.Ios(machine, message.getValue("version")),
                entryMode = EntryMode.valueOf(message.getValue("entry_mode")),
                retry =
                    RetryPolicy(
                        tries = message.getValue("tries").toUInt(),
                        firstWait = milliseconds("first_wait"),
                        longestWait = milliseconds("longest_wait"),
                        total = milliseconds("total"),
                    ),
                circuitBreaker = CircuitBreaker.Off,
                recorder = RecorderOptions(),
            )
        app = DigitalKeyApp(config, ports)
        app.start()
    }

    /** Does what a line says, and returns the answer. */
    private suspend fun call(message: Message): Message {
        val vin = { Vin(message.getValue("vin")) }
        when (val call = message.getValue("call")) {
            "start" -> start(message)
            "select" -> app.dispatch(Intent.SelectVehicle(vin()))
            "tap" -> app.dispatch(Intent.Tap(Tap.valueOf(message.getValue("tap"))))
            "refresh" -> app.refresh(vin())
            "forget" -> app.forget(vin())
            "sign_out" -> app.signOut()
            "suspend" -> app.suspend()
            "resume" -> app.resume()
            "idle" -> app.idleButFor(message.getValue("held").toUInt())
            "pairing_ended" -> app.views().first { !it.pairingRuns }
            "view" -> return screen(app.view())
            "recording" ->
                return mapOf("recording" to Base64.getEncoder().encodeToString(app.recording()!!))
            else -> error("there is no call $call")
        }
        return emptyMap()
    }

    @JvmStatic
    fun main(arguments: Array<String>) {
        val scope = CoroutineScope(Dispatchers.Default)
        for (message in generateSequence(::readLine).map(::read)) {
            val question = message["reply"]
            if (question != null) {
                questions[question]?.complete(message)
                continue
            }
            scope.launch {
                val answer =
                    try {
                        call(message)
                    } catch (failure: Exception) {
                        mapOf("error" to "$failure")
                    }
                write(answer + ("id" to message.getValue("id")))
            }
        }
        exitProcess(0)
    }
}

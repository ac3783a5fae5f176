package digitalkey.test

import digitalkey.*

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

/** The phone that answers for this app, over the lines. */
private fun phone(app: String) = FeaturePhone { question ->
    val number = numbers.incrementAndGet().toString()
    val answer = CompletableDeferred<Message>()
    questions[number] = answer
    write(mapOf("ask" to number, "app" to app) + question)
    try {
        answer.await()
    } catch (cancelled: CancellationException) {
        write(mapOf("cancel" to number))
        throw cancelled
    } finally {
        questions.remove(number)
    }
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
        val tokens =
            object : TokenProvider {
                override suspend fun token() = BearerToken(message.getValue("token"))

                override suspend fun refresh(rejected: BearerToken) = token()
            }
        app = featureApp(message, tokens, phone(message.getValue("id")))
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

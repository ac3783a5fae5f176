package digitalkey.flutter.test

import digitalkey.*
import digitalkey.flutter.*
import digitalkey.test.FeaturePhone
import digitalkey.test.Message
import digitalkey.test.featureApp

import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Job
import kotlinx.coroutines.withContext

/**
 * The native half for the feature files. The program in Dart reads and writes the lines of the scenario,
 * so the adapters here ask it for the answers of the phone.
 */
private class FeatureEngine(private val engine: SocketEngine) {
    private val dart = engine.dart("control")
    private val questions = AtomicInteger()
    private lateinit var line: Message
    private lateinit var app: DigitalKeyApp
    val half = ChannelHalf(engine.scope, engine.dart("digital_key"), ::make)

    /** Makes the app of the line that came before, with what Dart passes to `start`. */
    private suspend fun make(setup: Setup, ports: DartPorts): DigitalKeyApp {
        val id = line.getValue("id")
        // Without an account, the cache belongs to none.
        val account = listOf("account" to setup.account).filter { it.second.isNotEmpty() }
        app = featureApp(line + account + ("bff" to setup.bff), ports.tokens, FeaturePhone { ask(id, it) })
        return app
    }

    private suspend fun ask(app: String, question: Message): Message =
        withContext(engine.scope.coroutineContext.minusKey(Job)) {
            val number = "${questions.incrementAndGet()}"
            try {
                message(dart.call("ask", mapOf("ask" to number, "app" to app) + question))
            } catch (cancelled: CancellationException) {
                dart.post("cancel", number)
                throw cancelled
            }
        }

    suspend fun control(method: String, argument: Any?): Any? {
        when (method) {
            "line" -> line = message(argument)
            "idle" -> app.idleButFor((argument as Int).toUInt())
            "view" -> return encode(app.view())
            else -> throw UnsupportedOperationException(method)
        }
        return null
    }

    private fun message(wire: Any?): Message =
        (wire as Map<*, *>).entries.associate { (field, value) -> field as String to value as String }
}

/** Starts the program in Dart that the arguments name, for the feature files. */
fun main(command: Array<String>): Unit =
    serve(command) {
        val engine = FeatureEngine(it)
        mapOf("digital_key" to engine.half::handle, "control" to engine::control)
    }

package digitalkey.flutter

import digitalkey.*

import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** The Dart side of a method channel. */
interface DartSide {
    /** Calls a method in Dart and waits for its answer. An answer that is an error throws. */
    suspend fun call(method: String, arguments: Any?): Any?

    /** Calls a method in Dart and drops its answer. */
    fun post(method: String, arguments: Any?)
}

/** What Dart passes to `start`. */
data class Setup(val bff: String, val account: String, val passDescription: String)

/** The ports that Dart implements or drives. */
class DartPorts(val tokens: TokenProvider, val appLifecycle: AppLifecycle)

/** Makes an app that is not started yet. */
fun interface Launcher {
    suspend fun make(setup: Setup, dart: DartPorts): DigitalKeyApp
}

/**
 * The native half of the channel, without Flutter.
 *
 * It starts its work in [scope], which on Android is that of the main thread. With a [simulated] phone,
 * Dart shows its sheet; the [launcher] gives its wallet and sheet to the app.
 */
class ChannelHalf(
    private val scope: CoroutineScope,
    private val dart: DartSide,
    private val launcher: Launcher,
    private val simulated: SimulatedPhone? = null,
) {
    private class Running(
        val app: DigitalKeyApp,
        val setup: Setup,
        val events: DartLifecycle,
        val reports: Reports,
    ) {
        suspend fun end() {
            app.shutdown()
            reports.queue.close()
        }
    }

    /** Held while an app starts or stops, so that there is never a second one. */
    private val changing = Mutex()
    private var running: Running? = null
    private var wasStopped = false
    private var isDetached = false
    private var jobs = emptyList<Job>()

    /** The thread of [scope]. Flutter calls Dart on no other, and the core calls its ports on its own. */
    private val main: CoroutineContext =
        scope.coroutineContext[ContinuationInterceptor] ?: EmptyCoroutineContext

    /** The object in Dart that has the core. */
    @Volatile private var session = 0L

    /**
     * Handles a call of Dart. It throws a [DigitalKeyException], and an [UnsupportedOperationException]
     * for a method that does not exist.
     */
    suspend fun handle(method: String, arguments: Any?): Any? {
        val caller = read<Number>(part(arguments, 0)).toLong()
        val argument = part(arguments, 1)
        when (method) {
            "start" -> start(caller, Setup(read(argument), read(part(arguments, 2)), read(part(arguments, 3))))
            "shutdown" -> if (caller == session) stop()
            "dispatch" -> running(caller).app.dispatch(decodeIntent(argument))
            "background" -> running(caller).run {
                events.send(LifecycleEvent.WENT_TO_BACKGROUND)
                app.beginSuspend().wait()
            }
            "foreground" -> running(caller).run {
                events.send(LifecycleEvent.CAME_TO_FOREGROUND)
                app.beginResume().wait()
            }
            "signOut" -> running(caller).app.beginSignOut().wait()
            "refresh" -> running(caller).app.refresh(Vin(read<String>(argument)))
            "forget" -> running(caller).app.beginForget(Vin(read<String>(argument))).wait()
            "recording" -> return running(caller).app.recording()
            "lastRecording" -> return running(caller).app.lastRecording()
            "answerSheet" -> answer(read<Number>(argument).toInt())
            else -> throw UnsupportedOperationException(method)
        }
        return null
    }

    /** Ends the core, since its engine is gone. */
    suspend fun detach() {
        isDetached = true
        stop()
    }

    /** The app, for a call of the object that has it. After a hot restart, no other one calls. */
    private fun running(caller: Long): Running {
        val found = running ?: throw if (wasStopped) DigitalKeyException.ShutDown() else DigitalKeyException.NotStarted()
        return if (caller == session) found else throw DigitalKeyException.ShutDown()
    }

    private suspend fun start(caller: Long, setup: Setup) = changing.withLock {
        if (isDetached) throw DigitalKeyException.ShutDown()
        jobs.forEach { it.cancel() }
        session = caller
        val found = running?.takeIf { it.setup == setup } ?: launch(setup)
        running = found
        // Dart may still have to receive what the last object has not.
        jobs = listOf(scope.launch { sendViews(found.app, caller) }, scope.launch { sendSheets(caller) })
    }

    private suspend fun launch(setup: Setup): Running {
        running?.end()
        running = null
        val events = DartLifecycle()
        val app = launcher.make(setup, DartPorts(DartTokens(), events))
        val reports = Reports()
        app.start(reports)
        // Without a wait for an answer: after a hot restart there may never be one.
        scope.launch { for ((method, argument) in reports.queue) dart.post(method, listOf(session, argument)) }
        return Running(app, setup, events, reports)
    }

    private suspend fun stop() = withContext(NonCancellable) {
        changing.withLock {
            running?.end()
            running = null
            wasStopped = true
            jobs.forEach { it.cancel() }
        }
    }

    /** A view is sent when Dart has handled the last one; those between are outdated. */
    private suspend fun sendViews(app: DigitalKeyApp, session: Long) {
        app.views().collect { send("view", session, encode(it)) }
        send("ended", session, null)
    }

    private suspend fun sendSheets(session: Long) {
        val labels = SimulatedAnswer.choices.map { it.label }
        simulated?.sheet?.collect { send("sheet", session, it?.let { labels }) }
    }

    /** Sends what needs no answer: an error of Dart's handler is Dart's own. */
    private suspend fun send(method: String, session: Long, argument: Any?) {
        try {
            dart.call(method, listOf(session, argument))
        } catch (_: DartException) {}
    }

    private fun answer(choice: Int) {
        val sheet = simulated?.sheet?.value ?: throw DigitalKeyException.NoSheet()
        sheet.answer(SimulatedAnswer.choices.getOrNull(choice) ?: throw unknown("SimulatedAnswer"))
    }

    private inner class DartTokens : TokenProvider {
        override suspend fun token() = ask("token")

        override suspend fun refresh(rejected: BearerToken) = ask("refreshToken")

        /** The core counts every other exception as an unexpected one, without its text. */
        private suspend fun ask(method: String): BearerToken {
            val answer = withContext(main) { dart.call(method, listOf(session, null)) }
            val text = part(answer, 1) as? String
            when (part(answer, 0)) {
                "Token" -> return BearerToken(text ?: throw unknown("BearerToken"))
                "NotSignedIn" -> throw TokenException.NotSignedIn(text ?: "")
                "Offline" -> throw TokenException.Offline(text ?: "")
                else -> throw unknown("BearerToken")
            }
        }
    }

    /** Passes on, in order, what the core reports on a thread of its own. */
    private class Reports : Listener {
        val queue = Channel<Pair<String, Any>>(Channel.UNLIMITED)

        override fun onView(view: ViewState) {}

        override fun onPortFailure(failure: PortFailure) {
            queue.trySend("portFailure" to encode(failure))
        }

        override fun onCacheFailure(failure: CacheFailure) {}

        override fun onDiagnostic(diagnostic: Diagnostic) {}

        override fun onFunnel(event: FunnelEvent) {
            queue.trySend("funnel" to encode(event))
        }
    }
}

/** The handler in Dart threw, or there is none. */
class DartException(message: String) : Exception(message)

/** The events that Dart reports. */
private class DartLifecycle : AppLifecycle {
    private val events = Channel<LifecycleEvent>(Channel.UNLIMITED)

    override suspend fun nextEvent(): LifecycleEvent? = events.receive()

    fun send(event: LifecycleEvent) {
        events.trySend(event)
    }
}

/** The error that a channel passes to Dart for what a call threw. */
class ChannelError(thrown: Throwable) {
    val code = "digital_key"

    /** For anything else than an error of the core, only its class: its text may be secret (GEN-6). */
    val message: String = (thrown as? DigitalKeyException)?.message ?: "${thrown::class.simpleName}"
    val details: Any? = (thrown as? DigitalKeyException)?.let { encode(it) }
}

package digitalkey.flutter.test

import digitalkey.flutter.ChannelError
import digitalkey.flutter.DartException
import digitalkey.flutter.DartSide
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlin.system.exitProcess
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.launch

private const val CALL = 0
private const val ANSWER = 1
private const val NO_HANDLER = 2

/** What a channel does with a call: a method and its arguments. */
typealias Handler = suspend (String, Any?) -> Any?

/**
 * Starts a program in Dart, which gets the port of a socket, and is the native side of its engines. A
 * connection begins with the number of its engine in four bytes; a new number makes a new engine.
 */
fun serve(command: Array<String>, handlers: (SocketEngine) -> Map<String, Handler>): Nothing {
    val server = ServerSocket(0, 1, InetAddress.getLoopbackAddress())
    val program = ProcessBuilder(*command, "${server.localPort}").inheritIO().start()
    thread(isDaemon = true) {
        val engines = HashMap<Int, SocketEngine>()
        while (true) {
            val socket = server.accept().apply { tcpNoDelay = true }
            val input = DataInputStream(socket.getInputStream().buffered())
            val engine = engines.getOrPut(input.readInt()) { SocketEngine().also { it.handlers = handlers(it) } }
            engine.connect(socket)
            thread(isDaemon = true) { engine.run(input) }
        }
    }
    exitProcess(program.waitFor())
}

/**
 * The other end of the messenger in `socket_messenger.dart`, with a handler for each channel.
 *
 * After a hot restart another messenger takes its place. Then the calls of the last one get no answer, as
 * in Flutter.
 */
class SocketEngine {
    /** One thread, as the main thread of a phone. */
    private lateinit var main: Thread
    val scope =
        CoroutineScope(
            SupervisorJob() +
                Executors.newSingleThreadExecutor { work ->
                    thread(start = false, isDaemon = true) { work.run() }.also { main = it }
                }.asCoroutineDispatcher(),
        )
    lateinit var handlers: Map<String, Handler>
    @Volatile private lateinit var output: DataOutputStream
    private val calls = AtomicInteger()
    private val waiting = ConcurrentHashMap<Int, CompletableDeferred<ByteArray?>>()

    fun connect(socket: Socket) {
        output = DataOutputStream(socket.getOutputStream().buffered())
    }

    /** Handles frames until the socket ends. */
    fun run(input: DataInputStream) {
        val output = output
        while (true) {
            val rest = ByteArray((runCatching { input.readInt() }.getOrNull() ?: return) - 5)
            val kind = input.readByte().toInt()
            val number = input.readInt()
            input.readFully(rest)
            when (kind) {
                CALL -> scope.launch { handle(output, number, rest) }
                else -> waiting.remove(number)?.complete(rest.takeIf { kind == ANSWER })
            }
        }
    }

    private suspend fun handle(output: DataOutputStream, number: Int, rest: ByteArray) {
        val end = rest[0] + 1
        val handler = handlers[rest.decodeToString(1, end)] ?: return frame(output, NO_HANDLER, number)
        val reader = Reader(rest.copyOfRange(end, rest.size))
        val answer =
            try {
                Writer().byte(0).value(handler(reader.value() as String, reader.value())).done()
            } catch (_: UnsupportedOperationException) {
                return frame(output, NO_HANDLER, number)
            } catch (thrown: Throwable) {
                val error = ChannelError(thrown)
                Writer().byte(1).value(error.code).value(error.message).value(error.details).done()
            }
        frame(output, ANSWER, number, answer)
    }

    private fun frame(output: DataOutputStream, kind: Int, number: Int, rest: ByteArray = byteArrayOf()) =
        synchronized(output) {
            try {
                output.writeInt(rest.size + 5)
                output.writeByte(kind)
                output.writeInt(number)
                output.write(rest)
                output.flush()
            } catch (_: IOException) {
                // Nobody receives what goes to an engine or an isolate that has ended.
            }
        }

    /** The Dart side of a channel. */
    fun dart(channel: String) =
        object : DartSide {
            override fun post(method: String, arguments: Any?) {
                send(calls.incrementAndGet(), method, arguments)
            }

            private fun send(number: Int, method: String, arguments: Any?) {
                // As in Flutter.
                check(Thread.currentThread() == main) { "a call of Dart on another thread" }
                val message = Writer().value(method).value(arguments).done()
                val name = channel.toByteArray()
                frame(output, CALL, number, byteArrayOf(name.size.toByte()) + name + message)
            }

            override suspend fun call(method: String, arguments: Any?): Any? {
                val number = calls.incrementAndGet()
                val answer = CompletableDeferred<ByteArray?>().also { waiting[number] = it }
                send(number, method, arguments)
                val reader = Reader(answer.await() ?: throw DartException("not implemented"))
                if (reader.byte() == 0) return reader.value()
                throw DartException("${reader.value()}")
            }
        }
}

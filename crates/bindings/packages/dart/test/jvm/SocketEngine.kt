package digitalkey.flutter.test

import digitalkey.flutter.ChannelError
import digitalkey.flutter.DartException
import digitalkey.flutter.DartSide
import java.io.DataInputStream
import java.io.DataOutputStream
import java.net.Socket
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.launch

private const val CALL = 0
private const val ANSWER = 1
private const val NO_HANDLER = 2

/** The other end of the messenger in `socket_messenger.dart`, with a handler for each channel. */
class SocketEngine(
    socket: Socket,
    private val scope: CoroutineScope,
    private val handlers: (String) -> (suspend (String, Any?) -> Any?)?,
) {
    private val input = DataInputStream(socket.getInputStream().buffered())
    private val output = DataOutputStream(socket.getOutputStream().buffered())
    private val calls = AtomicInteger()
    private val waiting = ConcurrentHashMap<Int, CompletableDeferred<ByteArray?>>()

    /** Handles frames until the socket ends. */
    fun run() {
        while (true) {
            val rest = ByteArray((runCatching { input.readInt() }.getOrNull() ?: return) - 5)
            val kind = input.readByte().toInt()
            val number = input.readInt()
            input.readFully(rest)
            when (kind) {
                CALL -> scope.launch { handle(number, rest) }
                else -> waiting.remove(number)?.complete(rest.takeIf { kind == ANSWER })
            }
        }
    }

    private suspend fun handle(number: Int, rest: ByteArray) {
        val end = rest[0] + 1
        val handler = handlers(rest.decodeToString(1, end)) ?: return frame(NO_HANDLER, number, byteArrayOf())
        val reader = Reader(rest.copyOfRange(end, rest.size))
        val answer =
            try {
                Writer().byte(0).value(handler(reader.value() as String, reader.value())).done()
            } catch (_: UnsupportedOperationException) {
                return frame(NO_HANDLER, number, byteArrayOf())
            } catch (thrown: Throwable) {
                val error = ChannelError(thrown)
                Writer().byte(1).value(error.code).value(error.message).value(error.details).done()
            }
        frame(ANSWER, number, answer)
    }

    @Synchronized
    private fun frame(kind: Int, number: Int, rest: ByteArray) {
        output.writeInt(rest.size + 5)
        output.writeByte(kind)
        output.writeInt(number)
        output.write(rest)
        output.flush()
    }

    /** The Dart side of a channel. */
    fun dart(channel: String) =
        object : DartSide {
            override fun post(method: String, arguments: Any?) {
                send(calls.incrementAndGet(), method, arguments)
            }

            private fun send(number: Int, method: String, arguments: Any?) {
                val message = Writer().value(method).value(arguments).done()
                frame(CALL, number, byteArrayOf(channel.length.toByte()) + channel.toByteArray() + message)
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

package digitalkey.flutter

import io.flutter.embedding.engine.plugins.FlutterPlugin
import io.flutter.plugin.common.MethodCall
import io.flutter.plugin.common.MethodChannel
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine

/** Connects a [ChannelHalf] with an engine of Flutter. */
class DigitalKeyPlugin : FlutterPlugin {
    private class Engine(val channel: MethodChannel, val scope: CoroutineScope, val half: ChannelHalf)

    private var engine: Engine? = null

    override fun onAttachedToEngine(binding: FlutterPlugin.FlutterPluginBinding) {
        val channel = MethodChannel(binding.binaryMessenger, "digital_key")
        val scope = MainScope()
        val launcher = AndroidLauncher("${binding.applicationContext.filesDir}/digital-key")
        val half = ChannelHalf(scope, Calls(channel), launcher)
        channel.setMethodCallHandler { call, result -> scope.launch { half.answer(call, result) } }
        engine = Engine(channel, scope, half)
    }

    override fun onDetachedFromEngine(binding: FlutterPlugin.FlutterPluginBinding) {
        val (channel, scope, half) = engine?.run { Triple(channel, scope, half) } ?: return
        engine = null
        channel.setMethodCallHandler(null)
        scope.launch {
            half.detach()
            scope.cancel()
        }
    }
}

private suspend fun ChannelHalf.answer(call: MethodCall, result: MethodChannel.Result) {
    try {
        result.success(handle(call.method, call.arguments))
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: UnsupportedOperationException) {
        result.notImplemented()
    } catch (thrown: Throwable) {
        val error = ChannelError(thrown)
        result.error(error.code, error.message, error.details)
    }
}

private class Calls(private val channel: MethodChannel) : DartSide {
    override fun post(method: String, arguments: Any?) = channel.invokeMethod(method, arguments)

    override suspend fun call(method: String, arguments: Any?): Any? =
        suspendCancellableCoroutine { waiting ->
            val result =
                object : MethodChannel.Result {
                    override fun success(result: Any?) = waiting.resume(result)

                    override fun error(code: String, message: String?, details: Any?) =
                        waiting.resumeWithException(DartException(code))

                    override fun notImplemented() =
                        waiting.resumeWithException(DartException("not implemented"))
                }
            channel.invokeMethod(method, arguments, result)
        }
}

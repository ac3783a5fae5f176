// The part of Flutter's embedding that the plugin uses, so that a compiler can check it.
package io.flutter.plugin.common

interface BinaryMessenger

class MethodCall(val method: String, val arguments: Any?)

class MethodChannel(messenger: BinaryMessenger, name: String) {
    interface Result {
        fun success(result: Any?)

        fun error(code: String, message: String?, details: Any?)

        fun notImplemented()
    }

    fun setMethodCallHandler(handler: ((MethodCall, Result) -> Unit)?) {}

    fun invokeMethod(method: String, arguments: Any?) {}

    fun invokeMethod(method: String, arguments: Any?, result: Result?) {}
}

// The part of Flutter's embedding that the plugin uses, so that a compiler can check it.
package io.flutter.embedding.engine.plugins

import io.flutter.plugin.common.BinaryMessenger
import java.io.File

class Context(val filesDir: File)

interface FlutterPlugin {
    class FlutterPluginBinding(val binaryMessenger: BinaryMessenger, val applicationContext: Context)

    fun onAttachedToEngine(binding: FlutterPluginBinding)

    fun onDetachedFromEngine(binding: FlutterPluginBinding)
}

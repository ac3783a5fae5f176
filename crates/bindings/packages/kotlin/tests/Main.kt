package digitalkey.test

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** A test and its name. */
class Test(val name: String, val run: suspend () -> Unit)

/** Runs the test, and shuts the app down afterwards, also after a failure. */
suspend fun withApp(app: TestApp = TestApp(), test: suspend TestApp.() -> Unit) {
    try {
        app.test()
    } finally {
        app.end()
    }
}

/** Returns what the call throws, which has to be of this type. */
suspend inline fun <reified T : Throwable> expect(crossinline call: suspend () -> Unit): T {
    try {
        call()
    } catch (thrown: Throwable) {
        if (thrown is T) return thrown
        throw thrown
    }
    error("the call threw no exception")
}

/** Returns all output on stderr while this runs. */
private fun printedOnStderr(run: () -> Unit): String {
    val printed = ByteArrayOutputStream()
    val stderr = System.err
    System.setErr(PrintStream(printed, true))
    try {
        run()
    } finally {
        System.setErr(stderr)
        stderr.print(printed)
    }
    return printed.toString()
}

/** Traces on stderr of an exception that was not caught: by a coroutine, by JNA, or its text. */
private val traces = listOf("Exception in thread", "JNA: Callback", SECRET)

fun main() {
    // See JdkTransport; the JDK reads it once.
    System.setProperty("jdk.httpclient.redirects.retrylimit", "1")
    val tests = pairing + vehicles + suspension + badInput + badAdapters + thrown + transport + canned + simulated
    var failed = 0
    for (test in tests) {
        try {
            val printed = printedOnStderr { runBlocking { test.run() } }
            check(traces.none { it in printed }) { "an exception is on stderr (GEN-6)" }
            println("ok      ${test.name}")
        } catch (thrown: Throwable) {
            failed += 1
            println("FAILED  ${test.name}")
            thrown.printStackTrace(System.out)
        }
    }
    println("${tests.size} tests, $failed failed")
    // A listener that hangs keeps a thread of the core busy.
    exitProcess(if (failed == 0) 0 else 1)
}

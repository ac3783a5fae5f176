package digitalkey.test

import java.io.ByteArrayOutputStream
import java.io.PrintStream
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** A test and its name. */
class Test(val name: String, val run: suspend () -> Unit)

/** Runs the test, and shuts the app down whatever came of it. */
suspend fun inWorld(world: World = World(), test: suspend World.() -> Unit) {
    try {
        world.test()
    } finally {
        world.end()
    }
}

/** What the call throws, which has to be this. */
suspend inline fun <reified T : Throwable> expect(crossinline call: suspend () -> Unit): T {
    try {
        call()
    } catch (thrown: Throwable) {
        if (thrown is T) return thrown
        throw thrown
    }
    error("nothing was thrown")
}

/** What somebody printed on stderr meanwhile. */
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

/** What stderr holds when nobody caught something: of a coroutine, of JNA, or the text itself. */
private val traces = listOf("Exception in thread", "JNA: Callback", SECRET)

fun main() {
    val tests = pairing + badInput + thrown
    var failed = 0
    for (test in tests) {
        try {
            val printed = printedOnStderr { runBlocking { test.run() } }
            check(traces.none { it in printed }) { "what was thrown is on stderr (GEN-6)" }
            println("ok      ${test.name}")
        } catch (thrown: Throwable) {
            failed += 1
            println("FAILED  ${test.name}")
            thrown.printStackTrace(System.out)
        }
    }
    println("${tests.size} tests, $failed failed")
    // A listener that hangs holds a thread of the core's.
    exitProcess(if (failed == 0) 0 else 1)
}

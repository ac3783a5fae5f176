package digitalkey.test

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

fun main() {
    var failed = 0
    for (test in pairing + badInput) {
        try {
            runBlocking { test.run() }
            println("ok      ${test.name}")
        } catch (thrown: Throwable) {
            failed += 1
            println("FAILED  ${test.name}")
            thrown.printStackTrace(System.out)
        }
    }
    println("${pairing.size + badInput.size} tests, $failed failed")
    // A listener that hangs holds a thread of the core's.
    exitProcess(if (failed == 0) 0 else 1)
}

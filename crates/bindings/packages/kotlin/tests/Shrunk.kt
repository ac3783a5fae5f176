package digitalkey.test

import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** The only class that is kept: the pairings, for a jar that was shrunk by the rules of the package. */
object Shrunk {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val failures = pairing.mapNotNull { test -> runCatching { runBlocking { test.run() } }.exceptionOrNull() }
        failures.forEach { it.printStackTrace(System.out) }
        println("${pairing.size} tests on the shrunk jar, ${failures.size} failed")
        exitProcess(if (failures.isEmpty()) 0 else 1)
    }
}

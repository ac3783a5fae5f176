package digitalkey.test

import digitalkey.*

/**
 * Uses the package where there is no library: an Android app without a key names the classes, and no
 * native code is loaded until it makes an object of the core.
 */
object WithoutLibrary {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val config = Config(phone = digitalkey.Phone.Android)
        check(config.phone is digitalkey.Phone.Android)
        check(SimulatedPhone(debugBuild = true).keys.isEmpty())
        check(Intent.Tap(Tap.ENTRY) == Intent.Tap(Tap.ENTRY))
        for (name in listOf("DigitalKeyApp", "Ports", "WalletAdapter", "Vin", "ViewsKt")) {
            Class.forName("digitalkey.$name")
        }
        println("the classes are there")
        val refused = runCatching { Vin("WBADKEY0000000001") }.exceptionOrNull()
        check(refused is LinkageError) { "$refused" }
        println("the first object loads the library: ${refused.javaClass.simpleName}")
    }
}

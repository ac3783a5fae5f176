package digitalkey.test

import digitalkey.*
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger

/** Half of a surrogate pair, which UTF-8 cannot encode. */
private const val HALF = "\uD800"

/** Errors and answers that no adapter should produce. The core still gets an answer (GEN-2). */
val thrown: List<Test> =
    listOf(
        Test("an Error of the wallet") { badWallet { TODO(SECRET) } },
        Test("an Error of the pairing sheet") { badSheet { throw NoClassDefFoundError(SECRET) } },
        Test("an Error of the BFF") { badBff(false) { throw AssertionError(SECRET) } },
        Test("an Error of the token provider") { badToken(false) { throw OutOfMemoryError(SECRET) } },
        Test("an Error of the data key source", ::badKeySource),
        Test("an Error of the listener") { badListener { TODO(SECRET) } },
        Test("a key with half a character") { badSheet { PairingAnswer(pass = HALF) } },
        Test("a reason with half a character") { badWallet { throw WalletException.Unavailable(HALF) } },
        Test("a thrown text with half a character") { badWallet { error(HALF) } },
        Test("a negative duration") { badBff(true) { throw busy } },
        Test("negative deadlines", ::negativeDeadlines),
    )

private val busy = BffException.Status(503u, Duration.ofSeconds(-1))

/** Without a key the cache opens, but keeps no password for the pairing (WEL-7). */
private suspend fun badKeySource() = withApp {
    val calls = AtomicInteger()
    val keys =
        object : DataKeySource {
            override fun dataKey(): DataKey {
                calls.incrementAndGet()
                TODO(SECRET)
            }
        }
    launch(ports(keys = keys))
    openWelcome()
    tap(Tap.CONTINUE)
    page("PairingPasswordUnavailable")
    check(calls.get() > 0) { "the core did not ask for the key" }
}

/** They count as zero: a call that takes any time has failed. */
private suspend fun negativeDeadlines() = withApp {
    val negative = Duration.ofSeconds(-1)
    launch(deadlines = Deadlines(phone = negative, cache = negative, sheetGrace = negative))
    app.idle()
}

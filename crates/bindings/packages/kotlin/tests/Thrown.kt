package digitalkey.test

import digitalkey.*
import java.time.Duration
import java.util.concurrent.atomic.AtomicInteger

/** Half of a character, which no text that the core takes can hold. */
private const val HALF = "\uD800"

/** What no adapter should throw or answer, and what the core hears of it all the same (GEN-2). */
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
        Test("a length of time below zero") { badBff(true) { throw busy } },
        Test("deadlines below zero", ::deadlinesBelowZero),
    )

private val busy = BffException.Status(503u, Duration.ofSeconds(-1))

/** Without a key the cache opens, and holds no password: there is none to start with (WEL-7). */
private suspend fun badKeySource() = inWorld {
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
    check(calls.get() > 0) { "nobody asked for the key" }
}

/** They count for zero: what takes any time at all has failed. */
private suspend fun deadlinesBelowZero() = inWorld {
    val below = Duration.ofSeconds(-1)
    launch(deadlines = Deadlines(phone = below, cache = below, sheetGrace = below))
    app.idle()
}

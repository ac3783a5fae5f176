package digitalkey.test

import digitalkey.*

import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout

/** Calls of a host around the background (GEN-10), and at a sign-out (GEN-5). */
val suspension: List<Test> =
    listOf(
        Test("1,000 races of suspend and resume leave the cache open in the foreground", ::races),
        Test("calls that begin at once keep their order", ::order),
        Test("a sign-out that begins hides the account", ::hiddenAccount),
        Test("a sign-out leaves the mark of an own cache before it returns", ::markOfAnOwnCache),
    )

private const val PATIENCE = 30_000L

/** Starts with a cache in memory, which has enough time on a busy machine. */
private suspend fun TestApp.launchWithMemoryCache(): MemoryCache {
    val cache = MemoryCache()
    launch(ports(cache = cache), patientDeadlines)
    app.idle()
    return cache
}

private suspend fun races() = withApp {
    val cache = launchWithMemoryCache()
    repeat(1000) {
        // Two coroutines have no order, and the events come on a way of their own.
        coroutineScope {
            phone.background()
            val suspended = async(Dispatchers.Default) { app.suspend() }
            phone.foreground()
            val resumed = async(Dispatchers.Default) { app.resume() }
            suspended.await()
            resumed.await()
        }
        withTimeout(PATIENCE) { while (!cache.isOpen) delay(1) }
    }
}

private suspend fun order() = withApp {
    val cache = launchWithMemoryCache()
    repeat(100) {
        val suspended = app.beginSuspend()
        val resumed = app.beginResume()
        resumed.wait()
        suspended.wait()
        check(cache.isOpen) { "the resume began last" }
    }
    val resumed = app.beginResume()
    val suspended = app.beginSuspend()
    suspended.wait()
    resumed.wait()
    check(!cache.isOpen) { "the suspend began last" }
}

private suspend fun hiddenAccount() = withApp {
    launch()
    openWelcome()
    val signOut = app.beginSignOut()
    check(app.view().vehicle == null) { "${app.view()}" }
    signOut.wait()
}

private suspend fun markOfAnOwnCache() = withApp {
    val marks = AtomicInteger()
    val mark =
        object : ErasureMark {
            override fun leave() {
                marks.incrementAndGet()
            }
        }
    launch(ports().copy(cache = CacheAdapter.own(MemoryCache(), mark)), patientDeadlines)
    openWelcome()
    val signOut = app.beginSignOut()
    check(marks.get() == 1) { "${marks.get()} marks" }
    signOut.wait()
}

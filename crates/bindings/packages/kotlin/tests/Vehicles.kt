package digitalkey.test

import digitalkey.*

import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout

/** Calls of a host about a vehicle, and the hint for its maker. */
val vehicles: List<Test> =
    listOf(
        Test("a refresh replaces the answer about support", ::refreshed),
        Test("a refresh that fails changes nothing", ::failedRefresh),
        Test("a vehicle that is forgotten leaves flow and cache", ::forgotten),
        Test("a forget that begins comes before a later selection", ::forgottenBefore),
        Test("a forget that the cache refuses is an error", ::refusedForget),
        Test("a key id in another case is reported once", ::keyIdInAnotherCase),
        Test("refresh and forget at the wrong time", ::wrongTime),
    )

private const val NOT_SUPPORTED = """{"digitalKey":{"state":"NOT_AVAILABLE"}}"""

/** The vehicle tab shows the entry from the cached answer until the new one replaces it (ENT-10). */
private suspend fun refreshed() = withApp {
    launch()
    until { it.entry == EntryView.DIGITAL_KEY }
    change(NOT_SUPPORTED)
    app.idle()
    check(app.view().entry == EntryView.DIGITAL_KEY)
    app.refresh(Vin(vin))
    until { it.entry == EntryView.HIDDEN }
}

private suspend fun failedRefresh() = withApp {
    launch()
    until { it.entry == EntryView.DIGITAL_KEY }
    control("PUT", "/endpoints/support/fault", """{"fault":"404"}""")
    app.refresh(Vin(vin))
    reported(PortCall.SUPPORT)
    app.idle()
    check(app.view().entry == EntryView.DIGITAL_KEY)
}

/** Starts with a cache in memory, and pairs. */
private suspend fun TestApp.pairWithMemoryCache(): MemoryCache {
    val cache = MemoryCache()
    launch(ports(cache = cache), patientDeadlines)
    pair()
    app.idle()
    return cache
}

private suspend fun forgotten() = withApp {
    val cache = pairWithMemoryCache()
    check(cache.load(Vin(vin)).key is KnownKey.Owner)
    app.forget(Vin(vin))
    check(app.view().vehicle == null && app.view().pageName == "VehicleTab") { "${app.view()}" }
    check(cache.load(Vin(vin)).key is KnownKey.Unknown)
}

/** Calls take effect in the order in which the host makes them (GEN-10). */
private suspend fun forgottenBefore() = withApp {
    val cache = pairWithMemoryCache()
    val forgotten = app.beginForget(Vin(vin))
    app.dispatch(Intent.SelectVehicle(Vin(vin)))
    forgotten.wait()
    until { it.vehicle != null && it.pageName == "VehicleTab" }
    check(cache.load(Vin(vin)).key is KnownKey.Unknown)
}

private suspend fun refusedForget() = withApp {
    val cache =
        object : MemoryCache() {
            override suspend fun erase(vin: Vin) = throw CacheException.Unavailable("no space")
        }
    launch(ports(cache = cache))
    openWelcome()
    val thrown = expect<DigitalKeyException.PortFailed> { app.forget(Vin(vin)) }
    check(thrown.failure.call == PortCall.ERASE && thrown.failure.retryable) { "${thrown.failure}" }
    check(app.view().vehicle == null) { "the memory keeps it" }
}

private suspend fun keyIdInAnotherCase() = withApp {
    launch()
    pair()
    repeat(2) {
        change("""{"ownerKey":{"id":"key-1","tracked":true}}""")
        phone.background()
        phone.foreground()
        app.idle()
    }
    withTimeout(30_000) { while (log.diagnostics.isEmpty()) delay(10) }
    val reported = log.diagnostics.single() as Diagnostic.KeyIdCaseMismatch
    check(reported.vin.text() == vin && vin !in "$reported") { "$reported" }
    check(reported.local == "KEY-1" && reported.reported == "key-1") { "$reported" }
}

private suspend fun wrongTime() = withApp {
    app = DigitalKeyApp(Config(phone = digitalkey.Phone.Android), ports())
    val calls: List<suspend () -> Unit> =
        listOf(
            { app.refresh(Vin(vin)) },
            { app.forget(Vin(vin)) },
            { app.beginForget(Vin(vin)) },
        )
    for (call in calls) expect<DigitalKeyException.NotStarted> { call() }
    app.start()
    app.shutdown()
    for (call in calls) expect<DigitalKeyException.ShutDown> { call() }
}

package digitalkey.flutter.test

import digitalkey.*
import digitalkey.flutter.*

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.CountDownLatch
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

private val bff: String = System.getenv("DIGITAL_KEY_BFF")

/** Sends a request to the control interface of the backend, which may close an idle connection. */
private fun control(method: String, path: String, body: String) {
    val request =
        HttpRequest.newBuilder(URI(System.getenv("DIGITAL_KEY_CONTROL") + path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build()
    val response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())
    check(response.statusCode() == 204) { "$method $path: ${response.statusCode()}" }
}

/** Counts the files below a folder that this process has open; on Linux. */
private fun openFiles(folder: Path): Int =
    Files.newDirectoryStream(Path.of("/proc/self/fd")).use { open ->
        open.count { runCatching { Files.readSymbolicLink(it).startsWith(folder) }.getOrDefault(false) }
    }

/** Makes an app on a simulated iPhone, as the plugin does on Android with [AndroidLauncher]. */
private class TestLauncher(val phone: SimulatedPhone) : Launcher {
    var launches = 0
    var model = Phone.Ios("iPhone12,1", "14.2")
    var directory: String? = null
    var failure: String? = null
    var description: String? = null
    private var app: DigitalKeyApp? = null
    private var gate = CountDownLatch(0)

    fun repair() {
        model = Phone.Ios("iPhone12,1", "14.2")
        directory = null
        failure = null
    }

    /** Throws what a client's launcher can throw. */
    private fun fail(kind: String): Nothing =
        when (kind) {
            "NoThreads" -> throw DigitalKeyException.NoThreads("no more threads")
            "NoRandomness" -> throw DigitalKeyException.NoRandomness()
            "NotHere" -> {
                val identifiers = MakerIdentifiers(RadioTechnologies.NFC_AND_BLUETOOTH)
                val presenter =
                    object : SheetPresenter {
                        override fun present(sheet: ULong) = false
                    }
                IosPhone(IosSettings(DigitalKeyField.PRIMARY_ACCOUNT_IDENTIFIER, identifiers), presenter)
                error("there is an iPhone")
            }
            else -> error(kind)
        }

    /** Blocks the thread of the core that publishes the next view, until [release]. */
    suspend fun hold() {
        gate = CountDownLatch(1)
        val held = gate
        val blocking =
            object : CoroutineDispatcher() {
                override fun dispatch(context: CoroutineContext, block: Runnable) {
                    held.await()
                    Dispatchers.Default.dispatch(context, block)
                }
            }
        val views = app!!.viewStream()
        views.next()
        CoroutineScope(blocking).launch(start = CoroutineStart.UNDISPATCHED) { views.next() }
    }

    fun release() = gate.countDown()

    override suspend fun make(setup: Setup, dart: DartPorts): DigitalKeyApp {
        launches += 1
        description = setup.passDescription
        failure?.let(::fail)
        val keys =
            object : DataKeySource {
                override fun dataKey() = DataKey(ByteArray(32) { it.toByte() })
            }
        val directory = directory ?: Files.createTempDirectory("digital-key").toString()
        val ports =
            Ports(
                bff = BffAdapter.http(setup.bff, dart.tokens),
                wallet = WalletAdapter.own(phone),
                applePairing = ApplePairingAdapter.own(phone),
                cache = CacheAdapter.sled(directory, keys, setup.account),
                appLifecycle = AppLifecycleAdapter.own(dart.appLifecycle),
            )
        val short = Duration.ofMillis(10)
        val config =
            Config(
                phone = model,
                recorder = RecorderOptions(),
                retry = RetryPolicy(3u, short, short, Duration.ofSeconds(1)),
            )
        return DigitalKeyApp(config, ports).also { app = it }
    }
}

/** One engine: the half of the plugin, and a channel with which the tests play phone and backend. */
private class Engine(engine: SocketEngine) {
    private val phone = SimulatedPhone(debugBuild = true)
    private val launcher = TestLauncher(phone)
    private val dart = engine.dart("digital_key")
    val half = ChannelHalf(engine.scope, dart, launcher, phone)

    suspend fun control(method: String, argument: Any?): Any? {
        val (first, second) = (argument as? List<*> ?: listOf(argument, null)).let { it[0] to it.getOrNull(1) }
        return when (method) {
            "bff" -> bff
            "echo" -> argument
            "put" -> control("PUT", "$first", "${second ?: "{}"}").let { null }
            "patch" -> control("PATCH", "$first", "$second").let { null }
            "delete" -> control("DELETE", "$first", "").let { null }
            "deleteKeys" -> phone.keys.forEach(phone::deleteKey).let { null }
            "launches" -> launcher.launches
            "model" -> launcher.apply { model = Phone.Ios("$first", "$second") }.let { null }
            "directory" -> launcher.apply { directory = "$first" }.let { null }
            "launcherThrows" -> launcher.apply { failure = "$first" }.let { null }
            "description" -> launcher.description
            "hold" -> launcher.hold().let { null }
            "release" -> launcher.release().let { null }
            "openFiles" -> openFiles(Path.of("$first"))
            "untilNoSheet" -> phone.sheet.first { it == null }
            "shortVin" -> "${Vin("$first")}"
            "repair" -> launcher.repair().let { null }
            "detach" -> half.detach().let { null }
            "nonsense" -> dart.call("$first", second).let { null }
            "canned" -> cannedViews().map { listOf(it.name, it.view.pageName, encode(it.view)) }
            "android" -> android()
            else -> throw UnsupportedOperationException(method)
        }
    }

    /** What the launcher for Android shows. */
    private suspend fun android(): Any {
        val directory = Files.createTempDirectory("digital-key").toString()
        val lifecycle =
            object : AppLifecycle {
                override suspend fun nextEvent(): LifecycleEvent? = null
            }
        val tokens =
            object : TokenProvider {
                override suspend fun token() = BearerToken("a-token")

                override suspend fun refresh(rejected: BearerToken) = token()
            }
        val setup = Setup(bff, "account-1", "Key")
        val app = AndroidLauncher(directory).make(setup, DartPorts(tokens, lifecycle))
        app.start()
        return encode(app.view()).also { app.shutdown() }
    }
}

/** Starts the program in Dart that the arguments name, and is the native side of its channels. */
fun main(command: Array<String>): Unit =
    serve(command) {
        val engine = Engine(it)
        mapOf("digital_key" to engine.half::handle, "control" to engine::control)
    }

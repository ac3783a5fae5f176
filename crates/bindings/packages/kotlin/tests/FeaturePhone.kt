package digitalkey.test

import digitalkey.*

import java.time.Duration

/** A line: a JSON object of texts. crates/acceptance/README.md describes the lines. */
typealias Message = Map<String, String>

/** The phone of the scenario: each call of a port is a question to it. */
class FeaturePhone(private val question: suspend (Message) -> Message) :
    Wallet, ApplePairing, AppLifecycle {
    private suspend fun ask(
        port: String,
        vararg arguments: Pair<String, String>,
        failure: (String) -> Exception,
    ): Message {
        val message = question(mapOf("port" to port, *arguments))
        message["error"]?.let { throw failure(it) }
        return message
    }

    private suspend fun askWallet(port: String, vararg arguments: Pair<String, String>): Message =
        ask(port, *arguments) { WalletException.Unavailable(it) }

    private suspend fun askApple(port: String, vararg arguments: Pair<String, String>): Message =
        ask(port, *arguments) { ApplePairingException.Unavailable(it) }

    override suspend fun presence(key: String): Presence =
        Presence.valueOf(askWallet("presence", "key" to key).getValue("presence"))

    override suspend fun openWallet(key: String) {
        askWallet("open_wallet", "key" to key)
    }

    override suspend fun nextChange() {
        askWallet("next_change")
    }

    override suspend fun canCreateKey(vin: Vin): Boolean =
        askApple("can_create_key", "vin" to vin.text()).getValue("created").toBoolean()

    override suspend fun start(request: PairingRequest): PairingAnswer =
        pairingAnswer(
            askApple("start", "vin" to request.vin.text(), "password" to request.password.expose()),
        )

    override suspend fun sheetIsUp(): Boolean = askApple("sheet_is_up").getValue("up").toBoolean()

    override suspend fun nextLateAnswer(): LateAnswer? {
        val late = askApple("next_late_answer")
        return late["vin"]?.let { LateAnswer(Vin(it), pairingAnswer(late)) }
    }

    override suspend fun nextEvent(): LifecycleEvent? =
        ask("next_event") { AppLifecycleException.Failed(it) }["event"]?.let { LifecycleEvent.valueOf(it) }

    private fun pairingAnswer(message: Message) =
        PairingAnswer(message["pass"], message["apple_error"]?.let { AppleErrorCode.valueOf(it) })
}

/** Makes the app that a line describes, which is not started yet. */
suspend fun featureApp(start: Message, tokens: TokenProvider, phone: FeaturePhone): DigitalKeyApp {
    val keys =
        object : DataKeySource {
            override fun dataKey() = DataKey(start.getValue("data_key").toByteArray())
        }
    val ports =
        Ports(
            bff = BffAdapter.http(start.getValue("bff"), tokens),
            wallet = WalletAdapter.own(phone),
            applePairing = ApplePairingAdapter.own(phone),
            cache = CacheAdapter.sled(start.getValue("directory"), keys, start["account"]),
            appLifecycle = AppLifecycleAdapter.own(phone),
        )
    val milliseconds = { field: String -> Duration.ofMillis(start.getValue(field).toLong()) }
    val machine = start["machine"]
    val config =
        Config(
            phone =
                if (machine == null) digitalkey.Phone.Android
                else digitalkey.Phone.Ios(machine, start.getValue("version")),
            entryMode = EntryMode.valueOf(start.getValue("entry_mode")),
            retry =
                RetryPolicy(
                    tries = start.getValue("tries").toUInt(),
                    firstWait = milliseconds("first_wait"),
                    longestWait = milliseconds("longest_wait"),
                    total = milliseconds("total"),
                ),
            circuitBreaker = CircuitBreaker.Off,
            recorder = RecorderOptions(),
        )
    return DigitalKeyApp(config, ports)
}

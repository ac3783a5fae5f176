package digitalkey.flutter

import digitalkey.*

import kotlinx.coroutines.awaitCancellation

/**
 * Makes the app on Android, where the product has no digital key (REQ-4).
 *
 * The entry stays hidden, so no password is ever cached, and a data key for this run is enough.
 */
class AndroidLauncher(private val directory: String) : Launcher {
    override suspend fun make(setup: Setup, dart: DartPorts): DigitalKeyApp {
        val keys =
            object : DataKeySource {
                private val key = DataKey.generate()

                override fun dataKey() = key
            }
        val ports =
            Ports(
                bff = BffAdapter.http(setup.bff, dart.tokens),
                wallet = WalletAdapter.own(NoPhone),
                applePairing = ApplePairingAdapter.own(NoPhone),
                cache = CacheAdapter.sled(directory, keys, setup.account),
                appLifecycle = AppLifecycleAdapter.own(dart.appLifecycle),
            )
        return DigitalKeyApp(Config(phone = Phone.Android), ports)
    }
}

/** A phone with neither a wallet nor a pairing sheet. */
private object NoPhone : Wallet, ApplePairing {
    override suspend fun presence(key: DigitalKeyId) = throw WalletException.NotOffered()

    override suspend fun openWallet(key: DigitalKeyId) = throw WalletException.NotOffered()

    override suspend fun nextChange() = awaitCancellation()

    override suspend fun canCreateKey(vin: Vin) = false

    override suspend fun start(request: PairingRequest) = throw ApplePairingException.NotOffered()

    override suspend fun sheetIsUp() = false

    override suspend fun nextLateAnswer() = awaitCancellation()
}

package digitalkey

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/**
 * A wallet and Apple's pairing sheet for debug builds, in which a tester plays Apple.
 *
 * It has no user interface: collect [sheet], show the tester [SimulatedAnswer.choices], and pass the
 * choice to [SimulatedSheet.answer]. The wallet is in memory, with [keys] in it at the start, and a
 * key can be created for every vehicle.
 *
 * It is refused in a release build: without [debugBuild] the constructor throws an
 * [IllegalStateException]. Only the app knows what it is, so on Android pass `BuildConfig.DEBUG`, and
 * no constant of your own.
 */
class SimulatedPhone(debugBuild: Boolean, keys: Set<DigitalKeyId> = emptySet()) : Wallet, ApplePairing {
    init {
        check(debugBuild) { "the simulated pairing sheet is refused: this is no debug build" }
    }

    private val inWallet: MutableSet<DigitalKeyId> =
        ConcurrentHashMap.newKeySet<DigitalKeyId>().apply { addAll(keys) }
    private val walletChanged = Channel<Unit>(Channel.CONFLATED)
    private val shown = MutableStateFlow<SimulatedSheet?>(null)
    private val lateAnswers = Channel<LateAnswer>(Channel.UNLIMITED)
    private val made = AtomicInteger()

    /** The sheet that is up, for the tester's dialog. */
    val sheet: StateFlow<SimulatedSheet?> = shown.asStateFlow()

    /** The keys in the wallet. */
    val keys: Set<DigitalKeyId>
        get() = inWallet.toSet()

    /** Deletes a key from the wallet, as a driver does in Apple's app (OVR-7). */
    fun deleteKey(key: DigitalKeyId) {
        if (inWallet.remove(key)) walletChanged.trySend(Unit)
    }

    // The wallet.

    override suspend fun presence(key: DigitalKeyId): Presence =
        if (key in inWallet) Presence.PRESENT else Presence.ABSENT

    override suspend fun openWallet(key: DigitalKeyId) {}

    override suspend fun nextChange() = walletChanged.receive()

    // Apple's pairing sheet.

    override suspend fun canCreateKey(vin: Vin): Boolean = true

    override suspend fun start(request: PairingRequest): PairingAnswer {
        val sheet = SimulatedSheet(this, request.vin)
        if (!shown.compareAndSet(null, sheet)) throw ApplePairingException.AlreadyRunning()
        try {
            return sheet.firstAnswer()
        } finally {
            close(sheet)
        }
    }

    override suspend fun sheetIsUp(): Boolean = shown.value != null

    override suspend fun nextLateAnswer(): LateAnswer? = lateAnswers.receive()

    // What a sheet needs.

    internal fun close(sheet: SimulatedSheet) {
        shown.compareAndSet(sheet, null)
    }

    internal fun newKey(): DigitalKeyId = "SIMULATED-${made.incrementAndGet()}"

    internal fun add(key: DigitalKeyId) {
        if (inWallet.add(key)) walletChanged.trySend(Unit)
    }

    internal fun answerLate(vin: Vin, answer: PairingAnswer) {
        lateAnswers.trySend(LateAnswer(vin, answer))
    }
}

/** A simulated pairing sheet of a vehicle. */
class SimulatedSheet internal constructor(
    private val phone: SimulatedPhone,
    /** The vehicle. */
    val vin: Vin,
) {
    private val first = CompletableDeferred<PairingAnswer>()

    /**
     * Answers as Apple does. It closes the sheet, also with [SimulatedAnswer.Silence].
     *
     * Apple may answer again, also for a sheet that is gone: a further answer reaches the app as a late
     * answer (CBK-7).
     */
    fun answer(choice: SimulatedAnswer) {
        val answer = choice.answer(phone)
        if (answer == null) {
            phone.close(this)
            return
        }
        answer.pass?.let(phone::add)
        if (!first.complete(answer)) phone.answerLate(vin, answer)
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    internal suspend fun firstAnswer(): PairingAnswer =
        try {
            first.await()
        } catch (cancelled: CancellationException) {
            // Later answers are late ones, and so is one that came just before the core stopped to wait.
            first.cancel()
            if (!first.isCancelled) phone.answerLate(vin, first.getCompleted())
            throw cancelled
        }
}

/** What a tester lets Apple answer. */
sealed class SimulatedAnswer(
    /** A short text for a list. */
    val label: String,
) {
    internal abstract fun answer(phone: SimulatedPhone): PairingAnswer?

    /** A key was made, with this id or with a new one (CBK-1). */
    class Success(val key: DigitalKeyId? = null) : SimulatedAnswer("Success") {
        override fun answer(phone: SimulatedPhone) = PairingAnswer(pass = key ?: phone.newKey())
    }

    /** Apple reports this error (CBK-2); [AppleErrorCode.USER_CANCELED] is the cancel button. */
    class Failure(val error: AppleErrorCode) :
        SimulatedAnswer(error.name.lowercase().replaceFirstChar(Char::uppercase).replace('_', ' ')) {
        override fun answer(phone: SimulatedPhone) = PairingAnswer(error = error)
    }

    /** Apple answers with neither a pass nor an error (CBK-4). */
    object Neither : SimulatedAnswer("Neither a pass nor an error") {
        override fun answer(phone: SimulatedPhone) = PairingAnswer()
    }

    /** The sheet closes, and Apple does not answer; the next foreground ends the pairing (GEN-2). */
    object Silence : SimulatedAnswer("Close without an answer") {
        override fun answer(phone: SimulatedPhone) = null
    }

    companion object {
        /** Every answer, for the list of a dialog. */
        val choices: List<SimulatedAnswer>
            get() = listOf(Success()) + AppleErrorCode.entries.map(::Failure) + listOf(Neither, Silence)
    }
}

package digitalkey.test

import digitalkey.*

import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first

/** A phone in Kotlin: wallet, Apple's pairing sheet and the app's lifecycle. */
open class Phone : Wallet, ApplePairing, AppLifecycle {
    private val keys: MutableSet<String> = ConcurrentHashMap.newKeySet()
    private val walletChanged = Channel<Unit>(Channel.CONFLATED)
    private val sheet = MutableStateFlow<CompletableDeferred<PairingAnswer>?>(null)
    private val lateAnswers = Channel<LateAnswer>(Channel.UNLIMITED)
    private val events = Channel<LifecycleEvent>(Channel.UNLIMITED)
    val opened = CopyOnWriteArrayList<String>()
    val requests = CopyOnWriteArrayList<PairingRequest>()

    // The wallet.

    override suspend fun presence(key: String): Presence =
        if (key in keys) Presence.PRESENT else Presence.ABSENT

    override suspend fun openWallet(key: String) {
        opened.add(key)
    }

    override suspend fun nextChange() = walletChanged.receive()

    fun deleteKey(key: String) {
        keys.remove(key)
        walletChanged.trySend(Unit)
    }

    // Apple's pairing sheet.

    override suspend fun canCreateKey(vin: Vin): Boolean = true

    override suspend fun start(request: PairingRequest): PairingAnswer {
        val answer = CompletableDeferred<PairingAnswer>()
        if (!sheet.compareAndSet(null, answer)) throw ApplePairingException.AlreadyRunning()
        requests.add(request)
        try {
            return answer.await()
        } finally {
            sheet.value = null
        }
    }

    override suspend fun sheetIsUp(): Boolean = sheet.value != null

    override suspend fun nextLateAnswer(): LateAnswer? = lateAnswers.receive()

    /** Answers again after the last sheet has ended. */
    fun answerAgain(answer: PairingAnswer) {
        lateAnswers.trySend(LateAnswer(requests.last().vin, answer))
    }

    /** Waits for a sheet without an answer and ends it. */
    suspend fun answer(answer: PairingAnswer) {
        val shown = sheet.filterNotNull().first { !it.isCompleted }
        answer.pass?.let { keys.add(it) }
        shown.complete(answer)
    }

    // The lifecycle of the app.

    override suspend fun nextEvent(): LifecycleEvent? = events.receive()

    fun background() {
        events.trySend(LifecycleEvent.WENT_TO_BACKGROUND)
    }

    fun foreground() {
        events.trySend(LifecycleEvent.CAME_TO_FOREGROUND)
    }
}

package digitalkey.test

import digitalkey.*
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** A cache in Kotlin, in memory. */
open class MemoryCache : Cache {
    private val records = HashMap<String, VehicleRecord>()
    private val passwords = HashMap<String, PairingPassword>()
    private val lock = Mutex()
    @Volatile
    var isOpen = true
        private set

    private fun record(vin: Vin) =
        records[vin.text()] ?: VehicleRecord(key = KnownKey.Unknown, generation = 0uL)

    private fun apply(vin: Vin, change: RecordChange) {
        records[vin.text()] = applyChange(record(vin), change)
    }

    override suspend fun load(vin: Vin) = lock.withLock { record(vin) }

    override suspend fun store(vin: Vin, change: RecordChange) = lock.withLock { apply(vin, change) }

    override suspend fun storePassword(
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ): StoredPassword =
        lock.withLock {
            val (record, stored) = storePassword(record(vin), generation)
            records[vin.text()] = record
            if (stored is StoredPassword.Stored) passwords[vin.text()] = password
            stored
        }

    override suspend fun takeUse(vin: Vin): Take =
        lock.withLock {
            val (record, outcome) = takeUse(record(vin))
            records[vin.text()] = record
            when (outcome) {
                is TakeOutcome.Granted -> Take.Granted(passwords.getValue(vin.text()), outcome.v1)
                is TakeOutcome.NoPassword -> Take.NoPassword
                is TakeOutcome.Exhausted -> Take.Exhausted
            }
        }

    override suspend fun erase(vin: Vin) =
        lock.withLock {
            records.remove(vin.text())
            passwords.remove(vin.text())
            Unit
        }

    override suspend fun eraseAll() =
        lock.withLock {
            records.clear()
            passwords.clear()
        }

    override suspend fun suspend() {
        isOpen = false
    }

    override suspend fun resume() {
        isOpen = true
    }
}

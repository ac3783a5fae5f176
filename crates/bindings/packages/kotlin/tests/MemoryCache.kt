package digitalkey.test

import digitalkey.*
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** A cache in Kotlin, in memory. */
open class MemoryCache : Cache {
    private val records = HashMap<String, VehicleRecord>()
    private val passwords = HashMap<String, PairingPassword>()
    private val lock = Mutex()

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
            val newest = record(vin).generation
            if (generation <= newest) return StoredPassword.Outdated(newest)
            apply(vin, RecordChange.PasswordStored(generation))
            passwords[vin.text()] = password
            StoredPassword.Stored
        }

    override suspend fun takeUse(vin: Vin): Take =
        lock.withLock {
            val use = record(vin).password ?: return Take.NoPassword
            if (use.uses >= 3u) return Take.Exhausted
            val counted = PasswordUse(use.generation, (use.uses + 1u).toUByte())
            apply(vin, RecordChange.UseTaken(counted))
            Take.Granted(passwords.getValue(vin.text()), counted)
        }

    override suspend fun eraseAll() =
        lock.withLock {
            records.clear()
            passwords.clear()
        }

    override suspend fun suspend() {}

    override suspend fun resume() {}
}

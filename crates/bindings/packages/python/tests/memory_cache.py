"""A cache in Python, in memory."""

from digital_key import (
    Cache,
    KnownKey,
    PairingPassword,
    RecordChange,
    StoredPassword,
    Take,
    VehicleRecord,
    Vin,
    apply_change,
    store_password,
    take_use,
)


class MemoryCache(Cache):
    def __init__(self) -> None:
        self.records: dict[str, VehicleRecord] = {}
        self.passwords: dict[str, PairingPassword] = {}
        self.is_open = True

    async def load(self, vin: Vin) -> VehicleRecord:
        return self.records.get(vin.text()) or VehicleRecord(key=KnownKey.UNKNOWN(), generation=0)

    async def store(self, vin: Vin, change: RecordChange) -> None:
        self.records[vin.text()] = apply_change(await self.load(vin), change)

    async def store_password(
        self, vin: Vin, password: PairingPassword, generation: int
    ) -> StoredPassword:
        after = store_password(await self.load(vin), generation)
        self.records[vin.text()] = after.record
        if after.stored.is_stored():
            self.passwords[vin.text()] = password
        return after.stored

    async def take_use(self, vin: Vin) -> Take:
        after = take_use(await self.load(vin))
        self.records[vin.text()] = after.record
        if after.outcome.is_no_password():
            return Take.NO_PASSWORD()
        if after.outcome.is_exhausted():
            return Take.EXHAUSTED()
        return Take.GRANTED(password=self.passwords[vin.text()], counted=after.outcome[0])

    async def erase(self, vin: Vin) -> None:
        self.records.pop(vin.text(), None)
        self.passwords.pop(vin.text(), None)

    async def erase_all(self) -> None:
        self.records.clear()
        self.passwords.clear()

    async def suspend(self) -> None:
        self.is_open = False

    async def resume(self) -> None:
        self.is_open = True

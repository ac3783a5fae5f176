"""A cache in Python, in memory."""

from digital_key import (
    Cache,
    KnownKey,
    PairingPassword,
    PasswordUse,
    RecordChange,
    StoredPassword,
    Take,
    VehicleRecord,
    Vin,
    apply_change,
)


class MemoryCache(Cache):
    def __init__(self) -> None:
        self.records: dict[str, VehicleRecord] = {}
        self.passwords: dict[str, PairingPassword] = {}

    async def load(self, vin: Vin) -> VehicleRecord:
        return self.records.get(vin.text()) or VehicleRecord(key=KnownKey.UNKNOWN(), generation=0)

    async def store(self, vin: Vin, change: RecordChange) -> None:
        self.records[vin.text()] = apply_change(await self.load(vin), change)

    async def store_password(
        self, vin: Vin, password: PairingPassword, generation: int
    ) -> StoredPassword:
        newest = (await self.load(vin)).generation
        if generation <= newest:
            return StoredPassword.OUTDATED(newest=newest)
        await self.store(vin, RecordChange.PASSWORD_STORED(generation))
        self.passwords[vin.text()] = password
        return StoredPassword.STORED()

    async def take_use(self, vin: Vin) -> Take:
        use = (await self.load(vin)).password
        if use is None:
            return Take.NO_PASSWORD()
        if use.uses >= 3:
            return Take.EXHAUSTED()
        counted = PasswordUse(generation=use.generation, uses=use.uses + 1)
        await self.store(vin, RecordChange.USE_TAKEN(counted))
        return Take.GRANTED(password=self.passwords[vin.text()], counted=counted)

    async def erase_all(self) -> None:
        self.records.clear()
        self.passwords.clear()

    async def suspend(self) -> None:
        pass

    async def resume(self) -> None:
        pass

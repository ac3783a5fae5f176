"""A cache in Python whose vehicles outlive the process, for tests with a process that is killed."""

from pathlib import Path

from digital_key import ErasureMark, RecordChange, Vin
from memory_cache import MemoryCache


class FileCache(MemoryCache, ErasureMark):
    """Keeps in a file which vehicles have a record, and the mark of a sign-out beside it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "vehicles"
        self._mark = folder / "signed-out"
        if self._mark.exists():
            self._erase()

    def vehicles(self) -> list[str]:
        return self._file.read_text().split() if self._file.exists() else []

    async def store(self, vin: Vin, change: RecordChange) -> None:
        await super().store(vin, change)
        self._file.write_text(" ".join({*self.vehicles(), vin.text()}))

    async def erase_all(self) -> None:
        await super().erase_all()
        self._erase()

    def leave(self) -> None:
        self._mark.touch()

    def _erase(self) -> None:
        self._file.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)

"""A phone in Python: wallet, Apple's pairing sheet and the app's lifecycle."""

import asyncio

from digital_key import (
    AppLifecycle,
    ApplePairing,
    ApplePairingError,
    LateAnswer,
    LifecycleEvent,
    PairingAnswer,
    PairingRequest,
    Presence,
    Vin,
    Wallet,
)


class Phone(Wallet, ApplePairing, AppLifecycle):
    """All methods run on one event loop, so there is no lock."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.opened: list[str] = []
        self.requests: list[PairingRequest] = []
        self._sheet: asyncio.Future[PairingAnswer] | None = None
        self._sheet_shown = asyncio.Event()
        self._wallet_changed = asyncio.Event()
        self._late: asyncio.Queue[LateAnswer] = asyncio.Queue()
        self._events: asyncio.Queue[LifecycleEvent] = asyncio.Queue()

    # The wallet.

    async def presence(self, key: str) -> Presence:
        return Presence.PRESENT if key in self.keys else Presence.ABSENT

    async def open_wallet(self, key: str) -> None:
        self.opened.append(key)

    async def next_change(self) -> None:
        await self._wallet_changed.wait()
        self._wallet_changed.clear()

    def delete_key(self, key: str) -> None:
        self.keys.remove(key)
        self._wallet_changed.set()

    # Apple's pairing sheet.

    async def can_create_key(self, vin: Vin) -> bool:
        return True

    async def start(self, request: PairingRequest) -> PairingAnswer:
        if self._sheet is not None:
            raise ApplePairingError.AlreadyRunning()
        self.requests.append(request)
        self._sheet = asyncio.get_running_loop().create_future()
        self._sheet_shown.set()
        try:
            return await self._sheet
        finally:
            self._sheet = None

    async def sheet_is_up(self) -> bool:
        return self._sheet is not None

    async def next_late_answer(self) -> LateAnswer | None:
        return await self._late.get()

    def answer_again(self, answer: PairingAnswer) -> None:
        """Answers again after the last sheet has ended."""
        self._late.put_nowait(LateAnswer(vin=self.requests[-1].vin, answer=answer))

    async def answer(self, answer: PairingAnswer) -> None:
        """Waits for a sheet and ends it."""
        await self._sheet_shown.wait()
        self._sheet_shown.clear()
        if answer.pass_ is not None:
            self.keys.add(answer.pass_)
        self._sheet.set_result(answer)

    # The lifecycle of the app.

    async def next_event(self) -> LifecycleEvent | None:
        return await self._events.get()

    def background(self) -> None:
        self._events.put_nowait(LifecycleEvent.WENT_TO_BACKGROUND)

    def foreground(self) -> None:
        self._events.put_nowait(LifecycleEvent.CAME_TO_FOREGROUND)

"""The calls of adapters that `test_bad_input` leaves out, and calls of a host from other threads."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from digital_key import (
    CacheAdapter,
    DigitalKeyError,
    Intent,
    Notice,
    PairingAnswer,
    PhoneSoftwareIssue,
    Port,
    PortCall,
    Tap,
    Vin,
)
from memory_cache import MemoryCache
from pairing_case import Log, PairingCase
from phone import Phone
from test_bad_input import SECRET, answers, hang, throws

THROWS = throws(RuntimeError(SECRET))


class FaultyCalls(PairingCase):
    async def is_reported(self, call: PortCall, port: Port) -> None:
        """The failure reaches the listener, without the text that was thrown."""
        failure = await self.reported(call)
        self.assertEqual(failure.port, port)
        self.assertNotIn(SECRET, failure.reason)

    async def pair(self) -> None:
        await self.open_welcome()
        await self.start_pairing()
        self.change(ownerKey={"id": "KEY-1", "tracked": False})
        await self.phone.answer(PairingAnswer("KEY-1"))
        await self.page("Tutorial1")
        self.tap(Tap.CONTINUE)
        self.tap(Tap.CONTINUE)
        await self.page("Overview")

    async def test_a_wallet_that_does_not_open(self) -> None:
        """The page stays, and says that the wallet could not be opened (OVR-4)."""
        for open_wallet in (THROWS, hang):
            self.log, self.phone = Log(), Phone()
            self.change(ownerKey=None)
            self.phone.open_wallet = open_wallet
            await self.launch()
            await self.pair()
            self.tap(Tap.CARD_ACTION)
            view = await self.until(lambda view: view.notice is not None)
            self.assertEqual((view.notice, view.page_name), (Notice.WALLET_NOT_OPENED, "Overview"))
            await self.is_reported(PortCall.OPEN_WALLET, Port.WALLET)
            await self.app.shutdown()

    async def ends(self, name: str, call: PortCall, port: Port) -> None:
        """The core does not ask again, and pairs without these events."""
        setattr(self.phone, name, THROWS)
        await self.launch()
        await self.pair()
        await self.is_reported(call, port)
        self.assertEqual([it.call for it in self.log.failures].count(call), 1)

    async def test_wallet_changes_that_end_with_an_exception(self) -> None:
        await self.ends("next_change", PortCall.NEXT_CHANGE, Port.WALLET)

    async def test_late_answers_that_end_with_an_exception(self) -> None:
        await self.ends("next_late_answer", PortCall.NEXT_LATE_ANSWER, Port.APPLE_PAIRING)

    async def test_lifecycle_events_that_end_with_an_exception(self) -> None:
        await self.ends("next_event", PortCall.NEXT_EVENT, Port.APP_LIFECYCLE)

    async def test_an_exception_instead_of_whether_a_key_can_be_made(self) -> None:
        """The core takes an error for "no" (WEL-4)."""
        self.phone.can_create_key = THROWS
        await self.launch()
        [blocker] = (await self.open_welcome()).page.blockers
        self.assertEqual(blocker.issue, PhoneSoftwareIssue.APPLE_REFUSES)
        await self.is_reported(PortCall.CAN_CREATE_KEY, Port.APPLE_PAIRING)

    async def test_a_bad_answer_whether_the_sheet_is_up(self) -> None:
        """An error counts as "no sheet", so that the page does not wait for ever (GEN-2)."""
        self.phone.start = hang
        self.phone.sheet_is_up = THROWS
        await self.launch()
        await self.open_welcome()
        await self.start_pairing()
        await self.until(lambda view: view.pairing_runs)
        await self.app.idle()
        self.phone.background()
        self.phone.foreground()
        await self.page("PairingError")
        await self.is_reported(PortCall.SHEET_IS_UP, Port.APPLE_PAIRING)

    async def test_a_cache_that_cannot_be_read(self) -> None:
        """The backend's answer shows the entry also when the cache has none (ENT-3)."""
        for load in (THROWS, hang, answers("nonsense")):
            self.log = Log()
            cache = MemoryCache()
            cache.load = load
            await self.launch(cache=CacheAdapter.own(cache))
            await self.open_welcome()
            await self.is_reported(PortCall.LOAD, Port.CACHE)
            await self.app.shutdown()


class OtherThreads(PairingCase):
    async def test_calls_from_a_thread_with_a_loop_of_its_own(self) -> None:
        await self.launch()
        await self.open_welcome()

        async def calls() -> str:
            await self.app.idle()
            await self.app.suspend()
            await self.app.resume()
            return self.app.view().page_name

        name = await asyncio.to_thread(lambda: asyncio.run(calls()))
        self.assertEqual(name, "Welcome")

    async def test_calls_from_many_threads_and_a_shutdown_among_them(self) -> None:
        """Each call has a result or an error of the core, whatever the others do."""
        await self.launch()
        await self.open_welcome()
        half = threading.Event()
        calls = [
            self.app.view,
            lambda: self.app.dispatch(Intent.TAP(Tap.BACK)),
            lambda: self.app.refresh(Vin(self.vin)),
            self.app.begin_suspend,
            self.app.begin_resume,
            lambda: asyncio.run(self.app.idle()),
        ]

        def call(number: int) -> None:
            if number == 150:
                half.set()
            try:
                calls[number % len(calls)]()
            except DigitalKeyError:
                pass

        with ThreadPoolExecutor(8) as threads:
            results = [threads.submit(call, number) for number in range(300)]
            await asyncio.to_thread(half.wait)
            await self.app.shutdown()
            for result in results:
                await asyncio.wrap_future(result)
        self.assertRaises(DigitalKeyError.ShutDown, self.app.view)

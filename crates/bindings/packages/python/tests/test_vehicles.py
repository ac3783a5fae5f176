"""Calls of a host about a vehicle, and the hint for its maker."""

import asyncio
from datetime import timedelta

from digital_key import (
    CacheAdapter,
    CacheError,
    Config,
    Deadlines,
    DigitalKeyApp,
    DigitalKeyError,
    EntryView,
    Intent,
    PairingAnswer,
    Phone as Model,
    PortCall,
    Tap,
    Vin,
)
from memory_cache import MemoryCache
from pairing_case import PATIENCE, PairingCase, control

LONG = timedelta(seconds=PATIENCE)


class Vehicles(PairingCase):
    async def pair(self) -> MemoryCache:
        """Starts with a cache in memory, and pairs."""
        cache = MemoryCache()
        deadlines = Deadlines(LONG, LONG, timedelta(milliseconds=50))
        await self.launch(deadlines=deadlines, cache=CacheAdapter.own(cache))
        await self.open_welcome()
        await self.start_pairing()
        self.change(ownerKey={"id": "KEY-1", "tracked": False})
        await self.phone.answer(PairingAnswer("KEY-1"))
        await self.page("Tutorial1")
        self.tap(Tap.CONTINUE)
        self.tap(Tap.CONTINUE)
        await self.page("Overview")
        await self.app.idle()
        return cache

    async def test_a_refresh_replaces_the_answer_about_support(self) -> None:
        """The cached answer decides until the new one replaces it (ENT-10)."""
        await self.launch()
        await self.until(lambda view: view.entry == EntryView.DIGITAL_KEY)
        self.change(digitalKey={"state": "NOT_AVAILABLE"})
        await self.app.idle()
        self.assertEqual(self.app.view().entry, EntryView.DIGITAL_KEY)
        self.app.refresh(Vin(self.vin))
        await self.until(lambda view: view.entry == EntryView.HIDDEN)

    async def test_a_refresh_that_fails_changes_nothing(self) -> None:
        await self.launch()
        await self.until(lambda view: view.entry == EntryView.DIGITAL_KEY)
        control("PUT", "/endpoints/support/fault", {"fault": "404"})
        self.app.refresh(Vin(self.vin))
        await self.reported(PortCall.SUPPORT)
        await self.app.idle()
        self.assertEqual(self.app.view().entry, EntryView.DIGITAL_KEY)

    async def test_a_vehicle_that_is_forgotten_leaves_flow_and_cache(self) -> None:
        cache = await self.pair()
        self.assertIn(self.vin, cache.records)
        await self.app.forget(Vin(self.vin))
        self.assertIsNone(self.app.view().vehicle)
        self.assertEqual(self.app.view().page_name, "VehicleTab")
        self.assertEqual((cache.records, cache.passwords), ({}, {}))

    async def test_a_forget_that_begins_comes_before_a_later_selection(self) -> None:
        """Calls take effect in the order in which the host makes them (GEN-10)."""
        cache = await self.pair()
        forgotten = self.app.begin_forget(Vin(self.vin))
        self.app.dispatch(Intent.SELECT_VEHICLE(Vin(self.vin)))
        await forgotten.wait()
        await self.until(lambda view: view.vehicle is not None and view.page_name == "VehicleTab")
        self.assertTrue((await cache.load(Vin(self.vin))).key.is_unknown())

    async def test_a_forget_that_the_cache_refuses_is_an_error(self) -> None:
        class Refusing(MemoryCache):
            async def erase(self, vin: Vin) -> None:
                raise CacheError.Unavailable("no space")

        await self.launch(cache=CacheAdapter.own(Refusing()))
        await self.open_welcome()
        with self.assertRaises(DigitalKeyError.PortFailed) as raised:
            await self.app.forget(Vin(self.vin))
        failure = raised.exception.failure
        self.assertEqual((failure.call, failure.retryable), (PortCall.ERASE, True))
        self.assertIsNone(self.app.view().vehicle)

    async def test_a_key_id_in_another_case_is_reported_once(self) -> None:
        await self.pair()
        for _ in range(2):
            self.change(ownerKey={"id": "key-1", "tracked": True})
            self.phone.background()
            self.phone.foreground()
            await self.app.idle()
        async with asyncio.timeout(PATIENCE):
            while not self.log.diagnostics:
                await asyncio.sleep(0.01)
        [reported] = self.log.diagnostics
        self.assertTrue(reported.is_key_id_case_mismatch())
        self.assertEqual(reported.vin.text(), self.vin)
        self.assertNotIn(self.vin, str(reported))
        self.assertEqual((reported.local, reported.reported), ("KEY-1", "key-1"))

    async def test_refresh_and_forget_at_the_wrong_time(self) -> None:
        app = DigitalKeyApp(Config(Model.ANDROID()), await self.ports())
        vin = Vin(self.vin)

        async def refused(error: type[DigitalKeyError]) -> None:
            self.assertRaises(error, app.refresh, vin)
            self.assertRaises(error, app.begin_forget, vin)
            with self.assertRaises(error):
                await app.forget(vin)

        await refused(DigitalKeyError.NotStarted)
        app.start()
        await app.shutdown()
        await refused(DigitalKeyError.ShutDown)

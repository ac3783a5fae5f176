"""Calls of a host around the background (GEN-10), and at a sign-out (GEN-5)."""

import asyncio
import threading
import unittest
from datetime import timedelta

from digital_key import CacheAdapter, Deadlines
from memory_cache import MemoryCache
from pairing_case import PATIENCE, PairingCase


class Suspension(PairingCase):
    async def launch_with_memory_cache(self) -> MemoryCache:
        cache = MemoryCache()
        long = timedelta(seconds=PATIENCE)
        patient = Deadlines(phone=long, cache=long, sheet_grace=timedelta(milliseconds=50))
        await self.launch(deadlines=patient, cache=CacheAdapter.own(cache))
        await self.app.idle()
        return cache

    async def until_open(self, cache: MemoryCache) -> None:
        async with asyncio.timeout(PATIENCE):
            while not cache.is_open:
                await asyncio.sleep(0.001)

    async def test_races_of_suspend_and_resume_leave_the_cache_open_in_the_foreground(self) -> None:
        cache = await self.launch_with_memory_cache()
        for race in range(1000):
            # The tasks run in either order, and the events come on a way of their own.
            self.phone.background()
            calls = [self.app.suspend, self.app.resume]
            tasks = [asyncio.ensure_future(call()) for call in (calls, calls[::-1])[race % 2]]
            self.phone.foreground()
            await asyncio.gather(*tasks)
            await self.until_open(cache)

    async def test_calls_that_begin_at_once_keep_their_order(self) -> None:
        cache = await self.launch_with_memory_cache()
        suspended, resumed = self.app.begin_suspend(), self.app.begin_resume()
        await resumed.wait()
        await suspended.wait()
        self.assertTrue(cache.is_open)
        resumed, suspended = self.app.begin_resume(), self.app.begin_suspend()
        await suspended.wait()
        await resumed.wait()
        self.assertFalse(cache.is_open)

    async def test_a_call_begins_on_any_thread(self) -> None:
        cache = await self.launch_with_memory_cache()
        begun = []
        thread = threading.Thread(target=lambda: begun.append(self.app.begin_suspend()))
        thread.start()
        thread.join()
        await begun[0].wait()
        self.assertFalse(cache.is_open)

    async def test_a_sign_out_that_begins_hides_the_account(self) -> None:
        await self.launch()
        await self.open_welcome()
        sign_out = self.app.begin_sign_out()
        self.assertIsNone(self.app.view().vehicle)
        await sign_out.wait()


if __name__ == "__main__":
    unittest.main()

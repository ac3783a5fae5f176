"""Calls that always have an answer, on any loop; streams that lose no view; texts."""

import asyncio
import contextlib
import threading
import unittest

import alone
import digital_key
from digital_key import (
    ApplePairingError,
    DigitalKeyError,
    Intent,
    PairingAnswer,
    Port,
    PortCall,
    PortFailure,
    Tap,
    Vin,
    WalletError,
    _calls,
)
from phone import Phone
from pairing_case import PATIENCE, Log


class NoText(Exception):
    def __repr__(self) -> str:
        return "\ud800"


class Case(unittest.IsolatedAsyncioTestCase):
    async def launch(self, **own: object) -> digital_key.DigitalKeyApp:
        digital_key.use_event_loop()
        self.log = Log()
        app = alone.make(**own)
        self.addAsyncCleanup(app.shutdown)
        app.start(self.log)
        async with asyncio.timeout(PATIENCE):
            await alone.open_welcome(app)
        return app


class StartOfThePairing(Case):
    async def test_every_end_is_an_answer(self) -> None:
        """It counts as one with neither a pass nor an error (CBK-4); the next pairing starts (GEN-2)."""
        errors = (
            asyncio.CancelledError(),
            GeneratorExit(),
            BaseException(),
            NoText(),
            ApplePairingError.Unavailable("\ud800"),
            ApplePairingError.Unavailable(None),
        )
        for error in errors:
            with self.subTest(type(error).__name__):
                phone = Phone()
                start = phone.start

                async def leaves(_: object) -> None:
                    phone.start = start
                    raise error

                phone.start = leaves
                app = await self.launch(phone=phone)
                async with asyncio.timeout(PATIENCE):
                    with self.assertLogs("digital_key") as logs:
                        await alone.start_pairing(app)
                        view = await alone.until(app, lambda view: view.page.is_pairing_error())
                    self.assertFalse(view.pairing_runs)
                    self.assertIn("ApplePairing.start failed: ", logs.output[0])
                    while not self.log.failures:
                        await asyncio.sleep(0.01)
                    [failure] = self.log.failures
                    self.assertEqual(failure.port, Port.APPLE_PAIRING)
                    self.assertEqual(failure.call, PortCall.START_PAIRING)
                    app.dispatch(Intent.TAP(tap=Tap.RETRY))
                    await phone.answer(PairingAnswer(pass_="KEY-1"))
                    await alone.until(app, lambda view: view.page.is_tutorial1())


class AnotherLoop(Case):
    async def test_the_app_is_called_from_it(self) -> None:
        app = await self.launch()
        done = []

        async def calls() -> None:
            await asyncio.wait_for(app.idle(), PATIENCE)
            await asyncio.wait_for(app.suspend(), PATIENCE)
            await asyncio.wait_for(app.resume(), PATIENCE)
            done.append(await asyncio.wait_for(anext(app.views()), PATIENCE))

        thread = threading.Thread(target=lambda: asyncio.run(calls()))
        thread.start()
        await asyncio.to_thread(thread.join)
        self.assertEqual(done, [app.view()])


class StreamOfViews(Case):
    async def ready_to_pair(self) -> digital_key.DigitalKeyApp:
        """Goes to ReadyToPair, whose box can be ticked and unticked."""
        app = await self.launch()
        for page in ("GrabYourTwoKeys", "ReadyToPair"):
            app.dispatch(Intent.TAP(tap=Tap.CONTINUE))
            await alone.until(app, lambda view: view.page_name == page)
        await app.idle()
        return app

    async def test_a_wait_that_is_cancelled_does_not_end_it(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()
        await anext(stream)
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.01)
        app.dispatch(Intent.TAP(tap=Tap.TICK_BOX))
        view = await asyncio.wait_for(anext(stream), PATIENCE)
        self.assertTrue(view.page.checked)

    async def test_a_wait_that_is_cancelled_loses_no_view(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()
        await anext(stream)
        for number in range(100):
            ticked = number % 2 == 0
            wait = asyncio.create_task(anext(stream))
            await asyncio.sleep(0)
            app.dispatch(Intent.TAP(tap=Tap.TICK_BOX if ticked else Tap.UNTICK_BOX))
            # The view arrives before or after the cancellation.
            while number % 4 > 1 and app.view().page.checked != ticked:
                pass
            for _ in range(number % 3):
                await asyncio.sleep(0)
            wait.cancel()
            try:
                view = await wait
            except asyncio.CancelledError:
                view = await asyncio.wait_for(anext(stream), PATIENCE)
            self.assertEqual(view.page.checked, ticked)

    async def test_it_goes_on_on_another_loop(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()

        async def first() -> None:
            await anext(stream)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(anext(stream), 0.01)

        await asyncio.to_thread(asyncio.run, first())
        app.dispatch(Intent.TAP(tap=Tap.TICK_BOX))
        view = await asyncio.wait_for(anext(stream), PATIENCE)
        self.assertTrue(view.page.checked)

    async def test_it_goes_on_when_a_loop_is_closed_during_a_wait(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()
        await anext(stream)

        def leave_a_wait() -> None:
            loop = asyncio.new_event_loop()
            loop.set_exception_handler(lambda *_: None)
            loop.create_task(anext(stream))
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

        await asyncio.to_thread(leave_a_wait)
        app.dispatch(Intent.TAP(tap=Tap.TICK_BOX))
        view = await asyncio.wait_for(anext(stream), PATIENCE)
        self.assertTrue(view.page.checked)

    async def test_it_is_closed(self) -> None:
        app = await self.ready_to_pair()
        async with contextlib.aclosing(app.views()) as stream:
            await anext(stream)
            wait = asyncio.create_task(anext(stream))
            await asyncio.sleep(0)
        with self.assertRaises(StopAsyncIteration):
            await asyncio.wait_for(wait, PATIENCE)
        with self.assertRaises(StopAsyncIteration):
            await asyncio.wait_for(anext(stream), PATIENCE)

    async def test_a_wait_that_is_cancelled_leaves_no_call(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()
        await anext(stream)
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(anext(stream), 0.01)
        self.assertEqual(_calls._awaited.values(), [])

    async def test_a_view_that_is_there_needs_no_turn_of_the_loop(self) -> None:
        app = await self.ready_to_pair()
        turns: list[None] = []
        asyncio.get_running_loop().call_soon(turns.append, None)
        self.assertEqual(await anext(app.views()), app.view())
        self.assertEqual(turns, [])

    async def test_two_waits_at_once_return_the_same_view(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()
        await anext(stream)
        waits = [asyncio.create_task(anext(stream)) for _ in range(2)]
        await asyncio.sleep(0)
        app.dispatch(Intent.TAP(tap=Tap.TICK_BOX))
        async with asyncio.timeout(PATIENCE):
            first, second = await asyncio.gather(*waits)
        self.assertTrue(first.page.checked)
        self.assertEqual(first, second)

    async def test_it_ends_with_the_app(self) -> None:
        app = await self.ready_to_pair()
        stream = app.views()
        await anext(stream)
        wait = asyncio.create_task(anext(stream))
        await app.shutdown()
        with self.assertRaises(StopAsyncIteration):
            await asyncio.wait_for(wait, PATIENCE)
        self.assertRaises(DigitalKeyError.ShutDown, app.views)


class Texts(Case):
    async def test_of_errors(self) -> None:
        failure = PortFailure(
            port=Port.CACHE, call=PortCall.LOAD, retryable=True, reason="the disk is full"
        )
        for error, text in (
            (DigitalKeyError.ShutDown(), "shut down"),
            (DigitalKeyError.PortFailed(failure), "the disk is full"),
            (WalletError.NotOffered(), "the wallet does not offer it"),
            (WalletError.Unavailable("it is locked"), "it is locked"),
            (WalletError.Unavailable(None), "Unavailable"),
        ):
            self.assertIn(text, str(error))
            self.assertIn(text, repr(error))
        with self.assertRaisesRegex(DigitalKeyError.Invalid, "^vin is not valid: a VIN has 17"):
            Vin("WBA")

    async def test_of_records(self) -> None:
        failure = PortFailure(port=Port.CACHE, call=PortCall.LOAD, retryable=True, reason="full")
        for text in ("Port.CACHE", "PortCall.LOAD", "full"):
            self.assertIn(text, repr([failure]))
        app = await self.launch()
        text = repr(app.view())
        self.assertIn("page_name=Welcome", text)
        self.assertIn("WBA…0001", text)
        self.assertNotIn("WBADKEY0000000001", text)


if __name__ == "__main__":
    unittest.main()

"""Programs that end with a running app, with pending calls, or with an exception."""

import unittest

from alone import run

SECRET = "sesame-4711"


class Programs(unittest.TestCase):
    def succeeds(self, program: str) -> str:
        """Expects the program to end without a failure, and returns its stderr."""
        ended = run(program)
        self.assertEqual((ended.returncode, ended.stdout), (0, "end\n"), ended.stderr)
        return ended.stderr


class TheEndOfTheInterpreter(Programs):
    """A thread of the core that calls Python at that time would abort the process."""

    def test_with_an_app_that_was_not_shut_down(self) -> None:
        for _ in range(3):
            self.succeeds("""
                app = None

                async def main():
                    global app
                    use_event_loop()
                    app = make()
                    app.start()
                    await open_welcome(app)

                asyncio.run(main())
                print("end")
                """)

    def test_with_adapters_that_outlive_a_shutdown(self) -> None:
        self.succeeds("""
            kept = []

            async def main():
                use_event_loop()
                kept.append(BffAdapter.own(CannedBff()))
                kept.append(make())
                kept[-1].start()
                await open_welcome(kept[-1])
                await kept[-1].shutdown()

            asyncio.run(main())
            print("end")
            """)

    def test_with_a_loop_that_has_ended_on_another_thread(self) -> None:
        self.succeeds("""
            import threading

            app = None

            async def main():
                global app
                use_event_loop()
                app = make()
                app.start()
                await open_welcome(app)

            thread = threading.Thread(target=lambda: asyncio.run(main()))
            thread.start()
            thread.join()
            print("end")
            """)

    def test_with_a_loop_that_runs_on_a_daemon(self) -> None:
        self.succeeds("""
            import threading

            app = None
            runs = threading.Event()

            async def main():
                global app
                use_event_loop()
                app = make()
                app.start()
                await open_welcome(app)
                runs.set()
                await asyncio.Event().wait()

            threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
            runs.wait()
            print("end")
            """)

    def test_with_a_pending_call(self) -> None:
        self.succeeds("""
            app = None

            class Slow(MemoryCache):
                loads = asyncio.Event()

                async def load(self, vin):
                    self.loads.set()
                    await asyncio.Event().wait()

            async def main():
                global app
                use_event_loop()
                cache = Slow()
                hour = timedelta(hours=1)
                app = make(Deadlines(phone=hour, cache=hour, sheet_grace=hour), cache=cache)
                app.start()
                app.dispatch(Intent.SELECT_VEHICLE(vin=Vin("WBADKEY0000000001")))
                await cache.loads.wait()

            asyncio.run(main())
            print("end")
            """)

    def test_with_a_listener_that_is_busy(self) -> None:
        """The exit waits for the listener without a limit."""
        stderr = self.succeeds("""
            import logging
            import threading

            _exit._PATIENCE = 0.2
            waited_for = threading.Event()

            class Handler(logging.StreamHandler):
                def emit(self, record):
                    super().emit(record)
                    if "Listener.on_view" in record.getMessage():
                        waited_for.set()

            logging.getLogger("digital_key").addHandler(Handler())

            class Busy(Listener):
                def on_view(self, view):
                    waited_for.wait()

            async def main():
                use_event_loop()
                app = make()
                app.start(Busy())
                await open_welcome(app)
                await app.shutdown()

            asyncio.run(main())
            print("end")
            """)
        self.assertIn("the exit waits for Listener.on_view to return", stderr)


class WhatIsNoException(Programs):
    """The core has an answer, whatever a call raises."""

    def test_of_a_key_source(self) -> None:
        stderr = self.succeeds(f"""
            import tempfile

            class Leaves(DataKeySource):
                def __init__(self, error):
                    self.error = error

                def data_key(self):
                    raise self.error

            class NoText(Exception):
                def __repr__(self):
                    return "\\ud800"

            errors = (
                SystemExit("{SECRET}"), KeyboardInterrupt("{SECRET}"), GeneratorExit("{SECRET}"),
                asyncio.CancelledError("{SECRET}"), BaseException("{SECRET}"), NoText("{SECRET}"),
                DataKeyError.Unavailable("\\ud800"), DataKeyError.Unavailable(None),
            )

            async def main():
                use_event_loop()
                for error in errors:
                    with tempfile.TemporaryDirectory() as directory:
                        await CacheAdapter.sled(directory, Leaves(error))

            asyncio.run(main())
            print("end")
            """)
        self.assertIn("DataKeySource.data_key failed: SystemExit at <string>:", stderr)
        self.assertNotIn(SECRET, stderr)

    def test_of_a_coroutine(self) -> None:
        """asyncio receives SystemExit, too: it ends the program after the answer."""
        ended = run(f"""
            class Leaves(Phone):
                async def start(self, request):
                    raise SystemExit(3)

            async def main():
                use_event_loop()
                app = make(phone=Leaves())
                app.start()
                await open_welcome(app)
                await start_pairing(app)
                await asyncio.Event().wait()

            asyncio.run(main())
            """)
        self.assertEqual(ended.returncode, 3, ended.stderr)
        self.assertIn("ApplePairing.start failed: SystemExit at <string>:", ended.stderr)


class TheTextOfAnException(Programs):
    def test_it_is_not_logged(self) -> None:
        """It may contain a token or a whole VIN (GEN-6)."""
        stderr = self.succeeds(f"""
            class Leaking(CannedBff):
                async def pairing_status(self, vin):
                    raise RuntimeError(f"GET {{vin.text()}} with {SECRET}")

            class Unwrapped(MemoryCache):
                async def take_use(self, vin):
                    await super().take_use(vin)
                    return self.passwords[vin.text()].expose()

            async def main():
                use_event_loop()
                for own in ({{"bff": Leaking()}}, {{"cache": Unwrapped()}}):
                    app = make(**own)
                    app.start()
                    await open_welcome(app)
                    if "cache" in own:
                        await start_pairing(app)
                        await until(app, lambda it: it.page_name == "PairingPasswordUnavailable")
                    await app.shutdown()

            asyncio.run(main())
            print("end")
            """)
        self.assertIn("Bff.pairing_status failed: RuntimeError at <string>:", stderr)
        self.assertIn("Cache.take_use failed: AttributeError at ", stderr)
        for text in (SECRET, "WBADKEY0000000001", "12345678"):
            self.assertNotIn(text, stderr)


class TheLoopOfTheAdapters(Programs):
    def test_without_one(self) -> None:
        self.succeeds("""
            async def without():
                try:
                    make()
                except RuntimeError as error:
                    assert "use_event_loop()" in str(error), error
                else:
                    raise AssertionError("the adapter has no loop")

            async def once():
                use_event_loop()
                app = make()
                app.start()
                await open_welcome(app)
                await app.shutdown()

            asyncio.run(without())
            asyncio.run(once())
            asyncio.run(without())  # the loop of the first one is closed
            asyncio.run(once())
            print("end")
            """)

    def test_one_that_has_ended(self) -> None:
        """A call at that time fails at once."""
        stderr = self.succeeds("""
            app = None

            async def begin():
                global app
                use_event_loop()
                hour = timedelta(hours=1)
                app = make(Deadlines(phone=hour, cache=hour, sheet_grace=hour))
                app.start()
                await open_welcome(app)

            async def end():
                async with asyncio.timeout(30):
                    await app.suspend()

            asyncio.run(begin())
            try:
                asyncio.run(end())
            except DigitalKeyError.PortFailed as error:
                assert error.failure.call == PortCall.SUSPEND, error
                print("end")
            """)
        self.assertIn("Cache.suspend failed: the event loop of use_event_loop() is closed", stderr)


class TheCollector(Programs):
    def test_it_runs_inside_a_call(self) -> None:
        """The collector may drop an app on the thread that owns the lock of the adapters' handles."""
        self.succeeds("""
            import gc
            from digital_key import _calls

            async def main():
                use_event_loop()
                app = make()
                locks = [handles._lock for handles in _calls.handle_maps]
                for lock in locks:
                    lock.acquire()
                del app
                gc.collect()
                assert not any(map(len, _calls.handle_maps))
                for lock in locks:
                    lock.release()

            asyncio.run(main())
            print("end")
            """)


if __name__ == "__main__":
    unittest.main()

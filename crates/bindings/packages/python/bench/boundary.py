"""Measures how a view reaches Python, beside what every library with a thread of its own pays.

Prints a line for each figure: its name, and the median in microseconds. The argument is the number of
repetitions.
"""

import asyncio
import itertools
import queue
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))

import alone
import digital_key
from digital_key import DigitalKeyApp, Intent, Listener, ScriptedPhone, Tap, ViewState

REPETITIONS = int(sys.argv[1])

# What ticks and unticks the box on ReadyToPair, which calls no port.
TICK, UNTICK = Intent.TAP(tap=Tap.TICK_BOX), Intent.TAP(tap=Tap.UNTICK_BOX)


class Waiting(Listener):
    """A listener that passes each view to the event loop, as the page for clients says."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.views: asyncio.Queue[ViewState] = asyncio.Queue()

    def on_view(self, view: ViewState) -> None:
        self.loop.call_soon_threadsafe(self.views.put_nowait, view)

    def on_port_failure(self, _: object) -> None:
        pass

    def on_cache_failure(self, _: object) -> None:
        pass

    def on_diagnostic(self, _: object) -> None:
        pass

    def on_funnel(self, _: object) -> None:
        pass


async def ready_to_pair(listener: Listener | None = None) -> DigitalKeyApp:
    """Returns an app at the box, whose views do not change by themselves."""
    app = alone.make()
    app.start(listener)
    await alone.open_welcome(app)
    for page in ("GrabYourTwoKeys", "ReadyToPair"):
        app.dispatch(Intent.TAP(tap=Tap.CONTINUE))
        await alone.until(app, lambda view: view.page_name == page)
    await app.idle()
    return app


def taps(app: DigitalKeyApp):
    """Yields whether the box is ticked after the next tap, and the function that taps."""
    for ticked in itertools.cycle((True, False)):
        intent = TICK if ticked else UNTICK
        yield ticked, lambda: app.dispatch(intent)


async def median(repeat: Callable[[], Awaitable[None]]) -> float:
    """The median of the repetitions, in microseconds."""
    durations = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        await repeat()
        durations.append(time.perf_counter() - start)
    return statistics.median(durations) * 1e6


def of_calls(call: Callable[[], object]) -> Callable[[], Awaitable[float]]:
    """Measures a call that does not wait."""

    async def repeat() -> None:
        call()

    return lambda: median(repeat)


def answer(requests: queue.SimpleQueue) -> None:
    """The thread of the floor: it answers each request on the event loop that asked."""
    while (request := requests.get()) is not None:
        loop, future = request
        loop.call_soon_threadsafe(future.set_result, True)


async def main() -> None:
    digital_key.use_event_loop()
    loop = asyncio.get_running_loop()
    requests: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=answer, args=(requests,), daemon=True).start()

    async def floor() -> None:
        future = loop.create_future()
        requests.put((loop, future))
        await future

    polled_app = await ready_to_pair()
    polled_taps = taps(polled_app)

    async def polled() -> None:
        ticked, tap = next(polled_taps)
        tap()
        while polled_app.view().page.checked != ticked:
            pass

    streamed_app = await ready_to_pair()
    streamed_taps = taps(streamed_app)
    stream = streamed_app.views()
    await anext(stream)

    async def streamed() -> None:
        ticked, tap = next(streamed_taps)
        tap()
        assert (await anext(stream)).page.checked == ticked

    waiting = Waiting()
    heard_app = await ready_to_pair(waiting)
    heard_taps = taps(heard_app)
    while await waiting.views.get() != heard_app.view():
        pass

    async def heard() -> None:
        ticked, tap = next(heard_taps)
        tap()
        assert (await waiting.views.get()).page.checked == ticked

    phone = ScriptedPhone()
    figures = {
        "floor": lambda: median(floor),
        "polled": lambda: median(polled),
        "streamed": lambda: median(streamed),
        "listener": lambda: median(heard),
        "view": of_calls(polled_app.view),
        "call": of_calls(lambda: phone.set_can_create(True)),
    }
    for name, measure in figures.items():
        print(name, await measure())
    for app in (polled_app, streamed_app, heard_app):
        await app.shutdown()


asyncio.run(main())

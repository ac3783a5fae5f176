"""The digital car key core.

Everything of `digital_key.digital_key`, which UniFFI wrote, and what belongs to asyncio. Call
`use_event_loop` before anything else: adapters that are written in Python run there.
"""

import asyncio
import atexit
import time
from collections.abc import AsyncIterator

from . import digital_key as _core
from .digital_key import *  # noqa: F403 - the package is this module and the two functions below
from .digital_key import DigitalKeyApp, ViewState, uniffi_set_event_loop


class _Loop:
    """An event loop that threads of the core may call, as UniFFI does when a call is given up."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def call_soon(self, callback, *arguments) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *arguments)

    def __getattr__(self, name: str):
        return getattr(self._loop, name)


def use_event_loop() -> None:
    """Makes the running event loop the one that adapters run on, for the whole process."""
    uniffi_set_event_loop(_Loop(asyncio.get_running_loop()))


async def views(app: DigitalKeyApp) -> AsyncIterator[ViewState]:
    """The views of a started app, the beginning with the newest, until it is shut down."""
    stream = app.view_stream()
    while (view := await stream.next()) is not None:
        yield view


@atexit.register
def _let_go() -> None:
    """Waits, for two seconds at most, until the core has let go of what Python gave it.

    A thread of the core that calls Python while the interpreter ends would abort the process.
    """
    kinds = vars(_core).values()
    given = [kind._handle_map for kind in kinds if hasattr(kind, "_handle_map")]
    deadline = time.monotonic() + 2
    while any(handles._map for handles in given) and time.monotonic() < deadline:
        time.sleep(0.001)
    # The call that let go of the last one returns to the core.
    time.sleep(0.02)

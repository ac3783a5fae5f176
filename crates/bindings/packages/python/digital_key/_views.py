"""The views of an app as an asynchronous iterator."""

import asyncio
from collections.abc import AsyncIterator

from .digital_key import DigitalKeyApp, ViewState


class Views(AsyncIterator[ViewState]):
    """The views of an app, which begin with the newest and end with the core.

    A cancelled wait, for example after a time-out, loses no view: the next wait returns it. Two waits
    at once return the same view. The stream ends when it is closed or collected.
    """

    def __init__(self, app: DigitalKeyApp) -> None:
        self._stream = app.view_stream()
        self._next: asyncio.Task[ViewState | None] | None = None

    async def __anext__(self) -> ViewState:
        loop = asyncio.get_running_loop()
        if self._next and (self._next.cancelled() or self._next.get_loop() is not loop):
            # Its loop has ended, perhaps with a view.
            self._stream.end()
            self._stream = self._stream.again()
            self._next = None
        if self._next is None:
            self._next = loop.create_task(self._stream.next())
        waiting = self._next
        # When this call is cancelled, the task goes on and keeps the view for the next call.
        view = await asyncio.shield(waiting)
        if self._next is waiting:
            self._next = None
        if view is None:
            raise StopAsyncIteration
        return view

    async def aclose(self) -> None:
        """Ends the stream and all waits for a view; for `contextlib.aclosing`."""
        self._next = None
        self._stream.end()

    def __del__(self) -> None:
        # `__init__` may have failed before.
        if hasattr(self, "_stream"):
            self._stream.end()


def views(app: DigitalKeyApp) -> Views:
    """Returns the views of the started app, which begin with the newest and end with the core.

    # Errors
    `NotStarted` and `ShutDown`.
    """
    return Views(app)


# The generator has no asynchronous iterators.
DigitalKeyApp.views = views

"""The views of an app as Python's own stream."""

import asyncio
from collections.abc import AsyncIterator

from .digital_key import DigitalKeyApp, ViewState


class Views(AsyncIterator[ViewState]):
    """The views of an app, beginning with the newest, until it is shut down.

    A wait that is cancelled, by a time-out for example, loses nothing: the next one gets the view.
    Two waits at once get the same view. The stream ends when it is closed or collected.
    """

    def __init__(self, app: DigitalKeyApp) -> None:
        self._stream = app.view_stream()
        self._next: asyncio.Task[ViewState | None] | None = None

    async def __anext__(self) -> ViewState:
        loop = asyncio.get_running_loop()
        if self._next and (self._next.cancelled() or self._next.get_loop() is not loop):
            # Its loop has ended, and may have taken a view with it.
            self._stream.end()
            self._stream = self._stream.again()
            self._next = None
        if self._next is None:
            self._next = loop.create_task(self._stream.next())
        waiting = self._next
        # When this call is cancelled, the task goes on, and keeps the view for the next one.
        view = await asyncio.shield(waiting)
        if self._next is waiting:
            self._next = None
        if view is None:
            raise StopAsyncIteration
        return view

    async def aclose(self) -> None:
        """Ends the stream, as `contextlib.aclosing` does: who waits for a view gets none."""
        self._next = None
        self._stream.end()

    def __del__(self) -> None:
        # There is no stream when the app gave none.
        if hasattr(self, "_stream"):
            self._stream.end()


def views(app: DigitalKeyApp) -> Views:
    """The views of a started app, beginning with the newest, until it is shut down.

    # Errors
    `NotStarted` and `ShutDown`.
    """
    return Views(app)

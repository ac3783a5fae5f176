"""The views of an app as an asynchronous iterator."""

from collections.abc import AsyncIterator

from .digital_key import DigitalKeyApp, ViewState


class Views(AsyncIterator[ViewState]):
    """The views of an app, which begin with the newest and end with the core.

    A cancelled wait, for example after a time-out, loses no view: the next wait returns it. Two waits
    at once return the same view. The stream ends when it is closed.
    """

    def __init__(self, app: DigitalKeyApp) -> None:
        self._stream = app.view_stream()

    async def __anext__(self) -> ViewState:
        # The core gives a view away only in a poll, after which the call has no point at which it can
        # be cancelled.
        view = await self._stream.next()
        if view is None:
            raise StopAsyncIteration
        return view

    async def aclose(self) -> None:
        """Ends the stream and all waits for a view; for `contextlib.aclosing`."""
        self._stream.end()


def views(app: DigitalKeyApp) -> Views:
    """Returns the views of the started app, which begin with the newest and end with the core.

    # Errors
    `NotStarted` and `ShutDown`.
    """
    return Views(app)


# The generator has no asynchronous iterators.
DigitalKeyApp.views = views

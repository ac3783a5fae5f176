"""Ends the core before Python ends.

A thread of the core that calls Python, or returns to it, while the interpreter ends would abort the
process. So the apps are shut down and the adapters are dropped before.
"""

import asyncio
import atexit
import contextlib
import gc
import logging
import os
import sys
import time
from collections.abc import Callable

from . import _calls
from . import digital_key as _core

_log = logging.getLogger("digital_key")

# How long to wait, except for Python code of the client.
_PATIENCE = 2.0

# How long no thread of the core must have been in Python.
_QUIET = 0.02

_PROCESS = os.getpid()

_ADAPTERS = (
    _core.AppLifecycleAdapter,
    _core.ApplePairingAdapter,
    _core.BffAdapter,
    _core.CacheAdapter,
    _core.WalletAdapter,
)


@atexit.register
def _end_core() -> None:
    """Shuts down all apps, drops the adapters, and waits until the core has dropped them.

    It waits without a limit for a running call of a listener or of a key source, as Python does for
    its own threads.
    """
    if os.getpid() != _PROCESS:
        return  # After a fork, the threads of the core are in the parent process.
    _calls.fail_calls_of_closed_loops()
    for app in _shut_down(_instances(_core.DigitalKeyApp)):
        _drop(app)
    for adapter in _instances(_ADAPTERS):
        _drop(adapter)
    deadline = time.monotonic() + _PATIENCE
    while any(map(len, _calls.handle_maps)) and time.monotonic() < deadline:
        time.sleep(0.001)
    _wait_until_quiet()


def _instances(kinds) -> list:
    return [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]


def _shut_down(apps: list) -> list:
    """Shuts the apps down, and returns those that have not ended in time."""
    if not apps:
        return []
    ended = []

    async def shut_down(app) -> None:
        await app.shutdown()
        ended.append(app)

    async def shut_down_all() -> None:
        await asyncio.wait(
            [asyncio.ensure_future(shut_down(app)) for app in apps], timeout=_PATIENCE
        )

    with contextlib.suppress(Exception):
        asyncio.run(shut_down_all())
    return [app for app in apps if app not in ended]


def _drop(thing) -> None:
    thing.__del__()
    thing._handle = None


def _wait_until_quiet() -> None:
    """Waits until no thread of the core is in Python."""
    began = seen = time.monotonic()
    logged = False
    while time.monotonic() - seen < _QUIET:
        time.sleep(0.001)
        for name in _calls_in_python():
            seen = time.monotonic()
            if seen - began > _PATIENCE and not logged:
                logged = True
                _log.warning("the exit waits for %s to return", name)


def _calls_in_python() -> list[str]:
    """The calls in which the threads of the core are at the moment."""
    calls = []
    for frame in sys._current_frames().values():
        while frame.f_back is not None:
            frame = frame.f_back
        # A thread of Python begins in another file.
        if frame.f_code.co_filename in (_core.__file__, _calls.__file__):
            calls.append(_calls.call_name(frame.f_code.co_qualname))
    return calls

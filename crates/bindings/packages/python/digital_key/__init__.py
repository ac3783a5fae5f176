"""The digital car key core.

Everything of `digital_key.digital_key`, which UniFFI wrote, and what belongs to asyncio. Call
`use_event_loop` before anything else: adapters that are written in Python run there.
"""

from . import _exit as _exit
from . import _texts as _texts
from . import digital_key as _core
from ._calls import use_event_loop
from ._views import Views, views
from .digital_key import *  # noqa: F403 - the package is this module and what is imported above

__all__ = [*_core.__all__, "Views", "use_event_loop", "views"]

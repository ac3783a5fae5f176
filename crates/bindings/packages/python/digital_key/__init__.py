"""The digital car key core.

It contains the generated module `digital_key.digital_key`, and the parts for asyncio. Call
`use_event_loop` first: adapters in Python run on that loop.
"""

from . import _buffers as _buffers
from . import _exit as _exit
from . import _texts as _texts
from . import digital_key as _core
from ._calls import use_event_loop
from ._views import Views
from ._vin import Vin
from .digital_key import *  # noqa: F403 - the package is this module and what is imported above

__all__ = [*_core.__all__, "Views", "Vin", "use_event_loop"]

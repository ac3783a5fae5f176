# The names of the package for type checkers, which cannot follow its `__all__`.

from ._calls import use_event_loop as use_event_loop
from ._views import Views as Views
from ._vin import Vin as Vin
from .digital_key import *

"""How often a view crosses the boundary."""

import threading
import unittest
from collections import Counter
from unittest import mock

from pairing_case import PairingCase

from digital_key import digital_key as core


class Boundary(PairingCase):
    async def test_a_view_with_a_vehicle_needs_one_call_and_what_uniffi_adds(self) -> None:
        await self.launch()
        await self.until(lambda view: view.vehicle is not None)
        calls: Counter[str] = Counter()
        # The listener receives its views on another thread.
        this_thread = threading.get_ident()

        def counted(name: str, function):
            def call(*arguments):
                calls[name] += threading.get_ident() == this_thread
                return function(*arguments)

            return call

        functions = {
            name: counted(name, function)
            for name, function in vars(core._UniffiLib).items()
            if name.startswith(("uniffi_", "ffi_"))
        }
        with mock.patch.multiple(core._UniffiLib, **functions):
            view = self.app.view()
            self.assertEqual(view.vehicle.text(), self.vin)
            del view
        # The call takes a handle of its own for the app, and returns a buffer that is freed.
        prefix = "uniffi_digital_key_bindings_fn_"
        expected = [
            "ffi_digital_key_bindings_rustbuffer_free",
            f"{prefix}clone_digitalkeyapp",
            f"{prefix}method_digitalkeyapp_view",
        ]
        self.assertEqual(calls, Counter(expected))


if __name__ == "__main__":
    unittest.main()

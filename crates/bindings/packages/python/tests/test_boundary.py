"""How views and taps cross the boundary."""

import threading
import unittest
from collections import Counter
from unittest import mock

from pairing_case import PairingCase

from digital_key import Tap, Vin
from digital_key import digital_key as core

PREFIX = "uniffi_digital_key_bindings_fn_"


class Boundary(PairingCase):
    def counted_calls(self, calls: Counter[str]):
        """Counts the calls of the core on this thread."""
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
        return mock.patch.multiple(core._UniffiLib, **functions)

    async def test_a_view_with_a_vehicle_needs_one_call_and_what_uniffi_adds(self) -> None:
        await self.launch()
        await self.until(lambda view: view.vehicle is not None)
        calls: Counter[str] = Counter()
        with self.counted_calls(calls):
            view = self.app.view()
            self.assertEqual(view.vehicle.text(), self.vin)
            del view
        # The call takes a handle of its own for the app, and returns a buffer that is freed.
        expected = [
            "ffi_digital_key_bindings_rustbuffer_free",
            f"{PREFIX}clone_digitalkeyapp",
            f"{PREFIX}method_digitalkeyapp_view",
        ]
        self.assertEqual(calls, Counter(expected))

    async def test_a_tap_needs_one_call_and_what_uniffi_adds(self) -> None:
        await self.launch()
        calls: Counter[str] = Counter()
        with self.counted_calls(calls):
            self.tap(Tap.ENTRY)
        expected = [
            "ffi_digital_key_bindings_rustbuffer_alloc",
            f"{PREFIX}clone_digitalkeyapp",
            f"{PREFIX}method_digitalkeyapp_dispatch",
        ]
        self.assertEqual(calls, Counter(expected))


class Buffers(unittest.TestCase):
    def test_a_value_of_another_length_is_an_error(self) -> None:
        taps = core._UniffiFfiConverterSequenceTypeTap.lower([Tap.ENTRY])
        with self.assertRaises(core.InternalError):
            core._UniffiFfiConverterTypeTap.lift(taps)
        converter = core._UniffiFfiConverterOptionalTypeVin
        vin = converter.lower(Vin("WBADKEY0000000001"))
        vin.len -= 1
        with self.assertRaises(core.InternalError):
            converter.lift(vin)


if __name__ == "__main__":
    unittest.main()

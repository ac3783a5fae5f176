"""The functions of UniFFI that the package replaces, and the import when UniFFI changes them."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import digital_key
from alone import PATIENCE


class ChangedUniffi(unittest.TestCase):
    def import_with(self, old: str, new: str) -> str:
        """Imports the package with another generated module, and returns stderr if it fails."""
        with tempfile.TemporaryDirectory() as directory:
            package = Path(directory) / "digital_key"
            package.mkdir()
            for file in Path(digital_key.__file__).parent.iterdir():
                if file.name == "digital_key.py":
                    text = file.read_text()
                    self.assertIn(old, text)
                    (package / file.name).write_text(text.replace(old, new))
                elif file.suffix == ".py":
                    shutil.copy(file, package)
                elif file.is_file():
                    (package / file.name).symlink_to(file)
            ended = subprocess.run(
                [sys.executable, "-c", "import digital_key"],
                env={**os.environ, "PYTHONPATH": directory},
                stderr=subprocess.PIPE,
                text=True,
                timeout=PATIENCE,
            )
        return "" if ended.returncode == 0 else ended.stderr

    def test_the_import_works_with_this_one(self) -> None:
        self.assertEqual(self.import_with("# Public interface", "# The interface"), "")

    def test_the_import_fails_without_what_is_replaced(self) -> None:
        for old, new in (
            ("def _uniffi_trait_interface_call(", "def _other("),
            ("def _uniffi_trait_interface_call_with_error(", "def _other("),
            ("def _uniffi_trait_interface_call_async(", "def _other("),
            ("def _uniffi_trait_interface_call_async_with_error(", "def _other("),
            ("(make_call, uniffi_out_dropped_callback, ", "(make_call, on_drop, "),
            ("async def _uniffi_rust_call_async(", "async def _other("),
            ("def _uniffi_rust_call_with_error(", "def _other("),
            ("def lift(cls, rbuf)", "def other(cls, rbuf)"),
            ("def read_u64(", "def read_u128("),
            ("_handle_map = ", "_handles = "),
            ("def _insert(", "def _put("),
            ("_uniffi_trait_display", "_uniffi_display"),
            ("class WalletAdapter(", "class WalletPort("),
        ):
            with self.subTest(old):
                self.assertRegex(self.import_with(old, new), "(Import|Attribute|Name)Error")

    def test_the_import_fails_with_one_more_function_that_calls_adapters(self) -> None:
        old = "def _uniffi_trait_interface_call("
        new = f"def _uniffi_trait_interface_call_blocking(): pass\n{old}"
        self.assertIn("_uniffi_trait_interface_call_blocking", self.import_with(old, new))


if __name__ == "__main__":
    unittest.main()

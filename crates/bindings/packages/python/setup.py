"""Packs the library beside the modules, and builds it first in a source distribution.

A source distribution has the Rust workspace in the folder `rust`; building it needs cargo.
"""

import os
import pathlib
import subprocess
import sys

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).parent
RUST = ROOT / "rust"
ENDINGS = {"darwin": ("lib", ".dylib"), "win32": ("", ".dll")}


class WithLibrary(Distribution):
    """Its wheels are for one platform, although setuptools compiles no code."""

    def has_ext_modules(self) -> bool:
        return True


class AnyPython(bdist_wheel):
    """ctypes loads the library, so that every Python 3 takes the same wheel."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


class BuildLibrary(build_py):
    """Builds the library when the sources are there."""

    def run(self) -> None:
        super().run()
        if not RUST.exists():
            return
        prefix, ending = ENDINGS.get(sys.platform, ("lib", ".so"))
        target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "build" / "rust"))
        subprocess.run(
            ["cargo", "rustc", "--locked", "--profile", "phone", "--lib", "--crate-type", "cdylib"]
            + ["--package", "digital-key-bindings", "--target-dir", str(target)],
            cwd=RUST,
            check=True,
        )
        library = f"{prefix}digital_key_bindings{ending}"
        self.copy_file(
            str(target / "phone" / library), str(pathlib.Path(self.build_lib, "digital_key", library))
        )


setup(
    distclass=WithLibrary,
    cmdclass={"bdist_wheel": AnyPython, "build_py": BuildLibrary},
)

"""How values get into the core's buffers and out of them, in place of UniFFI's functions.

UniFFI's reader makes a slice of the buffer for each number, and its builder calls the core for the
buffer before it knows the size. Here a value is read from one copy of the buffer, and written into one
before the core is called. A view is read, and a tap written, in about two thirds of the time.
"""

import ctypes
import struct

from . import digital_key as _core


class _Reader:
    """Reads what the core has written."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def read(self, size: int) -> bytes:
        start = self.offset
        self.offset += size
        return self.data[start : self.offset]


class _Writer:
    """Collects what the core will read."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, value: bytes) -> None:
        self.data += value


def _add_number(name: str, format: str) -> None:
    """Gives reader and writer their methods for numbers of this kind."""
    number = struct.Struct(format)
    size, unpack, pack = number.size, number.unpack_from, number.pack

    def read(reader: _Reader) -> int | float:
        start = reader.offset
        reader.offset = start + size
        return unpack(reader.data, start)[0]

    def write(writer: _Writer, value: int | float) -> None:
        writer.data += pack(value)

    setattr(_Reader, f"read_{name}", read)
    setattr(_Writer, f"write_{name}", write)


for _name, _format in (
    ("i8", ">b"),
    ("u8", ">B"),
    ("i16", ">h"),
    ("u16", ">H"),
    ("i32", ">i"),
    ("u32", ">I"),
    ("i64", ">q"),
    ("u64", ">Q"),
    ("float", ">f"),
    ("double", ">d"),
):
    _add_number(_name, _format)


def _lift(converter, buffer):
    """Reads a value and frees its buffer."""
    try:
        reader = _Reader(ctypes.string_at(buffer.data, buffer.len))
    finally:
        buffer.free()
    value = converter.read(reader)
    if reader.offset != len(reader.data):
        raise _core.InternalError("a value of the core has another length")
    return value


def _lower(converter, value):
    """Writes a value into a buffer of the core."""
    writer = _Writer()
    converter.write(value, writer)
    buffer = _core._UniffiRustBuffer.alloc(len(writer.data))
    ctypes.memmove(buffer.data, bytes(writer.data), len(writer.data))
    return buffer


def _replace_conversions() -> None:
    conversions = _core._UniffiConverterRustBuffer
    for name, own in (("lift", _lift), ("lower", _lower)):
        if name not in vars(conversions):
            raise ImportError(f"UniFFI has no {name} for buffers")
        setattr(conversions, name, classmethod(own))
    for theirs, own in (
        (_core._UniffiRustBufferStream, _Reader),
        (_core._UniffiRustBufferBuilder, _Writer),
    ):
        for name in vars(theirs):
            used = name.startswith(("read", "write")) and name != "write_c_size_t"
            if used and not hasattr(own, name):
                raise ImportError(f"UniFFI's buffers have {name}, which this module does not replace")


_replace_conversions()

"""The texts of errors and records, which UniFFI does not write."""

import dataclasses

from . import digital_key as _core


def _give_text(name: str, error: type[Exception]) -> None:
    """Gives an error the text that it has in Rust."""
    converter = getattr(_core, f"_UniffiFfiConverterType{name}")
    display = f"uniffi_digital_key_bindings_fn_method_{name.lower()}_uniffi_trait_display"
    display = getattr(_core._UniffiLib, display)

    def text(self) -> str:
        try:
            lowered = converter.lower(self)
        except Exception:
            # Rust has no text for an error that Python made with other values.
            return type(self).__name__
        return _core._UniffiFfiConverterString.lift(_core._uniffi_rust_call(display, lowered))

    error.__str__ = text


for _name in _core.__all__:
    _kind = getattr(_core, _name)
    if not isinstance(_kind, type):
        continue
    if issubclass(_kind, Exception) and _kind is not _core.InternalError:
        _give_text(_name, _kind)
    elif dataclasses.is_dataclass(_kind) and "__str__" in vars(_kind):
        # A record, whose representation would only be its name.
        _kind.__repr__ = _kind.__str__

"""The vehicle identification number."""

import typing


class Vin:
    """A vehicle identification number: 17 ASCII letters or digits, upper-cased.

    Printing it shows the short form, such as `WBA…MO03` (GEN-6).
    """

    __slots__ = ("_text",)

    _text: str

    def __init__(self, text: str) -> None:
        """Takes a text of 17 ASCII letters or digits.

        # Errors
        Any other text is `Invalid`.
        """
        # The generated module imports this one.
        from .digital_key import parse_vin

        self._text = parse_vin(text).text()

    @classmethod
    def _parsed(cls, text: str) -> typing.Self:
        """Holds a text that the core has parsed."""
        vin = cls.__new__(cls)
        vin._text = text
        return vin

    def text(self) -> str:
        """Returns the whole number, which must not get into logs or errors (GEN-6)."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Vin) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return f"{self._text[:3]}…{self._text[-4:]}"

    def __repr__(self) -> str:
        return f"Vin({self})"

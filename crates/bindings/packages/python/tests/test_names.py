"""Names and constructors are as Python programs expect them."""

import inspect
import keyword
import unittest

import digital_key
from digital_key import AppleErrorCode, Config, Deadlines, LateAnswer, PairingAnswer, Phone, Vin

PUBLIC = [getattr(digital_key, name) for name in digital_key.__all__]
CLASSES = [it for it in PUBLIC if inspect.isclass(it)]


def constructors(kind: type):
    """The constructors of a class, and of the variants in it."""
    for it in (kind, *(it for it in vars(kind).values() if inspect.isclass(it))):
        if inspect.isfunction(it.__init__):
            yield it, inspect.signature(it.__init__).parameters.values()


class Names(unittest.TestCase):
    def test_a_reserved_word_gets_an_underscore_at_its_end(self) -> None:
        """PEP 8; an underscore at the beginning would say that the name is private."""
        reserved = {f"_{word}" for word in keyword.kwlist}
        found = set()
        for kind in CLASSES:
            for it, parameters in constructors(kind):
                found |= {f"{it.__name__}({name.name})" for name in parameters if name.name in reserved}
            found |= {f"{kind.__name__}.{name}" for name in vars(kind) if name in reserved}
        self.assertEqual(found, set())
        self.assertEqual(PairingAnswer(pass_="KEY-1").pass_, "KEY-1")

    def test_a_record_takes_its_fields_by_position_and_by_name(self) -> None:
        for kind in CLASSES:
            for it, parameters in constructors(kind):
                only_by_name = [name for name in parameters if name.kind is name.KEYWORD_ONLY]
                self.assertEqual(only_by_name, [], it)
        self.assertEqual(PairingAnswer("KEY-1"), PairingAnswer(pass_="KEY-1"))
        self.assertEqual(
            PairingAnswer(None, AppleErrorCode.USER_CANCELED),
            PairingAnswer(error=AppleErrorCode.USER_CANCELED),
        )
        answer = PairingAnswer("KEY-1")
        late = LateAnswer(Vin("WBADKEY0000000001"), answer)
        self.assertEqual((late.vin.text(), late.answer), ("WBADKEY0000000001", answer))
        config = Config(Phone.ANDROID())
        self.assertTrue(config.phone.is_android())
        self.assertIsNone(config.deadlines)

    def test_a_missing_field_is_a_type_error(self) -> None:
        self.assertRaises(TypeError, Config)
        self.assertRaises(TypeError, Deadlines)


if __name__ == "__main__":
    unittest.main()

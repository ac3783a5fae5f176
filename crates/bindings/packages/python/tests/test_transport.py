"""A transport of the host, against servers that answer badly in every way, and against the backend."""

import unittest

import digital_key
from digital_key import (
    BffAdapter,
    DigitalKeyError,
    HttpOptions,
    HttpTransport,
    PairingAnswer,
    Port,
    PortCall,
)
from http_transport import PythonTransport
from pairing_case import BFF, PairingCase, Token

SECRET = "sesame-4711"


class Throwing(HttpTransport):
    async def send(self, request):
        raise ValueError(SECRET)


class OwnTransport(PairingCase):
    async def test_bad_answers(self) -> None:
        self.assertEqual(await digital_key.transport_violations(PythonTransport()), [])

    async def test_a_pairing(self) -> None:
        options = HttpOptions(
            transport=PythonTransport(),
            user_agent="ExampleApp/7.1 (Linux)",
            headers={"X-App-Version": "7.1"},
        )
        await self.launch(bff=BffAdapter.http(BFF, Token(), options))
        await self.open_welcome()
        await self.start_pairing()
        await self.phone.answer(PairingAnswer(pass_="KEY-1"))
        await self.page("Tutorial1")
        self.assertEqual(self.log.failures, [])

    async def test_a_transport_that_throws(self) -> None:
        options = HttpOptions(transport=Throwing())
        with self.assertLogs("digital_key", "WARNING") as logs:
            await self.launch(bff=BffAdapter.http("https://bff.example.com", Token(), options))
            failure = await self.reported(PortCall.SUPPORT)
        self.assertEqual((failure.port, failure.retryable), (Port.BFF, True))
        self.assertNotIn(SECRET, failure.reason)
        self.assertNotIn(SECRET, "".join(logs.output))

    async def test_settings_that_http_does_not_allow(self) -> None:
        for argument, options in (
            ("user agent", HttpOptions(user_agent="two\nlines")),
            ("headers", HttpOptions(headers={"X-Api-Key": f"two\n{SECRET}"})),
            ("headers", HttpOptions(headers={"Authorization": SECRET})),
        ):
            with self.assertRaises(DigitalKeyError.Invalid) as refused:
                BffAdapter.http("https://bff.example.com", Token(), options)
            self.assertEqual(refused.exception.argument, argument)
            self.assertNotIn(SECRET, str(refused.exception))


if __name__ == "__main__":
    unittest.main()

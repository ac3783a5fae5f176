"""Adapters that throw, hang or return nonsense, and calls in the wrong order."""

import asyncio
import tempfile
import threading
import unittest

import digital_key
from digital_key import (
    ApplePairingError,
    BffAdapter,
    BffError,
    Bff,
    CacheAdapter,
    CacheFailure,
    Config,
    DataKeyError,
    DigitalKeyApp,
    DigitalKeyError,
    Intent,
    KeyState,
    PairingPassword,
    Phone as Model,
    PhoneSoftwareIssue,
    Port,
    PortCall,
    Presence,
    Tap,
    TokenError,
    Vin,
    WalletError,
)
from memory_cache import MemoryCache
from phone import Phone
from pairing_case import BFF, Keys, Log, PairingCase, Token

SECRET = "sesame-4711"


async def hang(*_: object) -> None:
    """Never returns, also when it is cancelled."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return


def throws(error: Exception):
    async def call(*_: object) -> None:
        raise error

    return call


def answers(value: object):
    async def call(*_: object) -> object:
        return value

    return call


class FaultyWallet(PairingCase):
    """A wallet that cannot say leaves the key on another device (WEL-2)."""

    async def welcome_leads_to_overview(self, presence) -> None:
        self.change(ownerKey={"id": "KEY-1", "tracked": True})
        self.phone.presence = presence
        await self.launch()
        await self.open_welcome()
        self.tap(Tap.CONTINUE)
        view = await self.page("Overview")
        self.assertEqual(view.key_state, KeyState.OTHER_DEVICE)
        failure = await self.reported(PortCall.PRESENCE)
        self.assertEqual(failure.port, Port.WALLET)
        self.assertTrue(failure.retryable)
        self.assertNotIn(SECRET, failure.reason)

    async def test_its_own_error(self) -> None:
        await self.welcome_leads_to_overview(throws(WalletError.Unavailable("locked")))
        self.assertIn("locked", self.log.failures[0].reason)

    async def test_an_unexpected_exception(self) -> None:
        await self.welcome_leads_to_overview(throws(ZeroDivisionError(SECRET)))

    async def test_no_answer(self) -> None:
        await self.welcome_leads_to_overview(hang)

    async def test_nonsense(self) -> None:
        await self.welcome_leads_to_overview(answers(42))


class FaultyApplePairing(PairingCase):
    async def pairing_error(self, start) -> None:
        """The failure counts as an answer with neither a pass nor an error (CBK-4)."""
        self.phone.start = start
        await self.launch()
        await self.open_welcome()
        await self.start_pairing()
        view = await self.page("PairingError")
        self.assertIsNone(view.page.reason)
        failure = await self.reported(PortCall.START_PAIRING)
        self.assertEqual(failure.port, Port.APPLE_PAIRING)
        self.assertNotIn(SECRET, failure.reason)

    async def test_its_own_error(self) -> None:
        await self.pairing_error(throws(ApplePairingError.NotOffered()))

    async def test_an_unexpected_exception(self) -> None:
        await self.pairing_error(throws(RuntimeError(SECRET)))

    async def test_a_key_without_a_name(self) -> None:
        await self.pairing_error(answers(digital_key.PairingAnswer(pass_="")))

    async def test_a_sheet_that_never_ends(self) -> None:
        """Coming to the foreground without a sheet counts as an answer (GEN-2)."""
        self.phone.start = hang
        await self.launch()
        await self.open_welcome()
        await self.start_pairing()
        await self.until(lambda view: view.pairing_runs)
        # The check in the foreground needs a sheet that is up: wait until the use is taken.
        await self.app.idle()
        self.phone.background()
        self.phone.foreground()
        await self.page("PairingError")

    async def test_no_answer_whether_a_key_can_be_made(self) -> None:
        """Without an answer no key can be made (WEL-4)."""
        self.phone.can_create_key = hang
        await self.launch()
        view = await self.open_welcome()
        [blocker] = view.page.blockers
        self.assertEqual(blocker.code, "PhoneSoftwareUpdateRequired")
        self.assertEqual(blocker.issue, PhoneSoftwareIssue.APPLE_DID_NOT_ANSWER)
        await self.reported(PortCall.CAN_CREATE_KEY)


class FaultyBff(PairingCase):
    async def backend_error(self, retryable: bool, **own: object) -> None:
        await self.launch(**own)
        await self.until(lambda view: view.vehicle is not None)
        failure = await self.reported(PortCall.SUPPORT)
        self.assertEqual(failure.port, Port.BFF)
        self.assertEqual(failure.retryable, retryable)
        self.assertNotIn(SECRET, failure.reason)
        # Without an answer the entry stays hidden (ENT-4).
        await self.app.idle()
        self.assertEqual(self.app.view().entry, digital_key.EntryView.HIDDEN)

    def bff(self, call) -> BffAdapter:
        bff = Bff()
        bff.support = bff.pairing_status = bff.pairing_password = call
        return BffAdapter.own(bff)

    async def test_its_own_error(self) -> None:
        bff = self.bff(throws(BffError.Unreachable("no route")))
        await self.backend_error(True, bff=bff)

    async def test_an_unexpected_exception(self) -> None:
        await self.backend_error(False, bff=self.bff(throws(KeyError(SECRET))))

    async def test_nonsense(self) -> None:
        await self.backend_error(False, bff=self.bff(answers("yes")))

    async def test_a_token_provider_that_throws(self) -> None:
        tokens = Token()
        tokens.token = throws(TokenError.NotSignedIn("nobody is signed in"))
        await self.backend_error(False, tokens=tokens)
        self.assertIn("nobody is signed in", self.log.failures[0].reason)

    async def test_a_token_provider_that_throws_unexpectedly(self) -> None:
        tokens = Token()
        tokens.token = throws(ValueError(SECRET))
        await self.backend_error(False, tokens=tokens)


class CacheInPython(PairingCase):
    async def test_a_pairing_with_it(self) -> None:
        cache = MemoryCache()
        await self.launch(cache=CacheAdapter.own(cache))
        await self.open_welcome()
        await self.start_pairing()
        await self.phone.answer(digital_key.PairingAnswer(pass_="KEY-1"))
        await self.page("Tutorial1")
        await self.app.idle()
        record = await cache.load(Vin(self.vin))
        self.assertEqual(record.key[0].id, "KEY-1")
        await self.app.sign_out()
        self.assertEqual(cache.records, {})

    async def test_a_use_that_cannot_be_taken(self) -> None:
        """Without a use the pairing does not start (RDY-6)."""
        for take_use in (throws(OSError(SECRET)), hang, answers(None)):
            cache = MemoryCache()
            cache.take_use = take_use
            self.log = Log()
            await self.launch(cache=CacheAdapter.own(cache))
            await self.open_welcome()
            await self.start_pairing()
            await self.page("PairingPasswordUnavailable")
            failure = await self.reported(PortCall.TAKE_USE)
            self.assertEqual((failure.port, failure.retryable), (Port.CACHE, True))
            self.assertNotIn(SECRET, failure.reason)
            self.assertEqual(self.phone.requests, [])
            self.assertEqual(await self.cache_failures(), [CacheFailure.UNAVAILABLE])
            await self.app.shutdown()

    async def test_a_sign_out_that_cannot_erase(self) -> None:
        cache = MemoryCache()
        cache.erase_all = throws(OSError("no space"))
        await self.launch(cache=CacheAdapter.own(cache))
        with self.assertRaises(DigitalKeyError.PortFailed) as raised:
            await self.app.sign_out()
        self.assertEqual(raised.exception.failure.call, PortCall.ERASE_ALL)
        self.assertTrue(raised.exception.failure.retryable)


class FaultyDataKeySource(PairingCase):
    async def test_without_a_key_there_is_no_password(self) -> None:
        for error in (DataKeyError.Unavailable("locked"), ValueError(SECRET)):

            class Throwing(Keys):
                def data_key(self):
                    raise error

            self.log = Log()
            with tempfile.TemporaryDirectory() as directory:
                cache = await CacheAdapter.sled(directory, Throwing())
                await self.launch(cache=cache)
                await self.open_welcome()
                self.tap(Tap.CONTINUE)
                await self.page("PairingPasswordUnavailable")
                failure = await self.reported(PortCall.STORE_PASSWORD)
                self.assertNotIn(SECRET, failure.reason)
                await self.app.shutdown()


class FaultyListener(PairingCase):
    async def test_it_throws(self) -> None:
        class Throwing(Log):
            def on_view(self, view) -> None:
                super().on_view(view)
                raise RuntimeError(SECRET)

        self.log = Throwing()
        await self.launch()
        await self.open_welcome()
        self.assertGreater(len(self.log.views), 1)

    async def test_it_hangs(self) -> None:
        end = threading.Event()
        self.addCleanup(end.set)

        class Hanging(Log):
            def on_view(self, view) -> None:
                end.wait()

        await self.launch(Hanging())
        await self.open_welcome()


class CallsInTheWrongOrder(PairingCase):
    async def test_before_the_start(self) -> None:
        app = DigitalKeyApp(Config(phone=Model.ANDROID()), await self.ports())
        for call in (app.view, app.view_stream, lambda: app.dispatch(Intent.TAP(Tap.ENTRY))):
            self.assertRaises(DigitalKeyError.NotStarted, call)
        with self.assertRaises(DigitalKeyError.NotStarted):
            await app.sign_out()

    async def test_a_second_start(self) -> None:
        await self.launch()
        self.assertRaises(DigitalKeyError.AlreadyStarted, self.app.start, None)
        await self.open_welcome()

    async def test_after_the_shutdown(self) -> None:
        await self.launch()
        stream = self.app.view_stream()
        await self.open_welcome()
        await self.app.shutdown()
        await self.app.shutdown()
        while await stream.next() is not None:
            pass
        for call in (
            self.app.view,
            self.app.view_stream,
            lambda: self.app.start(),
            lambda: self.app.dispatch(Intent.TAP(Tap.ENTRY)),
        ):
            self.assertRaises(DigitalKeyError.ShutDown, call)
        for call in (self.app.sign_out, self.app.suspend, self.app.resume, self.app.idle):
            with self.assertRaises(DigitalKeyError.ShutDown):
                await call()


class Arguments(PairingCase):
    def refused(self, argument: str, call) -> str:
        with self.assertRaises(DigitalKeyError.Invalid) as raised:
            call()
        self.assertEqual(raised.exception.argument, argument)
        return raised.exception.reason

    async def test_an_error_names_the_argument_and_contains_no_secret(self) -> None:
        self.refused("vin", lambda: Vin("WBA"))
        reason = self.refused("password", lambda: PairingPassword("1234567x"))
        self.assertNotIn("1234567x", reason)
        self.refused("token", lambda: digital_key.BearerToken("two words"))
        self.refused("base URL", lambda: BffAdapter.http("http://bff.example.com", Token()))
        reason = self.refused("base URL", lambda: BffAdapter.http(f"https://{SECRET}@a", Token()))
        self.assertNotIn(SECRET, reason)
        ports = await self.ports()
        for argument, machine, version in (("machine", "", "14.2"), ("version", "arm64", "x")):
            config = Config(phone=Model.IOS(machine=machine, version=version))
            self.refused(argument, lambda: DigitalKeyApp(config, ports))

    def test_gen_6_a_vin_is_a_value_that_prints_its_short_form(self) -> None:
        vin = Vin("wbadkey0000000001")
        self.assertEqual(vin.text(), "WBADKEY0000000001")
        self.assertEqual((str(vin), repr(vin)), ("WBA…0001", "Vin(WBA…0001)"))
        self.assertEqual({vin}, {Vin("WBADKEY0000000001")})
        self.assertNotEqual(vin, Vin("WBADKEY0000000002"))
        self.assertNotEqual(vin, vin.text())

    async def test_a_directory_that_is_in_use(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            first = await CacheAdapter.sled(directory, Keys())
            with self.assertRaises(DigitalKeyError.PortFailed) as raised:
                await CacheAdapter.sled(directory, Keys())
            failure = raised.exception.failure
            self.assertEqual((failure.port, failure.call), (Port.CACHE, PortCall.OPEN_CACHE))
            self.assertTrue(failure.retryable)
            del first


if __name__ == "__main__":
    unittest.main()

"""An app on a phone in Python, against the running backend."""

import asyncio
import json
import os
import tempfile
import unittest
import urllib.request
from collections.abc import Callable
from datetime import timedelta

import digital_key
from digital_key import (
    AppLifecycleAdapter,
    ApplePairingAdapter,
    BearerToken,
    BffAdapter,
    CacheAdapter,
    CacheFailure,
    Config,
    DataKey,
    DataKeySource,
    Deadlines,
    Diagnostic,
    FunnelEvent,
    DigitalKeyApp,
    Intent,
    Listener,
    Phone as Model,
    PortCall,
    PortFailure,
    Ports,
    RecorderOptions,
    Tap,
    TokenProvider,
    ViewState,
    Vin,
    WalletAdapter,
)
from phone import Phone

BFF = os.environ["DIGITAL_KEY_BFF"]
CONTROL = os.environ["DIGITAL_KEY_CONTROL"]

# How long a step may take on a busy machine, in seconds.
PATIENCE = 30

# How long the core waits for an adapter that hangs.
DEADLINES = Deadlines(
    phone=timedelta(milliseconds=300),
    cache=timedelta(milliseconds=300),
    sheet_grace=timedelta(milliseconds=50),
)


def control(method: str, path: str, body: object = None) -> None:
    """Sends a request to the control interface of the backend."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{CONTROL}{path}", data, method=method)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=PATIENCE):
        pass


class Token(TokenProvider):
    async def token(self) -> BearerToken:
        return BearerToken("a-token")

    async def refresh(self, rejected: BearerToken) -> BearerToken:
        return BearerToken("another-token")


class Keys(DataKeySource):
    def data_key(self) -> DataKey:
        return DataKey(bytes(range(32)))


class Log(Listener):
    """A listener that keeps what it receives."""

    def __init__(self) -> None:
        self.views: list[ViewState] = []
        self.failures: list[PortFailure] = []
        self.cache_failures: list[CacheFailure] = []
        self.diagnostics: list[Diagnostic] = []
        self.funnel: list[FunnelEvent] = []

    def on_view(self, view: ViewState) -> None:
        self.views.append(view)

    def on_port_failure(self, failure: PortFailure) -> None:
        self.failures.append(failure)

    def on_cache_failure(self, failure: CacheFailure) -> None:
        self.cache_failures.append(failure)

    def on_diagnostic(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)

    def on_funnel(self, event: FunnelEvent) -> None:
        self.funnel.append(event)


class PairingCase(unittest.IsolatedAsyncioTestCase):
    """A test with a vehicle of its own, and an app that is shut down afterwards."""

    number = 0

    async def asyncSetUp(self) -> None:
        digital_key.use_event_loop()
        PairingCase.number += 1
        self.vin = f"WBADKEY00000001{PairingCase.number:02}"
        control("PUT", f"/vehicles/{self.vin}")
        control("DELETE", "/faults")
        self.phone = Phone()
        self.log = Log()
        self.app: DigitalKeyApp | None = None

    async def asyncTearDown(self) -> None:
        if self.app is not None:
            await self.app.shutdown()

    def change(self, **change: object) -> None:
        control("PATCH", f"/vehicles/{self.vin}", change)

    async def ports(self, **own: object) -> Ports:
        """The HTTP client, the cache on disk and the phone, unless a test replaces them."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return Ports(
            bff=own.get("bff") or BffAdapter.http(BFF, own.get("tokens") or Token()),
            wallet=WalletAdapter.own(own.get("wallet") or self.phone),
            apple_pairing=ApplePairingAdapter.own(own.get("apple_pairing") or self.phone),
            cache=own.get("cache") or await CacheAdapter.sled(directory.name, Keys(), "account-1"),
            app_lifecycle=AppLifecycleAdapter.own(own.get("app_lifecycle") or self.phone),
        )

    async def launch(
        self, listener: Listener | None = None, deadlines: Deadlines = DEADLINES, **own: object
    ) -> None:
        model = Model.IOS(machine="iPhone12,1", version="14.2")
        config = Config(phone=model, deadlines=deadlines, recorder=RecorderOptions())
        self.app = DigitalKeyApp(config, await self.ports(**own))
        self.app.start(listener or self.log)
        self.app.dispatch(Intent.SELECT_VEHICLE(vin=Vin(self.vin)))

    async def until(self, shown: Callable[[ViewState], bool]) -> ViewState:
        """Waits for a view that meets the condition."""
        last = None
        try:
            async with asyncio.timeout(PATIENCE):
                async for view in self.app.views():
                    last = view
                    if shown(view):
                        return view
        except TimeoutError:
            pass
        raise AssertionError(f"the last view was {last}")

    async def page(self, name: str) -> ViewState:
        return await self.until(lambda view: view.page_name == name)

    async def reported(self, call: PortCall) -> PortFailure:
        """Waits until the listener receives a failure of this call."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for failure in self.log.failures:
                    if failure.call == call:
                        return failure
                await asyncio.sleep(0.01)

    async def cache_failures(self) -> list[CacheFailure]:
        """Waits until the listener receives a failure of the cache."""
        async with asyncio.timeout(PATIENCE):
            while not self.log.cache_failures:
                await asyncio.sleep(0.01)
        return self.log.cache_failures

    async def funnel(self, last: FunnelEvent) -> list[FunnelEvent]:
        """Waits until the listener receives this event, and returns all."""
        async with asyncio.timeout(PATIENCE):
            while last not in self.log.funnel:
                await asyncio.sleep(0.01)
        return self.log.funnel

    def tap(self, tap: Tap) -> None:
        self.app.dispatch(Intent.TAP(tap=tap))

    async def open_welcome(self) -> ViewState:
        await self.until(lambda view: view.entry == digital_key.EntryView.DIGITAL_KEY)
        self.tap(Tap.ENTRY)
        return await self.until(lambda view: Tap.CONTINUE in view.offers and view.page.is_welcome())

    async def start_pairing(self) -> None:
        """Goes from Welcome to Apple's sheet."""
        self.tap(Tap.CONTINUE)
        await self.page("GrabYourTwoKeys")
        self.tap(Tap.CONTINUE)
        await self.page("ReadyToPair")
        self.tap(Tap.TICK_BOX)
        self.tap(Tap.CONTINUE)

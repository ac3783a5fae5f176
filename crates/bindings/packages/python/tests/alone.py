"""An app without a backend, with all five ports in Python, for tests in processes of their own."""

import os
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

from digital_key import (
    AppLifecycleAdapter,
    ApplePairingAdapter,
    Bff,
    BffAdapter,
    CacheAdapter,
    Capability,
    Config,
    Deadlines,
    DigitalKeyApp,
    EntryView,
    Intent,
    PairingPassword,
    PairingStatus,
    Phone as Model,
    Ports,
    Tap,
    Vin,
    WalletAdapter,
    decide_support,
)
from memory_cache import MemoryCache
from phone import Phone

# How long a program may take on a busy machine.
PATIENCE = 60

DEADLINES = Deadlines(
    phone=timedelta(milliseconds=300),
    cache=timedelta(milliseconds=300),
    sheet_grace=timedelta(milliseconds=50),
)


class CannedBff(Bff):
    async def support(self, vin):
        capability = Capability(state="ACTIVATED", package="SMACC_1_5", upgrade_required=False)
        return decide_support(capability)

    async def pairing_status(self, vin):
        return PairingStatus(owner_key=None, primary_subscriber=True, prepared=True)

    async def pairing_password(self, vin, idempotency_key):
        return PairingPassword("12345678")


def make(deadlines: Deadlines = DEADLINES, **own: object) -> DigitalKeyApp:
    """Makes an app with these adapters, without starting it."""
    phone = own.get("phone") or Phone()
    ports = Ports(
        bff=BffAdapter.own(own.get("bff") or CannedBff()),
        wallet=WalletAdapter.own(phone),
        apple_pairing=ApplePairingAdapter.own(phone),
        cache=CacheAdapter.own(own.get("cache") or MemoryCache(), own.get("mark")),
        app_lifecycle=AppLifecycleAdapter.own(phone),
    )
    model = Model.IOS(machine="iPhone12,1", version="14.2")
    return DigitalKeyApp(Config(phone=model, deadlines=deadlines), ports)


async def until(app: DigitalKeyApp, shown):
    async for view in app.views():
        if shown(view):
            return view


async def open_welcome(app: DigitalKeyApp) -> None:
    app.dispatch(Intent.SELECT_VEHICLE(vin=Vin("WBADKEY0000000001")))
    await until(app, lambda view: view.entry == EntryView.DIGITAL_KEY)
    app.dispatch(Intent.TAP(tap=Tap.ENTRY))
    await until(app, lambda view: view.page.is_welcome() and Tap.CONTINUE in view.offers)


async def start_pairing(app: DigitalKeyApp) -> None:
    """Goes from Welcome to Apple's sheet."""
    for tap, page in ((Tap.CONTINUE, "GrabYourTwoKeys"), (Tap.CONTINUE, "ReadyToPair")):
        app.dispatch(Intent.TAP(tap=tap))
        await until(app, lambda view: view.page_name == page)
    app.dispatch(Intent.TAP(tap=Tap.TICK_BOX))
    app.dispatch(Intent.TAP(tap=Tap.CONTINUE))


# The exit waits longer than the test, so that a program only ends in time if nothing is left.
BEGIN = """
import asyncio
from digital_key import *
from digital_key import _exit
from alone import *

_exit._PATIENCE = 1000.0
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Runs a program in an interpreter of its own, since it may crash or hang."""
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-c", BEGIN + textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

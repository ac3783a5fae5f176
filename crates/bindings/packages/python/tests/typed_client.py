"""A client with types, which `mypy --strict` checks and nobody runs.

The marks say where the package has to refuse a wrong type.
"""

import asyncio
import sys

from digital_key import *


class FixedKey(DataKeySource):
    def data_key(self) -> DataKey:
        return DataKey(bytes(32))


class Token(TokenProvider):
    async def token(self) -> BearerToken:
        return BearerToken("any")

    async def refresh(self, rejected: BearerToken) -> BearerToken:
        return rejected


class NoWallet(Wallet):
    async def presence(self, key: str) -> Presence:
        return Presence.CANNOT_SAY

    async def open_wallet(self, key: str) -> None:
        raise WalletError.NotOffered()

    async def next_change(self) -> None:
        await asyncio.Event().wait()


class CannedBff(Bff):
    async def support(self, vin: Vin) -> SupportAnswer:
        capability = Capability(state="ACTIVATED", package="SMACC_1_5", upgrade_required=False)
        return decide_support(capability)

    async def pairing_status(self, vin: Vin) -> PairingStatus:
        return PairingStatus(owner_key=None, primary_subscriber=True, prepared=True)

    async def pairing_password(self, vin: Vin, idempotency_key: str) -> PairingPassword | None:
        return PairingPassword("12345678")


class Log(Listener):
    def on_view(self, view: ViewState) -> None:
        print(view.page_name)

    def on_port_failure(self, failure: PortFailure) -> None:
        print(failure.port.name, failure.call.name, failure.retryable, failure.reason)


async def main() -> None:
    use_event_loop()
    phone = ScriptedPhone()
    ports = Ports(
        bff=BffAdapter.own(CannedBff()),
        wallet=WalletAdapter.own(NoWallet()),
        apple_pairing=phone.apple_pairing(),
        cache=await CacheAdapter.sled("cache", FixedKey()),
        app_lifecycle=phone.app_lifecycle(),
    )
    BffAdapter.http("http://127.0.0.1:8480", Token())
    app = DigitalKeyApp(Config(phone=Phone.IOS(machine="iPhone12,1", version="14.2")), ports)
    app.start()
    app.dispatch(Intent.SELECT_VEHICLE(vin=Vin("WBADKEY0000000001")))
    app.dispatch(Intent.TAP(tap=Tap.ENTRY))
    async for view in app.views():
        if isinstance(view.page, PageView.WELCOME) and Tap.CONTINUE in view.offers:
            print(len(view.page.blockers), view.page.move_flow)
        if view.entry == EntryView.DIGITAL_KEY:
            break
    try:
        await app.sign_out()
    except DigitalKeyError.PortFailed as error:
        print(error.failure.call.name, error.failure.reason.upper())
    except DigitalKeyError as error:
        sys.exit(str(error))
    await app.shutdown()


def wrong(app: DigitalKeyApp, page: PageView) -> None:
    Vin(17)  # type: ignore[arg-type]
    Phone.IOS(machine="iPhone12,1")  # type: ignore[call-arg]
    app.dispatch(Tap.ENTRY)  # type: ignore[arg-type]
    print(page.blockers)  # type: ignore[attr-defined]
    raise WalletError.Unavailable(3)  # type: ignore[arg-type]


asyncio.run(main())

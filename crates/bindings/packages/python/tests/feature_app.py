"""The app under test of the feature files: a client in Python whose standard input says what to do.

Each line is a JSON object of texts. crates/acceptance/README.md describes the lines.
"""

import asyncio
import base64
import itertools
import json
import sys
from datetime import timedelta

from digital_key import (
    AppLifecycle,
    AppLifecycleAdapter,
    AppLifecycleError,
    AppleErrorCode,
    ApplePairing,
    ApplePairingAdapter,
    ApplePairingError,
    BearerToken,
    BffAdapter,
    CacheAdapter,
    CircuitBreaker,
    Config,
    DataKey,
    DataKeySource,
    DigitalKeyApp,
    EntryMode,
    Intent,
    LateAnswer,
    LifecycleEvent,
    PairingAnswer,
    PairingRequest,
    Phone as Model,
    Ports,
    Presence,
    RecorderOptions,
    RetryPolicy,
    Tap,
    TokenProvider,
    ViewState,
    Vin,
    Wallet,
    WalletAdapter,
    WalletError,
    use_event_loop,
)

Message = dict[str, str]


class Phone(Wallet, ApplePairing, AppLifecycle):
    """The phone of the scenario: each call of a port is a question to it."""

    numbers = itertools.count()
    questions: dict[str, asyncio.Future[Message]] = {}

    def __init__(self, app: str) -> None:
        self._app = app

    async def _ask(self, port: str, failure: type[Exception], **arguments: str) -> Message:
        number = str(next(self.numbers))
        answer = self.questions[number] = asyncio.get_running_loop().create_future()
        write({"ask": number, "app": self._app, "port": port, **arguments})
        try:
            message = await answer
        except asyncio.CancelledError:
            write({"cancel": number})
            raise
        finally:
            del self.questions[number]
        if "error" in message:
            raise failure(message["error"])
        return message

    async def _ask_wallet(self, port: str, **arguments: str) -> Message:
        return await self._ask(port, WalletError.Unavailable, **arguments)

    async def _ask_apple(self, port: str, **arguments: str) -> Message:
        return await self._ask(port, ApplePairingError.Unavailable, **arguments)

    async def presence(self, key: str) -> Presence:
        return Presence[(await self._ask_wallet("presence", key=key))["presence"]]

    async def open_wallet(self, key: str) -> None:
        await self._ask_wallet("open_wallet", key=key)

    async def next_change(self) -> None:
        await self._ask_wallet("next_change")

    async def can_create_key(self, vin: Vin) -> bool:
        return (await self._ask_apple("can_create_key", vin=vin.text()))["created"] == "true"

    async def start(self, request: PairingRequest) -> PairingAnswer:
        vin, password = request.vin.text(), request.password.expose()
        return pairing_answer(await self._ask_apple("start", vin=vin, password=password))

    async def sheet_is_up(self) -> bool:
        return (await self._ask_apple("sheet_is_up"))["up"] == "true"

    async def next_late_answer(self) -> LateAnswer | None:
        late = await self._ask_apple("next_late_answer")
        return LateAnswer(vin=Vin(late["vin"]), answer=pairing_answer(late)) if "vin" in late else None

    async def next_event(self) -> LifecycleEvent | None:
        event = (await self._ask("next_event", AppLifecycleError.Failed)).get("event")
        return event and LifecycleEvent[event]


def pairing_answer(message: Message) -> PairingAnswer:
    error = message.get("apple_error")
    return PairingAnswer(pass_=message.get("pass"), error=error and AppleErrorCode[error])


class Token(TokenProvider):
    def __init__(self, text: str) -> None:
        self._text = text

    async def token(self) -> BearerToken:
        return BearerToken(self._text)

    async def refresh(self, rejected: BearerToken) -> BearerToken:
        return BearerToken(self._text)


class Keys(DataKeySource):
    def __init__(self, text: str) -> None:
        self._text = text

    def data_key(self) -> DataKey:
        return DataKey(self._text.encode())


def flag(value: bool) -> str:
    return "true" if value else "false"


def screen(view: ViewState) -> Message:
    """What the feature files check on the screen."""
    page = view.page
    shown = {
        "page": view.page_name,
        "entry": view.entry.name,
        "offers": ",".join(tap.name for tap in view.offers),
        "key_state": view.key_state.name,
        "pairing_runs": flag(view.pairing_runs),
        "warning": view.warning and view.warning.name,
        "notice": view.notice and view.notice.name,
        "wait": None if view.wait is None else str(view.wait),
    }
    if page.is_vehicle_tab() and page.hidden is not None:
        shown["hidden"] = type(page.hidden).__name__.rpartition(".")[2]
    elif page.is_welcome():
        shown["blockers"] = ",".join(blocker.code for blocker in page.blockers)
    elif page.is_ready_to_pair():
        shown |= {"checked": flag(page.checked), "highlighted": flag(page.highlighted)}
    elif page.is_pairing_error():
        shown |= {"reason": page.reason and page.reason.name, "refreshing": flag(page.refreshing)}
    elif page.is_overview():
        shown |= {"card": page.card.action.name, "cannot_unlock": flag(page.card.cannot_unlock)}
        shown["more_information"] = page.more_information
    elif page.is_error() and page.page.is_blocked() and page.page.by.issue is not None:
        shown["issue"] = page.page.by.issue.name
    return {field: value for field, value in shown.items() if value is not None}


class FeatureApp:
    """Does what a line says."""

    app: DigitalKeyApp | None = None

    async def start(self, message: Message) -> None:
        """Ends the app of the last scenario, and starts one."""
        if self.app is not None:
            await self.app.shutdown()
        phone = Phone(message["id"])
        keys = Keys(message["data_key"])
        ports = Ports(
            bff=BffAdapter.http(message["bff"], Token(message["token"])),
            wallet=WalletAdapter.own(phone),
            apple_pairing=ApplePairingAdapter.own(phone),
            cache=await CacheAdapter.sled(message["directory"], keys, message.get("account")),
            app_lifecycle=AppLifecycleAdapter.own(phone),
        )
        model = Model.ANDROID()
        if "machine" in message:
            model = Model.IOS(machine=message["machine"], version=message["version"])
        config = Config(
            phone=model,
            entry_mode=EntryMode[message["entry_mode"]],
            retry=RetryPolicy(
                tries=int(message["tries"]),
                first_wait=timedelta(milliseconds=int(message["first_wait"])),
                longest_wait=timedelta(milliseconds=int(message["longest_wait"])),
                total=timedelta(milliseconds=int(message["total"])),
            ),
            circuit_breaker=CircuitBreaker.OFF(),
            recorder=RecorderOptions(),
        )
        self.app = DigitalKeyApp(config, ports)
        self.app.start()

    async def select(self, message: Message) -> None:
        self.app.dispatch(Intent.SELECT_VEHICLE(vin=Vin(message["vin"])))

    async def tap(self, message: Message) -> None:
        self.app.dispatch(Intent.TAP(tap=Tap[message["tap"]]))

    async def refresh(self, message: Message) -> None:
        self.app.refresh(Vin(message["vin"]))

    async def forget(self, message: Message) -> None:
        await self.app.forget(Vin(message["vin"]))

    async def sign_out(self, message: Message) -> None:
        await self.app.sign_out()

    async def suspend(self, message: Message) -> None:
        await self.app.suspend()

    async def resume(self, message: Message) -> None:
        await self.app.resume()

    async def idle(self, message: Message) -> None:
        await self.app.idle_but_for(int(message["held"]))

    async def pairing_ended(self, message: Message) -> None:
        async for view in self.app.views():
            if not view.pairing_runs:
                return

    async def view(self, message: Message) -> Message:
        return screen(self.app.view())

    async def recording(self, message: Message) -> Message:
        return {"recording": base64.b64encode(self.app.recording()).decode()}


def write(message: Message) -> None:
    print(json.dumps(message), flush=True)


async def answer(app: FeatureApp, message: Message) -> None:
    try:
        answer = await getattr(app, message["call"])(message)
        write({"id": message["id"], **(answer or {})})
    except Exception as error:
        write({"id": message["id"], "error": f"{type(error).__name__}: {error}"})


async def main() -> None:
    use_event_loop()
    lines = asyncio.StreamReader()
    reader = asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(lambda: reader, sys.stdin)
    app = FeatureApp()
    calls: set[asyncio.Task[None]] = set()
    while line := await lines.readline():
        message = json.loads(line)
        if "reply" in message:
            question = Phone.questions.get(message["reply"])
            if question is not None and not question.done():
                question.set_result(message)
        else:
            call = asyncio.create_task(answer(app, message))
            calls.add(call)
            call.add_done_callback(calls.discard)


asyncio.run(main())

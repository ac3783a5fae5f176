"""Pairs a car from Python, against the running backend."""

import unittest

from digital_key import (
    AppleErrorCode,
    CardAction,
    FunnelEvent,
    KeyState,
    PairingAdvice,
    PairingAnswer,
    Tap,
)
from pairing_case import PairingCase, control


class Pairing(PairingCase):
    async def make_key(self, key: str) -> None:
        self.change(ownerKey={"id": key, "tracked": False})
        await self.phone.answer(PairingAnswer(pass_=key))
        view = await self.page("Tutorial1")
        self.assertEqual(view.key_state, KeyState.ACTIVE_UNTRACKED)
        self.assertIsNone(view.password_uses)

    async def pair(self) -> None:
        await self.open_welcome()
        await self.start_pairing()
        await self.make_key("KEY-1")
        self.tap(Tap.CONTINUE)
        self.tap(Tap.CONTINUE)
        await self.page("Overview")

    async def test_success(self) -> None:
        await self.launch()
        await self.pair()
        view = await self.page("Overview")
        self.assertTrue(view.page.card.cannot_unlock)
        self.assertEqual(view.page.card.action, CardAction.EDIT_IN_WALLET)

        self.change(tracked=True)
        self.phone.background()
        self.phone.foreground()
        await self.until(lambda view: view.key_state == KeyState.ACTIVE_TRACKED)
        self.tap(Tap.CARD_ACTION)
        await self.app.idle()
        self.assertEqual(self.phone.opened, ["KEY-1"])

        [request] = self.phone.requests
        digits = request.password.expose()
        self.assertRegex(digits, r"\A[0-9]{8}\Z")
        for text in (str(request), repr(request), str(request.password), repr(request.password)):
            self.assertNotIn(digits, text)
        self.assertEqual(request.vin.text(), self.vin)
        self.assertNotIn(self.vin, f"{request.vin} {request.vin!r} {view}")
        self.assertEqual(self.log.failures, [])
        recording = self.app.recording()
        self.assertTrue(recording.startswith(b"DKFR"))
        for secret in (digits, self.vin):
            self.assertNotIn(secret.encode(), recording)
        self.assertIsNone(self.app.last_recording())
        self.assertEqual(
            await self.funnel(last=FunnelEvent.PAIRED()),
            [
                FunnelEvent.ENTRY_SHOWN(),
                FunnelEvent.WELCOME_SHOWN(move_flow=False),
                FunnelEvent.PAIRING_STARTED(),
                FunnelEvent.APPLE_ANSWERED(made_key=True, error=None, late=False),
                FunnelEvent.PAIRED(),
            ],
        )

    async def test_failure_and_retry(self) -> None:
        await self.launch()
        await self.open_welcome()
        # Without a fresh password, all attempts use the first one.
        control("PUT", "/endpoints/password/fault", {"fault": "404"})
        await self.start_pairing()
        for uses in (1, 2, 3):
            await self.phone.answer(PairingAnswer(error=AppleErrorCode.USER_CANCELED))
            view = await self.until(
                lambda view: view.page.is_pairing_error() and not view.pairing_runs
            )
            self.assertEqual(view.page.advice, PairingAdvice.CANCELLED)
            self.assertEqual(view.password_uses, uses)
            self.tap(Tap.RETRY)
        view = await self.page("PairingAttemptsExhausted")
        self.assertNotIn(Tap.RETRY, view.offers)
        self.tap(Tap.CONFIRM_ERROR)
        await self.page("VehicleTab")

        control("DELETE", "/faults")
        await self.open_welcome()
        await self.start_pairing()
        await self.phone.answer(PairingAnswer(error=AppleErrorCode.DEVICE_NOT_READY))
        await self.page("PairingError")
        # The next attempt uses the fresh password (ERR-4) if it has arrived.
        await self.app.idle()
        self.tap(Tap.RETRY)
        await self.make_key("KEY-1")
        self.assertEqual(len(self.phone.requests), 5)

    async def test_success_after_an_error(self) -> None:
        await self.launch()
        await self.open_welcome()
        await self.start_pairing()
        await self.phone.answer(PairingAnswer(error=AppleErrorCode.USER_CANCELED))
        await self.page("PairingError")
        self.phone.answer_again(PairingAnswer(pass_="KEY-1"))
        view = await self.until(lambda view: view.key_state == KeyState.ACTIVE_UNTRACKED)
        self.assertEqual(view.page_name, "Tutorial1")

    async def test_deletion_in_the_background(self) -> None:
        await self.launch()
        await self.pair()
        self.phone.background()
        await self.app.idle()
        self.phone.delete_key("KEY-1")
        self.phone.foreground()
        await self.page("KeyDeleted")
        self.tap(Tap.CONFIRM_ERROR)
        view = await self.page("VehicleTab")
        self.assertEqual(view.key_state, KeyState.OTHER_DEVICE)

    async def test_move(self) -> None:
        self.change(ownerKey={"id": "KEY-2", "tracked": True})
        await self.launch()
        await self.open_welcome()
        self.tap(Tap.CONTINUE)
        view = await self.page("Overview")
        self.assertEqual(view.key_state, KeyState.OTHER_DEVICE)
        self.assertEqual(view.page.card.action, CardAction.MOVE_TO_THIS_PHONE)
        self.tap(Tap.CARD_ACTION)
        await self.page("MoveKeyWarning")
        self.tap(Tap.CONFIRM_MOVE)
        await self.until(
            lambda view: view.page.is_welcome() and view.page.move_flow and Tap.CONTINUE in view.offers
        )
        await self.start_pairing()
        await self.make_key("KEY-3")
        self.tap(Tap.CLOSE)
        view = await self.page("VehicleTab")
        self.assertEqual(view.key_state, KeyState.ACTIVE_UNTRACKED)

    async def test_suspend_resume_and_sign_out(self) -> None:
        await self.launch()
        await self.pair()
        await self.app.suspend()
        await self.app.resume()
        await self.app.sign_out()
        view = await self.page("VehicleTab")
        self.assertIsNone(view.vehicle)
        self.assertTrue(self.log.views)


if __name__ == "__main__":
    unittest.main()

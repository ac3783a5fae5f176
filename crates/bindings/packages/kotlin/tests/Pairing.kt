package digitalkey.test

import digitalkey.*

/** Pairs a car from Kotlin, against the running backend. */
val pairing: List<Test> =
    listOf(
        Test("success", ::success),
        Test("failure and retry", ::failureAndRetry),
        Test("success after an error", ::successAfterAnError),
        Test("deletion in the background", ::deletionInTheBackground),
        Test("move", ::move),
        Test("suspend, resume and sign-out", ::suspendResumeAndSignOut),
    )

private suspend fun TestApp.makeKey(key: String) {
    change("""{"ownerKey":{"id":"$key","tracked":false}}""")
    phone.answer(PairingAnswer(pass = key))
    val view = page("Tutorial1")
    check(view.keyState == KeyState.ACTIVE_UNTRACKED && view.passwordUses == null) { "$view" }
}

suspend fun TestApp.pair() {
    openWelcome()
    startPairing()
    makeKey("KEY-1")
    tap(Tap.CONTINUE)
    tap(Tap.CONTINUE)
    page("Overview")
}

private suspend fun success() = withApp {
    launch()
    pair()
    val view = page("Overview")
    val card = (view.page as PageView.Overview).card
    check(card == CardView(cannotUnlock = true, action = CardAction.EDIT_IN_WALLET)) { "$view" }

    change("""{"tracked":true}""")
    phone.background()
    phone.foreground()
    until { it.keyState == KeyState.ACTIVE_TRACKED }
    tap(Tap.CARD_ACTION)
    app.idle()
    check(phone.opened.toList() == listOf("KEY-1"))

    val request = phone.requests.single()
    val digits = request.password.expose()
    check(Regex("[0-9]{8}").matches(digits))
    check(digits !in "$request ${request.password}") { "printing shows the password" }
    check(request.vin.text() == vin && vin !in "${request.vin} $view") { "$view" }
    check(log.failures.isEmpty()) { "${log.failures}" }
    val recording = app.recording()!!.toString(Charsets.ISO_8859_1)
    check(recording.startsWith("DKFR") && vin !in recording && digits !in recording)
    check(app.lastRecording() == null)

    check(
        funnel(last = FunnelEvent.Paired) ==
            listOf(
                FunnelEvent.EntryShown,
                FunnelEvent.WelcomeShown(moveFlow = false),
                FunnelEvent.PairingStarted,
                FunnelEvent.AppleAnswered(madeKey = true, error = null, late = false),
                FunnelEvent.Paired,
            ),
    ) { "${log.funnel}" }
}

private suspend fun failureAndRetry() = withApp {
    launch()
    openWelcome()
    // Without a fresh password, all attempts use the first one.
    control("PUT", "/endpoints/password/fault", """{"fault":"404"}""")
    startPairing()
    for (uses in 1..3) {
        phone.answer(PairingAnswer(error = AppleErrorCode.USER_CANCELED))
        val view = until { it.page is PageView.PairingError && !it.pairingRuns }
        val page = view.page as PageView.PairingError
        check(page.advice == PairingAdvice.CANCELLED && view.passwordUses == uses.toUByte())
        tap(Tap.RETRY)
    }
    check(Tap.RETRY !in page("PairingAttemptsExhausted").offers)
    tap(Tap.CONFIRM_ERROR)
    page("VehicleTab")

    control("DELETE", "/faults")
    openWelcome()
    startPairing()
    phone.answer(PairingAnswer(error = AppleErrorCode.DEVICE_NOT_READY))
    page("PairingError")
    // The next attempt uses the fresh password (ERR-4) if it has arrived.
    app.idle()
    tap(Tap.RETRY)
    makeKey("KEY-1")
    check(phone.requests.size == 5)
}

private suspend fun successAfterAnError() = withApp {
    launch()
    openWelcome()
    startPairing()
    phone.answer(PairingAnswer(error = AppleErrorCode.USER_CANCELED))
    page("PairingError")
    phone.answerAgain(PairingAnswer(pass = "KEY-1"))
    check(until { it.keyState == KeyState.ACTIVE_UNTRACKED }.pageName == "Tutorial1")
}

private suspend fun deletionInTheBackground() = withApp {
    launch()
    pair()
    phone.background()
    app.idle()
    phone.deleteKey("KEY-1")
    phone.foreground()
    page("KeyDeleted")
    tap(Tap.CONFIRM_ERROR)
    check(page("VehicleTab").keyState == KeyState.OTHER_DEVICE)
}

private suspend fun move() = withApp {
    change("""{"ownerKey":{"id":"KEY-2","tracked":true}}""")
    launch()
    openWelcome()
    tap(Tap.CONTINUE)
    val view = page("Overview")
    check(view.keyState == KeyState.OTHER_DEVICE) { "$view" }
    check((view.page as PageView.Overview).card.action == CardAction.MOVE_TO_THIS_PHONE)
    tap(Tap.CARD_ACTION)
    page("MoveKeyWarning")
    tap(Tap.CONFIRM_MOVE)
    until { Tap.CONTINUE in it.offers && (it.page as? PageView.Welcome)?.moveFlow == true }
    startPairing()
    makeKey("KEY-3")
    tap(Tap.CLOSE)
    check(page("VehicleTab").keyState == KeyState.ACTIVE_UNTRACKED)
}

private suspend fun suspendResumeAndSignOut() = withApp {
    launch()
    pair()
    app.suspend()
    app.resume()
    app.signOut()
    check(page("VehicleTab").vehicle == null)
    check(log.views.isNotEmpty())
}

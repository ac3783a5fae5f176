package digitalkey.test

import digitalkey.*

import kotlinx.coroutines.flow.filterNotNull
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeout

/** The pairing sheet of debug builds. */
val simulated: List<Test> =
    listOf(
        Test("a release build refuses the simulated sheet", ::refusedInRelease),
        Test("the simulated sheet answers with success", ::simulatedSuccess),
        Test("the simulated sheet answers with each error", ::simulatedErrors),
        Test("the simulated sheet answers with neither", { endsWithoutReason(SimulatedAnswer.Neither) {} }),
        Test("the simulated sheet does not answer", ::simulatedSilence),
        Test("the simulated sheet answers again", ::simulatedLateSuccess),
        Test("the simulated wallet loses a key", ::simulatedDeletion),
    )

private suspend fun refusedInRelease() {
    val refused = expect<IllegalStateException> { SimulatedPhone(debugBuild = false) }
    check("no debug build" in "$refused") { "$refused" }
}

private suspend fun TestApp.launchWith(simulated: SimulatedPhone) {
    val wallet = WalletAdapter.own(simulated)
    val ports = ports().copy(wallet = wallet, applePairing = ApplePairingAdapter.own(simulated))
    launch(ports, patientDeadlines)
    openWelcome()
    startPairing()
}

private suspend fun SimulatedPhone.nextSheet(): SimulatedSheet =
    withTimeout(30_000) { sheet.filterNotNull().first() }

private suspend fun TestApp.succeed(simulated: SimulatedPhone) {
    change("""{"ownerKey":{"id":"SIMULATED-1","tracked":false}}""")
    simulated.nextSheet().answer(SimulatedAnswer.Success())
    check(page("Tutorial1").keyState == KeyState.ACTIVE_UNTRACKED)
    check(simulated.keys == setOf("SIMULATED-1") && simulated.sheet.value == null)
}

private suspend fun simulatedSuccess() = withApp {
    val simulated = SimulatedPhone(debugBuild = true)
    launchWith(simulated)
    check(simulated.nextSheet().vin.text() == vin)
    succeed(simulated)
}

private suspend fun simulatedErrors() {
    val choices = SimulatedAnswer.choices.filterIsInstance<SimulatedAnswer.Failure>()
    check(choices.map { it.error } == AppleErrorCode.entries)
    check(choices.first { it.error == AppleErrorCode.USER_CANCELED }.label == "User canceled")
    for (choice in choices) withApp {
        val simulated = SimulatedPhone(debugBuild = true)
        launchWith(simulated)
        simulated.nextSheet().answer(choice)
        check((page("PairingError").page as PageView.PairingError).reason == choice.error)
    }
}

/** The answer closes the sheet; after these steps the pairing has ended without a reason. */
private suspend fun endsWithoutReason(answer: SimulatedAnswer, steps: TestApp.() -> Unit) = withApp {
    val simulated = SimulatedPhone(debugBuild = true)
    launchWith(simulated)
    val sheet = simulated.nextSheet()
    app.idle()
    sheet.answer(answer)
    steps()
    check((page("PairingError").page as PageView.PairingError).reason == null)
    check(simulated.sheet.value == null && simulated.keys.isEmpty())
}

private suspend fun simulatedSilence() =
    endsWithoutReason(SimulatedAnswer.Silence) {
        check(app.view().pairingRuns) { "${app.view()}" }
        phone.background()
        phone.foreground()
    }

private suspend fun simulatedLateSuccess() = withApp {
    val simulated = SimulatedPhone(debugBuild = true)
    launchWith(simulated)
    val sheet = simulated.nextSheet()
    sheet.answer(SimulatedAnswer.Failure(AppleErrorCode.USER_CANCELED))
    page("PairingError")
    sheet.answer(SimulatedAnswer.Success("KEY-9"))
    check(page("Tutorial1").keyState == KeyState.ACTIVE_UNTRACKED)
    check(simulated.keys == setOf("KEY-9"))
}

private suspend fun simulatedDeletion() = withApp {
    val simulated = SimulatedPhone(debugBuild = true)
    launchWith(simulated)
    succeed(simulated)
    tap(Tap.CONTINUE)
    tap(Tap.CONTINUE)
    page("Overview")
    simulated.deleteKey("SIMULATED-1")
    page("KeyDeleted")
}

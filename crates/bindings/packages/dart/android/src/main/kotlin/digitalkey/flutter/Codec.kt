// Written by `cargo xtask codegen dart`.
package digitalkey.flutter

import digitalkey.*

fun encode(value: AppleErrorCode): Any = value.name

fun encode(value: Blocker): Any = value.name

fun encode(value: BlockerView): Any = listOf(encode(value.blocker), value.issue?.let { encode(it) }, value.code, encode(value.remedy), value.retryable)

fun encode(value: CardAction): Any = value.name

fun encode(value: CardView): Any = listOf(value.cannotUnlock, encode(value.action))

fun encode(value: DigitalKeyException): Any = when (value) {
    is DigitalKeyException.NotStarted -> listOf("NotStarted")
    is DigitalKeyException.AlreadyStarted -> listOf("AlreadyStarted")
    is DigitalKeyException.ShutDown -> listOf("ShutDown")
    is DigitalKeyException.Overloaded -> listOf("Overloaded")
    is DigitalKeyException.Invalid -> listOf("Invalid", value.argument, value.reason)
    is DigitalKeyException.PortFailed -> listOf("PortFailed", encode(value.failure))
    is DigitalKeyException.NoThreads -> listOf("NoThreads", value.reason)
    is DigitalKeyException.NotHere -> listOf("NotHere", value.reason)
    is DigitalKeyException.NoRandomness -> listOf("NoRandomness")
    is DigitalKeyException.NoSheet -> listOf("NoSheet")
}

fun encode(value: EntryView): Any = value.name

fun encode(value: ErrorPage): Any = when (value) {
    is ErrorPage.Blocked -> listOf("Blocked", encode(value.by))
    is ErrorPage.PairingAttemptsExhausted -> listOf("PairingAttemptsExhausted")
    is ErrorPage.KeyDeleted -> listOf("KeyDeleted")
}

fun encode(value: FailureKind): Any = when (value) {
    is FailureKind.Unreachable -> listOf("Unreachable")
    is FailureKind.Interrupted -> listOf("Interrupted")
    is FailureKind.DeadlineExceeded -> listOf("DeadlineExceeded")
    is FailureKind.Status -> listOf("Status", value.status.toInt())
    is FailureKind.Unauthorized -> listOf("Unauthorized")
    is FailureKind.NoToken -> listOf("NoToken")
    is FailureKind.Malformed -> listOf("Malformed")
    is FailureKind.CircuitOpen -> listOf("CircuitOpen")
    is FailureKind.Other -> listOf("Other")
}

fun encode(value: FunnelEvent): Any = when (value) {
    is FunnelEvent.EntryShown -> listOf("EntryShown")
    is FunnelEvent.WelcomeShown -> listOf("WelcomeShown", value.moveFlow)
    is FunnelEvent.ErrorShown -> listOf("ErrorShown", encode(value.page))
    is FunnelEvent.PairingStarted -> listOf("PairingStarted")
    is FunnelEvent.AppleAnswered -> listOf("AppleAnswered", value.madeKey, value.error?.let { encode(it) }, value.late)
    is FunnelEvent.Paired -> listOf("Paired")
    is FunnelEvent.Left -> listOf("Left", encode(value.page))
}

fun encode(value: HiddenReason): Any = when (value) {
    is HiddenReason.NoVehicle -> listOf("NoVehicle")
    is HiddenReason.Platform -> listOf("Platform")
    is HiddenReason.NotSupported -> listOf("NotSupported")
    is HiddenReason.Asking -> listOf("Asking")
    is HiddenReason.Failed -> listOf("Failed", encode(value.kind), value.wait?.let { it.toLong() })
    is HiddenReason.UnknownValue -> listOf("UnknownValue")
}

fun encode(value: KeyState): Any = value.name

fun encode(value: Notice): Any = value.name

fun encode(value: PageName): Any = value.name

fun encode(value: PageView): Any = when (value) {
    is PageView.VehicleTab -> listOf("VehicleTab", value.opening, value.hidden?.let { encode(it) })
    is PageView.Welcome -> listOf("Welcome", value.blockers.map { encode(it) }, value.moveFlow)
    is PageView.GrabYourTwoKeys -> listOf("GrabYourTwoKeys")
    is PageView.ReadyToPair -> listOf("ReadyToPair", value.checked, value.highlighted)
    is PageView.PairingError -> listOf("PairingError", value.reason?.let { encode(it) }, value.advice?.let { encode(it) }, value.refreshing)
    is PageView.Tutorial1 -> listOf("Tutorial1")
    is PageView.Tutorial2 -> listOf("Tutorial2")
    is PageView.Overview -> listOf("Overview", encode(value.card), value.moreInformation)
    is PageView.MoveKeyWarning -> listOf("MoveKeyWarning")
    is PageView.Error -> listOf("Error", encode(value.page))
}

fun encode(value: PairingAdvice): Any = value.name

fun encode(value: PhoneSoftwareIssue): Any = value.name

fun encode(value: Port): Any = value.name

fun encode(value: PortCall): Any = value.name

fun encode(value: PortFailure): Any = listOf(encode(value.port), encode(value.call), value.retryable, value.reason)

fun encode(value: Remedy): Any = value.name

fun encode(value: Tap): Any = value.name

fun encode(value: ViewState): Any = listOf(value.vehicle?.let { it.text() }, encode(value.entry), value.vehicleUpgradeRequired, encode(value.page), value.pageName, value.offers.map { encode(it) }, encode(value.keyState), value.passwordUses?.let { it.toInt() }, value.pairingRuns, value.warning?.let { encode(it) }, value.wait?.let { it.toLong() }, value.notice?.let { encode(it) })

fun decodeIntent(wire: Any?): Intent =
    when (part(wire, 0)) {
        "SelectVehicle" -> Intent.SelectVehicle(Vin(read<String>(part(wire, 1))))
        "Tap" -> Intent.Tap(decodeTap(part(wire, 1)))
        else -> throw unknown("Intent")
    }

fun decodeTap(wire: Any?): Tap =
    Tap.entries.find { it.name == wire } ?: throw unknown("Tap")

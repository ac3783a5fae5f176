// Written by `cargo xtask codegen dart`.
import DigitalKey
import Foundation

func encode(_ value: AppleErrorCode) -> Any {
    switch value {
    case .genericError: return "GENERIC_ERROR"
    case .userCanceled: return "USER_CANCELED"
    case .unavailable: return "UNAVAILABLE"
    case .invalidConfiguration: return "INVALID_CONFIGURATION"
    case .deviceNotSupported: return "DEVICE_NOT_SUPPORTED"
    case .deviceNotReady: return "DEVICE_NOT_READY"
    case .osVersionNotSupported: return "OS_VERSION_NOT_SUPPORTED"
    }
}

func encode(_ value: Blocker) -> Any {
    switch value {
    case .backendError: return "BACKEND_ERROR"
    case .phoneNotSupported: return "PHONE_NOT_SUPPORTED"
    case .phoneSoftwareUpdateRequired: return "PHONE_SOFTWARE_UPDATE_REQUIRED"
    case .notPrimarySubscriber: return "NOT_PRIMARY_SUBSCRIBER"
    case .vehicleNotPrepared: return "VEHICLE_NOT_PREPARED"
    case .pairingPasswordUnavailable: return "PAIRING_PASSWORD_UNAVAILABLE"
    }
}

func encode(_ value: BlockerView) -> Any {
    [encode(value.blocker), (value.issue.map { encode($0) as Any } ?? NSNull()), value.code, encode(value.remedy), value.retryable] as [Any]
}

func encode(_ value: CardAction) -> Any {
    switch value {
    case .editInWallet: return "EDIT_IN_WALLET"
    case .moveToThisPhone: return "MOVE_TO_THIS_PHONE"
    }
}

func encode(_ value: CardView) -> Any {
    [value.cannotUnlock, encode(value.action)] as [Any]
}

func encode(_ value: DigitalKeyError) -> Any {
    switch value {
    case .NotStarted: return ["NotStarted"] as [Any]
    case .AlreadyStarted: return ["AlreadyStarted"] as [Any]
    case .ShutDown: return ["ShutDown"] as [Any]
    case .Overloaded: return ["Overloaded"] as [Any]
    case .Invalid(let argument, let reason): return ["Invalid", argument, reason] as [Any]
    case .PortFailed(let failure): return ["PortFailed", encode(failure)] as [Any]
    case .NoThreads(let reason): return ["NoThreads", reason] as [Any]
    case .NotHere(let reason): return ["NotHere", reason] as [Any]
    case .NoRandomness: return ["NoRandomness"] as [Any]
    case .NoSheet: return ["NoSheet"] as [Any]
    }
}

func encode(_ value: EntryView) -> Any {
    switch value {
    case .hidden: return "HIDDEN"
    case .comingSoon: return "COMING_SOON"
    case .digitalKey: return "DIGITAL_KEY"
    }
}

func encode(_ value: ErrorPage) -> Any {
    switch value {
    case .blocked(let by): return ["Blocked", encode(by)] as [Any]
    case .pairingAttemptsExhausted: return ["PairingAttemptsExhausted"] as [Any]
    case .keyDeleted: return ["KeyDeleted"] as [Any]
    }
}

func encode(_ value: FailureKind) -> Any {
    switch value {
    case .unreachable: return ["Unreachable"] as [Any]
    case .interrupted: return ["Interrupted"] as [Any]
    case .deadlineExceeded: return ["DeadlineExceeded"] as [Any]
    case .status(let status): return ["Status", Int64(status)] as [Any]
    case .unauthorized: return ["Unauthorized"] as [Any]
    case .noToken: return ["NoToken"] as [Any]
    case .malformed: return ["Malformed"] as [Any]
    case .circuitOpen: return ["CircuitOpen"] as [Any]
    case .other: return ["Other"] as [Any]
    }
}

func encode(_ value: FunnelEvent) -> Any {
    switch value {
    case .entryShown: return ["EntryShown"] as [Any]
    case .welcomeShown(let moveFlow): return ["WelcomeShown", moveFlow] as [Any]
    case .errorShown(let page): return ["ErrorShown", encode(page)] as [Any]
    case .pairingStarted: return ["PairingStarted"] as [Any]
    case .appleAnswered(let madeKey, let error, let late): return ["AppleAnswered", madeKey, (error.map { encode($0) as Any } ?? NSNull()), late] as [Any]
    case .paired: return ["Paired"] as [Any]
    case .left(let page): return ["Left", encode(page)] as [Any]
    }
}

func encode(_ value: HiddenReason) -> Any {
    switch value {
    case .noVehicle: return ["NoVehicle"] as [Any]
    case .platform: return ["Platform"] as [Any]
    case .notSupported: return ["NotSupported"] as [Any]
    case .asking: return ["Asking"] as [Any]
    case .failed(let kind, let wait): return ["Failed", encode(kind), (wait.map { Int64($0) as Any } ?? NSNull())] as [Any]
    case .unknownValue: return ["UnknownValue"] as [Any]
    }
}

func encode(_ value: KeyState) -> Any {
    switch value {
    case .unknown: return "UNKNOWN"
    case .`none`: return "NONE"
    case .otherDevice: return "OTHER_DEVICE"
    case .activeTracked: return "ACTIVE_TRACKED"
    case .activeUntracked: return "ACTIVE_UNTRACKED"
    }
}

func encode(_ value: Notice) -> Any {
    switch value {
    case .walletNotOpened: return "WALLET_NOT_OPENED"
    }
}

func encode(_ value: PageName) -> Any {
    switch value {
    case .vehicleTab: return "VEHICLE_TAB"
    case .welcome: return "WELCOME"
    case .grabYourTwoKeys: return "GRAB_YOUR_TWO_KEYS"
    case .readyToPair: return "READY_TO_PAIR"
    case .pairingError: return "PAIRING_ERROR"
    case .tutorial1: return "TUTORIAL1"
    case .tutorial2: return "TUTORIAL2"
    case .overview: return "OVERVIEW"
    case .moveKeyWarning: return "MOVE_KEY_WARNING"
    case .backendError: return "BACKEND_ERROR"
    case .phoneNotSupported: return "PHONE_NOT_SUPPORTED"
    case .phoneSoftwareUpdateRequired: return "PHONE_SOFTWARE_UPDATE_REQUIRED"
    case .notPrimarySubscriber: return "NOT_PRIMARY_SUBSCRIBER"
    case .vehicleNotPrepared: return "VEHICLE_NOT_PREPARED"
    case .pairingPasswordUnavailable: return "PAIRING_PASSWORD_UNAVAILABLE"
    case .pairingAttemptsExhausted: return "PAIRING_ATTEMPTS_EXHAUSTED"
    case .keyDeleted: return "KEY_DELETED"
    }
}

func encode(_ value: PageView) -> Any {
    switch value {
    case .vehicleTab(let opening, let hidden): return ["VehicleTab", opening, (hidden.map { encode($0) as Any } ?? NSNull())] as [Any]
    case .welcome(let blockers, let moveFlow): return ["Welcome", blockers.map { encode($0) }, moveFlow] as [Any]
    case .grabYourTwoKeys: return ["GrabYourTwoKeys"] as [Any]
    case .readyToPair(let checked, let highlighted): return ["ReadyToPair", checked, highlighted] as [Any]
    case .pairingError(let reason, let advice, let refreshing): return ["PairingError", (reason.map { encode($0) as Any } ?? NSNull()), (advice.map { encode($0) as Any } ?? NSNull()), refreshing] as [Any]
    case .tutorial1: return ["Tutorial1"] as [Any]
    case .tutorial2: return ["Tutorial2"] as [Any]
    case .overview(let card, let moreInformation): return ["Overview", encode(card), moreInformation] as [Any]
    case .moveKeyWarning: return ["MoveKeyWarning"] as [Any]
    case .error(let page): return ["Error", encode(page)] as [Any]
    }
}

func encode(_ value: PairingAdvice) -> Any {
    switch value {
    case .tryAgain: return "TRY_AGAIN"
    case .cancelled: return "CANCELLED"
    case .reportFault: return "REPORT_FAULT"
    case .tryAgainThenSupport: return "TRY_AGAIN_THEN_SUPPORT"
    case .checkVehicleAndPhoneSoftware: return "CHECK_VEHICLE_AND_PHONE_SOFTWARE"
    case .checkVehicleIsReady: return "CHECK_VEHICLE_IS_READY"
    case .updateIos: return "UPDATE_IOS"
    }
}

func encode(_ value: PhoneSoftwareIssue) -> Any {
    switch value {
    case .iosTooOld: return "IOS_TOO_OLD"
    case .appleRefuses: return "APPLE_REFUSES"
    case .appleDidNotAnswer: return "APPLE_DID_NOT_ANSWER"
    }
}

func encode(_ value: DigitalKey.Port) -> Any {
    switch value {
    case .bff: return "BFF"
    case .wallet: return "WALLET"
    case .applePairing: return "APPLE_PAIRING"
    case .cache: return "CACHE"
    case .appLifecycle: return "APP_LIFECYCLE"
    }
}

func encode(_ value: PortCall) -> Any {
    switch value {
    case .support: return "SUPPORT"
    case .pairingStatus: return "PAIRING_STATUS"
    case .pairingPassword: return "PAIRING_PASSWORD"
    case .presence: return "PRESENCE"
    case .openWallet: return "OPEN_WALLET"
    case .nextChange: return "NEXT_CHANGE"
    case .canCreateKey: return "CAN_CREATE_KEY"
    case .startPairing: return "START_PAIRING"
    case .sheetIsUp: return "SHEET_IS_UP"
    case .nextLateAnswer: return "NEXT_LATE_ANSWER"
    case .openCache: return "OPEN_CACHE"
    case .load: return "LOAD"
    case .store: return "STORE"
    case .storePassword: return "STORE_PASSWORD"
    case .takeUse: return "TAKE_USE"
    case .erase: return "ERASE"
    case .eraseAll: return "ERASE_ALL"
    case .suspend: return "SUSPEND"
    case .resume: return "RESUME"
    case .nextEvent: return "NEXT_EVENT"
    }
}

func encode(_ value: PortFailure) -> Any {
    [encode(value.port), encode(value.call), value.retryable, value.reason] as [Any]
}

func encode(_ value: Remedy) -> Any {
    switch value {
    case .phone: return "PHONE"
    case .vehicle: return "VEHICLE"
    case .account: return "ACCOUNT"
    case .backend: return "BACKEND"
    }
}

func encode(_ value: Tap) -> Any {
    switch value {
    case .entry: return "ENTRY"
    case .`continue`: return "CONTINUE"
    case .retry: return "RETRY"
    case .tickBox: return "TICK_BOX"
    case .untickBox: return "UNTICK_BOX"
    case .cardAction: return "CARD_ACTION"
    case .tutorial: return "TUTORIAL"
    case .confirmMove: return "CONFIRM_MOVE"
    case .cancelMove: return "CANCEL_MOVE"
    case .confirmError: return "CONFIRM_ERROR"
    case .back: return "BACK"
    case .close: return "CLOSE"
    }
}

func encode(_ value: ViewState) -> Any {
    [(value.vehicle.map { $0.text() as Any } ?? NSNull()), encode(value.entry), value.vehicleUpgradeRequired, encode(value.page), value.pageName, value.offers.map { encode($0) }, encode(value.keyState), (value.passwordUses.map { Int64($0) as Any } ?? NSNull()), value.pairingRuns, (value.warning.map { encode($0) as Any } ?? NSNull()), (value.wait.map { Int64($0) as Any } ?? NSNull()), (value.notice.map { encode($0) as Any } ?? NSNull())] as [Any]
}

func decodeIntent(_ wire: Any?) throws -> Intent {
    switch wirePart(wire, 0) as? String {
    case "SelectVehicle": return try .selectVehicle(vin: Vin(text: readWire(wirePart(wire, 1), String.self)))
    case "Tap": return try .tap(tap: decodeTap(wirePart(wire, 1)))
    default: throw unknownWire("Intent")
    }
}

func decodeTap(_ wire: Any?) throws -> Tap {
    switch wire as? String {
    case "ENTRY": return .entry
    case "CONTINUE": return .`continue`
    case "RETRY": return .retry
    case "TICK_BOX": return .tickBox
    case "UNTICK_BOX": return .untickBox
    case "CARD_ACTION": return .cardAction
    case "TUTORIAL": return .tutorial
    case "CONFIRM_MOVE": return .confirmMove
    case "CANCEL_MOVE": return .cancelMove
    case "CONFIRM_ERROR": return .confirmError
    case "BACK": return .back
    case "CLOSE": return .close
    default: throw unknownWire("Tap")
    }
}

import DigitalKey
import Foundation

/// Returns a text of the catalog `DigitalKey.xcstrings`, which `cargo xtask codegen texts` writes.
func localized(_ key: String, _ arguments: any CVarArg...) -> String {
    let text = Bundle.main.localizedString(forKey: key, value: nil, table: "DigitalKey")
    return arguments.isEmpty ? text : String(format: text, arguments: arguments)
}

extension Tap {
    /// The text on the button of a tap.
    func textKey(on page: PageView) -> String {
        switch self {
        case .entry: return "tap-entry"
        case .continue: return "tap-continue"
        case .retry: return "tap-retry"
        case .close: return "tap-close"
        case .back: return "tap-back"
        case .tickBox, .untickBox: return "tap-checkbox"
        case .cardAction:
            guard case .overview(let card, _) = page else { return "tap-edit-in-wallet" }
            switch card.action {
            case .editInWallet: return "tap-edit-in-wallet"
            case .moveToThisPhone: return "tap-move-to-this-phone"
            }
        case .tutorial: return "tap-tutorial"
        case .confirmMove: return "tap-confirm-move"
        case .cancelMove: return "tap-cancel-move"
        case .confirmError: return "tap-confirm-error"
        }
    }
}

extension BlockerView {
    /// What keeps the driver from pairing.
    var textKey: String {
        switch blocker {
        case .backendError: "blocker-backend-error"
        case .phoneNotSupported: "blocker-phone-not-supported"
        case .phoneSoftwareUpdateRequired:
            switch issue {
            case .appleRefuses: "blocker-apple-refuses"
            case .appleDidNotAnswer: "blocker-apple-did-not-answer"
            case .iosTooOld, nil: "blocker-ios-too-old"
            }
        case .notPrimarySubscriber: "blocker-not-primary-subscriber"
        case .vehicleNotPrepared: "blocker-vehicle-not-prepared"
        case .pairingPasswordUnavailable: "blocker-pairing-password-unavailable"
        }
    }
}

extension PairingAdvice {
    /// What the driver can do.
    var textKey: String {
        switch self {
        case .tryAgain: "advice-try-again"
        case .cancelled: "advice-cancelled"
        case .reportFault: "advice-report-fault"
        case .tryAgainThenSupport: "advice-try-again-then-support"
        case .checkVehicleAndPhoneSoftware: "advice-check-vehicle-and-phone-software"
        case .checkVehicleIsReady: "advice-check-vehicle-is-ready"
        case .updateIos: "advice-update-ios"
        }
    }
}

extension AppleErrorCode {
    /// What Apple reported.
    var textKey: String {
        switch self {
        case .genericError: "apple-generic-error"
        case .userCanceled: "apple-user-canceled"
        case .unavailable: "apple-unavailable"
        case .invalidConfiguration: "apple-invalid-configuration"
        case .deviceNotSupported: "apple-device-not-supported"
        case .deviceNotReady: "apple-device-not-ready"
        case .osVersionNotSupported: "apple-os-version-not-supported"
        }
    }
}

extension KeyState {
    /// Where the key is.
    var textKey: String {
        switch self {
        case .unknown: "key-state-unknown"
        case .none: "key-state-none"
        case .otherDevice: "key-state-other-device"
        case .activeTracked: "key-state-active-tracked"
        case .activeUntracked: "key-state-active-untracked"
        }
    }
}

extension HiddenReason {
    /// Why there is no entry.
    var text: String {
        switch self {
        case .noVehicle: localized("hidden-no-vehicle")
        case .platform: localized("hidden-platform")
        case .notSupported: localized("hidden-not-supported")
        case .asking: localized("hidden-asking")
        case .failed(let kind, _): localized("hidden-failed", kind.text)
        case .unknownValue: localized("hidden-unknown-value")
        }
    }
}

extension FailureKind {
    /// Why the backend did not answer.
    fileprivate var text: String {
        switch self {
        case .unreachable: localized("failure-unreachable")
        case .interrupted: localized("failure-interrupted")
        case .deadlineExceeded: localized("failure-deadline-exceeded")
        case .status(let status): localized("failure-status", Int(status))
        case .unauthorized: localized("failure-unauthorized")
        case .noToken: localized("failure-no-token")
        case .malformed: localized("failure-malformed")
        case .circuitOpen: localized("failure-circuit-open")
        case .other: localized("failure-other")
        }
    }
}

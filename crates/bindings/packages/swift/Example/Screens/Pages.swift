#if canImport(SwiftUI)
import DigitalKey
import SwiftUI

/// The vehicle tab with its entry (ENT-1 to ENT-7).
@available(iOS 15, macOS 12, *)
struct VehicleTabPage: View {
    let view: ViewState
    let isOpening: Bool
    let hidden: HiddenReason?

    var body: some View {
        Text(localized("vehicle-tab-title")).font(.title)
        if let vehicle = view.vehicle {
            // Its description has the first and the last characters of the VIN only (GEN-6).
            Text(verbatim: "\(vehicle)")
        }
        if view.vehicleUpgradeRequired {
            Text(localized("vehicle-tab-update")).multilineTextAlignment(.center)
        }
        if isOpening {
            ProgressView(localized("loading"))
        }
        switch view.entry {
        case .digitalKey: EmptyView()
        case .comingSoon: Text(localized("vehicle-tab-coming-soon"))
        case .hidden:
            // For a tester: a driver sees no entry, and no reason.
            if let hidden {
                Text(hidden.text).font(.footnote).foregroundColor(.secondary)
            }
        }
    }
}

/// Welcome, with what keeps the driver from pairing (WEL-7).
@available(iOS 15, macOS 12, *)
struct WelcomePage: View {
    let blockers: [BlockerView]
    let isMove: Bool

    var body: some View {
        Paragraphs(title: "welcome-title", texts: isMove ? ["welcome-body", "welcome-move"] : ["welcome-body"])
        ForEach(blockers, id: \.code) { blocker in
            Text(localized(blocker.textKey)).multilineTextAlignment(.center).foregroundColor(.red)
        }
    }
}

/// The last page before Apple's sheet, with its checkbox.
@available(iOS 15, macOS 12, *)
struct ReadyToPairPage: View {
    let isChecked: Bool
    let isHighlighted: Bool
    let tap: (Tap) -> Void

    var body: some View {
        Paragraphs(title: "ready-to-pair-title", texts: ["ready-to-pair-body"])
        Toggle(
            localized("tap-checkbox"),
            isOn: Binding(get: { isChecked }, set: { tap($0 ? .tickBox : .untickBox) })
        )
        .foregroundColor(isHighlighted ? .red : .primary)
        if isHighlighted {
            Text(localized("ready-to-pair-hint")).foregroundColor(.red)
        }
    }
}

/// Apple's API made no key (CBK-6).
@available(iOS 15, macOS 12, *)
struct PairingErrorPage: View {
    let reason: AppleErrorCode?
    let advice: PairingAdvice?
    let isRefreshing: Bool

    var body: some View {
        Paragraphs(
            title: "pairing-error-title", texts: [reason?.textKey ?? "pairing-error-no-reason"])
        if let advice {
            Text(localized(advice.textKey)).multilineTextAlignment(.center)
        }
        if isRefreshing {
            ProgressView(localized("pairing-error-refreshing"))
        }
    }
}

/// The card of the owner key (OVR-3, OVR-4).
@available(iOS 15, macOS 12, *)
struct OverviewPage: View {
    let card: CardView
    let keyState: KeyState
    let link: String

    var body: some View {
        Paragraphs(
            title: "overview-title",
            texts: card.cannotUnlock ? [keyState.textKey, "overview-cannot-unlock"] : [keyState.textKey])
        if let url = URL(string: link) {
            Link(localized("overview-more-information", link), destination: url)
        }
    }
}

/// An error page, PairingError aside (ERR-3, OVR-2, WEL-6).
@available(iOS 15, macOS 12, *)
struct ErrorPageScreen: View {
    let page: ErrorPage

    var body: some View {
        switch page {
        case .blocked(let blocker): Paragraphs(title: "blocked-title", texts: [blocker.textKey])
        case .pairingAttemptsExhausted:
            Paragraphs(
                title: "pairing-attempts-exhausted-title", texts: ["pairing-attempts-exhausted-body"])
        case .keyDeleted: Paragraphs(title: "key-deleted-title", texts: ["key-deleted-body"])
        }
    }
}

/// Every page and each of its variants, in Xcode's canvas.
@available(iOS 15, macOS 12, *)
struct DigitalKeyScreenPreviews: PreviewProvider {
    static var previews: some View {
        ForEach(cannedViews(), id: \.name) { canned in
            DigitalKeyScreen(model: DigitalKeyModel(preview: canned.view))
                .previewDisplayName(canned.name)
        }
    }
}
#endif

#if canImport(SwiftUI)
import DigitalKey
import SwiftUI

/// The digital key in an app: the page that the core shows, or why the core does not run.
@available(iOS 15, macOS 12, *)
public struct DigitalKeyScreen: View {
    @ObservedObject private var model: DigitalKeyModel

    public init(model: DigitalKeyModel) {
        self.model = model
    }

    public var body: some View {
        if let view = model.view {
            PageScreen(view: view, tap: model.tap)
        } else if let error = model.startError {
            VStack(spacing: 16) {
                Text(localized("blocked-title")).font(.title)
                // For a tester. An app for drivers shows a text of its own, and logs this one.
                Text(verbatim: error.localizedDescription).multilineTextAlignment(.center)
                Button(localized("tap-retry")) { model.retryStart() }
            }
            .padding()
        } else {
            ProgressView(localized("loading"))
        }
    }
}

/// One view of the core: its page, what it reports beside it, and a button for each tap that it offers.
@available(iOS 15, macOS 12, *)
struct PageScreen: View {
    let view: ViewState
    let tap: (Tap) -> Void

    var body: some View {
        ScrollView {
            VStack(spacing: 16) {
                page
                reports
                ForEach(view.buttons, id: \.self) { offered in
                    Button(localized(offered.textKey(on: view.page))) { tap(offered) }
                }
            }
            .padding()
        }
    }

    /// The compiler reports a page that is missing here.
    @ViewBuilder
    private var page: some View {
        switch view.page {
        case .vehicleTab(let opening, let hidden):
            VehicleTabPage(view: view, isOpening: opening, hidden: hidden)
        case .welcome(let blockers, let moveFlow): WelcomePage(blockers: blockers, isMove: moveFlow)
        case .grabYourTwoKeys:
            Paragraphs(title: "grab-your-two-keys-title", texts: ["grab-your-two-keys-body"])
        case .readyToPair(let checked, let highlighted):
            ReadyToPairPage(isChecked: checked, isHighlighted: highlighted, tap: tap)
        case .pairingError(let reason, let advice, let refreshing):
            PairingErrorPage(reason: reason, advice: advice, isRefreshing: refreshing)
        case .tutorial1: Paragraphs(title: "tutorial1-title", texts: ["tutorial1-body"])
        case .tutorial2: Paragraphs(title: "tutorial2-title", texts: ["tutorial2-body"])
        case .overview(let card, let link):
            OverviewPage(card: card, keyState: view.keyState, link: link)
        case .moveKeyWarning:
            Paragraphs(title: "move-key-warning-title", texts: ["move-key-warning-body"])
        case .error(let page): ErrorPageScreen(page: page)
        }
    }

    /// What any page may report.
    @ViewBuilder
    private var reports: some View {
        if view.pairingRuns {
            ProgressView(localized("pairing-runs"))
        }
        if let warning = view.warning {
            Text(localized("warning", localized(warning.textKey))).foregroundColor(.secondary)
        }
        if let seconds = view.wait {
            Text(localized("wait", Int(seconds))).foregroundColor(.secondary)
        }
        switch view.notice {
        case nil: EmptyView()
        case .walletNotOpened: Text(localized("notice-wallet-not-opened")).foregroundColor(.secondary)
        }
    }
}

extension ViewState {
    /// The taps that are buttons: the checkbox of ReadyToPair draws itself.
    fileprivate var buttons: [Tap] {
        offers.filter { $0 != .tickBox && $0 != .untickBox }
    }
}

/// A title and some texts, by their keys.
@available(iOS 15, macOS 12, *)
struct Paragraphs: View {
    let title: String
    let texts: [String]

    var body: some View {
        Text(localized(title)).font(.title)
        ForEach(Array(texts.indices), id: \.self) { index in
            Text(localized(texts[index])).multilineTextAlignment(.center)
        }
    }
}
#endif

#if canImport(SwiftUI)
import DigitalKey
import SwiftUI

/// Draws the view of the core, with a button for each tap that the page offers. A real app has a design
/// of its own for each page; this one shows that the view contains all that a page needs.
@available(iOS 15, macOS 12, *)
public struct DigitalKeyScreen: View {
    /// `nil` in a preview, which shows one view.
    let app: DigitalKeyApp?
    @State private var view: ViewState?

    public init(app: DigitalKeyApp) {
        self.app = app
    }

    /// Draws this view alone, for previews and snapshot tests.
    init(preview view: ViewState) {
        app = nil
        _view = State(initialValue: view)
    }

    public var body: some View {
        VStack(spacing: 16) {
            if let view {
                Text(view.pageName).font(.title)
                page(view.page, entry: view.entry)
                if view.pairingRuns {
                    ProgressView()
                }
                ForEach(view.offers, id: \.self) { tap in
                    button(title(tap, view.page), tap)
                }
            }
        }
        .task {
            guard let views = try? app?.views() else { return }
            for await view in views {
                self.view = view
            }
        }
    }

    @ViewBuilder
    private func page(_ page: PageView, entry: EntryView) -> some View {
        switch page {
        case .vehicleTab(let opening, _):
            if opening { ProgressView() } else { self.entry(entry) }
        case .welcome(let blockers, _):
            ForEach(blockers, id: \.code) { Text($0.code) }
        case .readyToPair(let checked, let highlighted):
            Text(checked ? "☑ Both keys are here" : "☐ Both keys are here")
                .foregroundColor(highlighted ? .red : .primary)
        case .overview(let card, let link):
            if card.cannotUnlock {
                Text("This key cannot unlock or start the car yet")
            }
            if let url = URL(string: link) {
                Link("More information", destination: url)
            }
        case .error(let error):
            Text(String(describing: error))
        case .grabYourTwoKeys, .pairingError, .tutorial1, .tutorial2, .moveKeyWarning:
            EmptyView()
        }
    }

    @ViewBuilder
    private func entry(_ entry: EntryView) -> some View {
        switch entry {
        case .hidden: EmptyView()
        case .comingSoon: Text("Digital Key is coming soon")
        case .digitalKey: EmptyView()
        }
    }

    /// The text on the button of a tap.
    private func title(_ tap: Tap, _ page: PageView) -> String {
        switch tap {
        case .entry: return "Digital Key"
        case .continue: return "Continue"
        case .retry: return "Retry"
        case .close: return "Close"
        case .back: return "Back"
        case .tickBox: return "Both keys are here"
        case .untickBox: return "Not both keys are here"
        case .cardAction:
            if case .overview(let card, _) = page, card.action == .editInWallet { return "Edit in wallet" }
            return "Move to this phone"
        case .tutorial: return "Tutorial"
        case .confirmMove: return "Move to this phone"
        case .cancelMove: return "Cancel"
        case .confirmError: return "OK"
        }
    }

    private func button(_ title: String, _ tap: Tap) -> some View {
        // The core ignores a tap that the page does not offer, and throws when it has ended.
        Button(title) { try? app?.dispatch(intent: .tap(tap: tap)) }
    }
}

/// Every page, in Xcode's canvas.
@available(iOS 15, macOS 12, *)
struct DigitalKeyScreenPreviews: PreviewProvider {
    static var previews: some View {
        ForEach(cannedViews(), id: \.name) { canned in
            DigitalKeyScreen(preview: canned.view).previewDisplayName(canned.name)
        }
    }
}
#endif

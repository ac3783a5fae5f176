#if canImport(SwiftUI)
import DigitalKey
import SwiftUI

/// Draws the view of the core, and sends a tap for each control. A real app has a design of its own for
/// each page; this one shows that the view contains all that a page needs.
@available(iOS 15, macOS 12, *)
public struct DigitalKeyScreen: View {
    let app: DigitalKeyApp
    @State private var view: ViewState?

    public init(app: DigitalKeyApp) {
        self.app = app
    }

    public var body: some View {
        VStack(spacing: 16) {
            if let view {
                Text(view.pageName).font(.title)
                page(view.page, entry: view.entry)
                if view.pairingRuns {
                    ProgressView()
                }
                if view.continueEnabled {
                    button("Continue", .continue)
                }
                if view.offersRetry {
                    button("Retry", .retry)
                }
                if offersBack(view.page) {
                    button("Back", .back)
                }
                if view.pageName != "VehicleTab" {
                    button("Close", .close)
                }
            }
        }
        .task {
            guard let views = try? app.views() else { return }
            for await view in views {
                self.view = view
            }
        }
    }

    @ViewBuilder
    private func page(_ page: PageView, entry: EntryView) -> some View {
        switch page {
        case .vehicleTab(let opening):
            if opening { ProgressView() } else { self.entry(entry) }
        case .welcome(let blockers, _):
            ForEach(blockers, id: \.code) { Text($0.code) }
        case .readyToPair(let checked, let highlighted):
            button(checked ? "☑ Both keys are here" : "☐ Both keys are here", checked ? .untickBox : .tickBox)
                .foregroundColor(highlighted ? .red : .primary)
        case .overview(let card, let link):
            if card.cannotUnlock {
                Text("This key cannot unlock or start the car yet")
            }
            switch card.action {
            case .editInWallet: button("Edit in wallet", .cardAction)
            case .moveToThisPhone: button("Move to this phone", .cardAction)
            }
            button("Tutorial", .tutorial)
            if let url = URL(string: link) {
                Link("More information", destination: url)
            }
        case .moveKeyWarning:
            button("Move to this phone", .confirmMove)
            button("Cancel", .cancelMove)
        case .error:
            button("OK", .confirmError)
        case .grabYourTwoKeys, .pairingError, .tutorial1, .tutorial2:
            EmptyView()
        }
    }

    @ViewBuilder
    private func entry(_ entry: EntryView) -> some View {
        switch entry {
        case .hidden: EmptyView()
        case .comingSoon: Text("Digital Key is coming soon")
        case .digitalKey: button("Digital Key", .entry)
        }
    }

    /// The pages that Back leads somewhere from (GEN-1); the error pages have a button of their own.
    private func offersBack(_ page: PageView) -> Bool {
        switch page {
        case .welcome, .grabYourTwoKeys, .readyToPair, .tutorial1, .tutorial2, .overview, .moveKeyWarning: true
        case .vehicleTab, .pairingError, .error: false
        }
    }

    private func button(_ title: String, _ tap: Tap) -> some View {
        // The core ignores a tap that the page does not offer, and throws when it has ended.
        Button(title) { try? app.dispatch(intent: .tap(tap: tap)) }
    }
}
#endif

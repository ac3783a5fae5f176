#if canImport(SwiftUI)
import DigitalKey
import SwiftUI

/// Draws what the core says, and tells it what the user did. A real app has a page design of its
/// own for each case; this one shows that a view is all that a page needs.
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
                page(view.page)
                if view.pairingRuns {
                    ProgressView()
                }
                if view.continueEnabled {
                    button("Continue", .continue)
                }
                if view.offersRetry {
                    button("Retry", .retry)
                }
                if view.page != .vehicleTab(opening: false) {
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
    private func page(_ page: PageView) -> some View {
        switch page {
        case .vehicleTab(let opening):
            if opening { ProgressView() } else { button("Digital Key", .entry) }
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

    private func button(_ title: String, _ tap: Tap) -> some View {
        // A tap that the page does not offer is ignored; a core that has ended takes none.
        Button(title) { try? app.dispatch(intent: .tap(tap: tap)) }
    }
}
#endif

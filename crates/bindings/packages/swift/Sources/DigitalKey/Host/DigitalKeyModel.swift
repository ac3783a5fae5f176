#if canImport(Combine)
import Combine

/// What a screen in SwiftUI shows: the newest view of the core, or the error of its start.
@MainActor
public final class DigitalKeyModel: ObservableObject {
    /// The newest view; `nil` until the core runs.
    @Published public private(set) var view: ViewState?

    /// Why the core does not run. Show it with a button for ``retryStart()``.
    @Published public private(set) var startError: (any Error)?

    private let host: DigitalKeyHost?
    private var vehicle: Vin?
    private var following: Task<Void, Never>?
    private var viewing: Task<Void, Never>?

    /// Follows this host, and starts it.
    public init(host: DigitalKeyHost) {
        self.host = host
        host.start()
        let states = host.states()
        following = Task { [weak self] in
            for await state in states { self?.show(state) }
        }
    }

    /// Shows this view alone, for previews and snapshot tests; taps do not do anything.
    public init(preview view: ViewState) {
        host = nil
        self.view = view
    }

    deinit {
        following?.cancel()
        viewing?.cancel()
    }

    /// Passes a tap on. The core ignores one that the page does not offer.
    public func tap(_ tap: Tap) {
        dispatch(.tap(tap: tap))
    }

    /// Shows this vehicle on the vehicle tab, now and after each start of the core.
    public func select(_ vin: Vin) {
        vehicle = vin
        dispatch(.selectVehicle(vin: vin))
    }

    /// Tries at once to start the core, after ``startError``.
    public func retryStart() {
        host?.start()
    }

    private func dispatch(_ intent: Intent) {
        // The call fails only while the core is shut down, or when more taps wait than a person can make.
        try? host?.app?.dispatch(intent: intent)
    }

    private func show(_ state: DigitalKeyHost.State) {
        viewing?.cancel()
        switch state {
        case .starting: break
        case .stopped:
            view = nil
            startError = nil
        case .failed(let error, isRetried: _):
            view = nil
            startError = error
        case .running(let app):
            startError = nil
            guard let views = try? app.views() else { return }
            if let vehicle { select(vehicle) }
            viewing = Task { [weak self] in
                for await view in views {
                    guard !Task.isCancelled else { return }
                    self?.view = view
                }
            }
        }
    }
}
#endif

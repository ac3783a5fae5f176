#if canImport(UIKit)
import UIKit

extension DigitalKeyHost {
    /// Creates the host of an app on an iPhone, which is stopped.
    ///
    /// Make it while the app launches, before a window is there: the phone reports only what happens from
    /// then on.
    ///
    /// - Parameters:
    ///   - settings: What Apple and the maker agree on.
    ///   - presenter: Presents Apple's sheet; `nil` = a ``FrontPresenter`` for the front window of the app.
    ///   - config: Changes the configuration, which has the phone's model and version.
    ///   - listener: Receives failures, diagnostics and the funnel, on a thread of the core.
    ///   - ports: Returns the ports of an app. It is called again after a failure, and after a shutdown.
    public convenience init(
        settings: IosSettings,
        presenter: (any SheetPresenter)? = nil,
        config: (@MainActor (inout Config) -> Void)? = nil,
        listener: (any Listener)? = nil,
        ports: @escaping @MainActor (IosPhone) async throws -> Ports
    ) {
        let phone = Result {
            try IosPhone(settings: settings, presenter: presenter ?? FrontPresenter())
        }
        self.init(system: UIKitSystem()) {
            var own = Config(phone: .thisDevice)
            config?(&own)
            let app = try DigitalKeyApp(config: own, ports: try await ports(phone.get()))
            try app.start(listener: listener)
            return app
        }
        self.phone = try? phone.get()
    }
}

extension Phone {
    /// The device on which the app runs, for `Config`. A simulator is the model that it plays (REQ-2).
    @MainActor
    public static var thisDevice: Phone {
        .ios(machine: machineIdentifier(), version: UIDevice.current.systemVersion)
    }
}
#endif

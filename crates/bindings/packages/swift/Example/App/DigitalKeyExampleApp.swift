#if canImport(UIKit) && canImport(SwiftUI)
import DigitalKey
import SwiftUI

/// The example as an app. `README.md` beside this folder says how to make it in Xcode.
@main
struct DigitalKeyExampleApp: App {
    /// One host for the process: `static`, so that no window makes another one.
    private static let host = DigitalKeyHost(settings: settings) { phone in
        try await ports(of: phone)
    }

    @StateObject private var model = DigitalKeyModel(host: host)

    var body: some Scene {
        WindowGroup {
            DigitalKeyScreen(model: model)
                .task {
                    // A real app lets the driver choose one of the account's vehicles.
                    if let vin = try? Vin(text: "WBADKEY0000000001") { model.select(vin) }
                }
                #if DEBUG
                .tester(of: tester)
                #endif
        }
    }

    /// What Apple and the maker agree on.
    private static var settings: IosSettings {
        IosSettings(
            keyField: .primaryAccountIdentifier,
            identifiers: MakerIdentifiers(
                radioTechnologies: .nfcAndBluetooth, issuer: "your-issuer",
                localizedDescription: "Example car")
        )
    }

    @MainActor
    private static func ports(of phone: IosPhone) async throws -> Ports {
        let account = SignIn.shared.account
        var ports = Ports(
            bff: try BffAdapter.http(baseUrl: "http://127.0.0.1:8480", tokens: SignIn.shared),
            wallet: phone.wallet(),
            applePairing: phone.applePairing(),
            cache: try await CacheAdapter.sled(
                directory: CacheFolder.prepare().path, keys: KeychainKey(), account: account),
            appLifecycle: phone.appLifecycle()
        )
        #if DEBUG
        if playsApple {
            ports.wallet = WalletAdapter.own(wallet: tester)
            ports.applePairing = ApplePairingAdapter.own(applePairing: tester)
        }
        #endif
        return ports
    }

    #if DEBUG
    /// A tester plays Apple's sheet where there is no car: in the simulator, or with this argument.
    private static var playsApple: Bool {
        #if targetEnvironment(simulator)
        true
        #else
        ProcessInfo.processInfo.arguments.contains("-simulated-sheet")
        #endif
    }
    #endif
}

#if DEBUG
private let tester = SimulatedPhone()
#endif

/// The sign-in of your app. This one suits the backend for development, which accepts each token.
final class SignIn: TokenProvider {
    static let shared = SignIn()

    /// An opaque id of the account, by which the cache knows whose it is (GEN-5).
    let account = "account-1"

    func token() async throws -> BearerToken {
        try BearerToken(text: "the-token-of-your-sign-in")
    }

    func refresh(rejected: BearerToken) async throws -> BearerToken {
        try BearerToken(text: "a-fresh-one")
    }
}
#endif

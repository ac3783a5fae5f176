// A stub of UIKit for systems without it: the few declarations that the package, its tests, the example
// and the pages use, as Apple documents them.

@_exported import Foundation

@MainActor open class UIResponder: Hashable {
    public init() {}

    public nonisolated static func == (one: UIResponder, other: UIResponder) -> Bool {
        one === other
    }

    public nonisolated func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}

public struct UIBackgroundTaskIdentifier: RawRepresentable, Hashable, Sendable {
    public static let invalid = UIBackgroundTaskIdentifier(rawValue: 0)
    public let rawValue: Int

    public init(rawValue: Int) {
        self.rawValue = rawValue
    }
}

@MainActor public protocol UIApplicationDelegate: AnyObject {
    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool
}

@MainActor open class UIApplication: UIResponder {
    public static let shared = UIApplication()
    public nonisolated static let protectedDataDidBecomeAvailableNotification =
        Notification.Name("UIApplicationProtectedDataDidBecomeAvailable")

    public struct LaunchOptionsKey: Hashable, Sendable {}

    public var connectedScenes: Set<UIScene> = []
    /// The tasks that have begun and not ended; only in this stub.
    public var backgroundTasks: [UIBackgroundTaskIdentifier] = []

    public func beginBackgroundTask(
        expirationHandler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier {
        let task = UIBackgroundTaskIdentifier(rawValue: (backgroundTasks.last?.rawValue ?? 0) + 1)
        backgroundTasks.append(task)
        return task
    }

    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {
        backgroundTasks.removeAll { $0 == identifier }
    }
}

@MainActor public final class UIDevice {
    public static let current = UIDevice()
    public let systemVersion = ""
}

@MainActor open class UIView: UIResponder {
    public weak var window: UIWindow?
}

@MainActor open class UIViewController: UIResponder {
    public var viewIfLoaded: UIView?
    public var presentedViewController: UIViewController?
    public var isBeingPresented = false
    public var isBeingDismissed = false

    public func present(
        _ viewController: UIViewController, animated: Bool, completion: (() -> Void)? = nil
    ) {
        presentedViewController = viewController
    }
}

@MainActor open class UIScene: UIResponder {
    public nonisolated static let willEnterForegroundNotification =
        Notification.Name("UISceneWillEnterForeground")
    public nonisolated static let didActivateNotification = Notification.Name("UISceneDidActivate")
    public nonisolated static let didEnterBackgroundNotification =
        Notification.Name("UISceneDidEnterBackground")
    public nonisolated static let didDisconnectNotification = Notification.Name("UISceneDidDisconnect")

    public final class ConnectionOptions {}

    public enum ActivationState: Int, Sendable {
        case unattached = -1
        case foregroundActive, foregroundInactive, background
    }

    public let session: UISceneSession
    public var activationState = ActivationState.unattached

    public init(session: UISceneSession) {
        self.session = session
    }
}

@MainActor open class UIWindowScene: UIScene {
    public var windows: [UIWindow] = []
}

@MainActor public final class UISceneSession {
    public struct Role: RawRepresentable, Hashable, Sendable {
        public static let windowApplication = Role(rawValue: "UIWindowSceneSessionRoleApplication")
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    public let role: Role
    public let persistentIdentifier: String

    public init(role: Role, persistentIdentifier: String) {
        self.role = role
        self.persistentIdentifier = persistentIdentifier
    }
}

@MainActor open class UIWindow: UIView {
    public var rootViewController: UIViewController?
    public var isKeyWindow = false

    public init(windowScene: UIWindowScene) {
        super.init()
        windowScene.windows.append(self)
    }

    public func makeKeyAndVisible() {
        isKeyWindow = true
    }
}

@MainActor public protocol UISceneDelegate: AnyObject {
    func scene(
        _ scene: UIScene, willConnectTo session: UISceneSession, options: UIScene.ConnectionOptions)
    func sceneDidDisconnect(_ scene: UIScene)
}

@MainActor public protocol UIWindowSceneDelegate: UISceneDelegate {
    var window: UIWindow? { get set }
}

// A stub of UIKit for systems without it: the few declarations that the package and its tests use, as
// Apple documents them.

@MainActor open class UIResponder {
    public init() {}
}

public struct UIBackgroundTaskIdentifier: Sendable {
    public static let invalid = UIBackgroundTaskIdentifier()
}

@MainActor open class UIApplication: UIResponder {
    public static let shared = UIApplication()

    public func beginBackgroundTask(
        expirationHandler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier {
        .invalid
    }

    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {}
}

@MainActor public final class UIDevice {
    public static let current = UIDevice()
    public let systemVersion = ""
}

@MainActor open class UIView: UIResponder {
    public var window: UIWindow?
}

@MainActor open class UIViewController: UIResponder {
    public var viewIfLoaded: UIView?
    public var presentedViewController: UIViewController?
    public var isBeingDismissed = false

    public func present(
        _ viewController: UIViewController, animated: Bool, completion: (() -> Void)? = nil
    ) {
        presentedViewController = viewController
    }
}

@MainActor open class UIScene: UIResponder {
    public final class ConnectionOptions {}
}

@MainActor open class UIWindowScene: UIScene {}

public final class UISceneSession {}

@MainActor open class UIWindow: UIView {
    public var rootViewController: UIViewController?

    public init(windowScene: UIWindowScene) {}

    public func makeKeyAndVisible() {}
}

@MainActor public protocol UISceneDelegate: AnyObject {
    func scene(
        _ scene: UIScene, willConnectTo session: UISceneSession, options: UIScene.ConnectionOptions)
    func sceneWillEnterForeground(_ scene: UIScene)
    func sceneDidEnterBackground(_ scene: UIScene)
}

@MainActor public protocol UIWindowSceneDelegate: UISceneDelegate {
    var window: UIWindow? { get set }
}

#if canImport(UIKit)
import UIKit

/// The scenes and the background tasks of an app on iOS.
///
/// Only scenes with windows of the app count. A scene of CarPlay comes and goes by itself, and
/// `UIApplication` posts nothing when the app returns to the phone's screen beside it. An app that
/// declares no scenes has one, too.
@MainActor
public final class UIKitSystem: HostSystem {
    private var observers: [Observer] = []

    public init() {}

    public var foregroundScenes: Set<SceneId> {
        let scenes = UIApplication.shared.connectedScenes.filter {
            $0.activationState == .foregroundActive || $0.activationState == .foregroundInactive
        }
        return Set(scenes.compactMap { ($0 as? UIWindowScene)?.appWindows })
    }

    public func observe(_ receive: @escaping @MainActor (SystemEvent) -> Void) {
        observeScenes(UIScene.willEnterForegroundNotification) { receive(.sceneInForeground($0)) }
        // Whether a scene enters the foreground when the app is launched is not documented.
        observeScenes(UIScene.didActivateNotification) { receive(.sceneInForeground($0)) }
        observeScenes(UIScene.didEnterBackgroundNotification) { receive(.sceneInBackground($0)) }
        observeScenes(UIScene.didDisconnectNotification) { receive(.sceneInBackground($0)) }
        observe(UIApplication.protectedDataDidBecomeAvailableNotification) { _ in receive(.unlocked) }
    }

    private func observeScenes(
        _ name: Notification.Name, _ receive: @escaping @MainActor (SceneId) -> Void
    ) {
        observe(name) { scene in
            if let id = scene?.appWindows { receive(id) }
        }
    }

    private func observe(
        _ name: Notification.Name, _ receive: @escaping @MainActor (UIWindowScene?) -> Void
    ) {
        observers.append(
            Observer(name) { object in
                let scene = object as? UIWindowScene
                // UIKit posts these on the main thread.
                MainActor.assumeIsolated { receive(scene) }
            })
    }

    public func beginBackgroundTask(expired: @escaping @MainActor @Sendable () -> Void) -> Int? {
        let task = UIApplication.shared.beginBackgroundTask(expirationHandler: expired)
        return task == .invalid ? nil : task.rawValue
    }

    public func endBackgroundTask(_ task: Int) {
        UIApplication.shared.endBackgroundTask(UIBackgroundTaskIdentifier(rawValue: task))
    }
}

extension UIWindowScene {
    /// The name of a scene with windows of the app; none for a scene on another screen.
    fileprivate var appWindows: SceneId? {
        session.role == .windowApplication ? session.persistentIdentifier : nil
    }
}

/// An observer of a notification, on the thread that posts it, until it is released.
private final class Observer: @unchecked Sendable {
    private let token: any NSObjectProtocol

    init(_ name: Notification.Name, _ receive: @escaping @Sendable (Any?) -> Void) {
        token = NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) {
            receive($0.object)
        }
    }

    deinit {
        NotificationCenter.default.removeObserver(token)
    }
}
#endif

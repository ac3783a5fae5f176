import Foundation

/// What a ``DigitalKeyHost`` needs of the operating system. On iOS ``UIKitSystem`` is the one to use; a
/// test brings its own.
@MainActor
public protocol HostSystem: AnyObject {
    /// The scenes with windows that are in the foreground now.
    var foregroundScenes: Set<SceneId> { get }

    /// Calls a function with each event from now on. The host calls this once.
    func observe(_ receive: @escaping @MainActor (SystemEvent) -> Void)

    /// Asks for time in the background, and calls a function when that time ends. Returns `nil` if the
    /// system gives none.
    func beginBackgroundTask(expired: @escaping @MainActor @Sendable () -> Void) -> Int?

    /// Gives the time back. The host calls it once for each task.
    func endBackgroundTask(_ task: Int)
}

/// The name of a scene, which stays the same when the scene reconnects.
public typealias SceneId = String

/// What happened to the app.
public enum SystemEvent: Sendable, Hashable {
    /// A scene with windows is coming to the foreground, or is active. A scene may report both.
    case sceneInForeground(SceneId)
    /// A scene with windows is in the background, or is gone.
    case sceneInBackground(SceneId)
    /// The phone was unlocked for the first time since its start: files and Keychain are readable.
    case unlocked
}

/// The scenes that are in the foreground. The app is in the background when none is.
struct ForegroundScenes {
    private var scenes: Set<SceneId> = []

    enum Change {
        case appInForeground, appInBackground
    }

    var isEmpty: Bool { scenes.isEmpty }

    mutating func add(_ scene: SceneId) -> Change? {
        let isFirst = scenes.isEmpty
        scenes.insert(scene)
        return isFirst ? .appInForeground : nil
    }

    mutating func remove(_ scene: SceneId) -> Change? {
        scenes.remove(scene) != nil && scenes.isEmpty ? .appInBackground : nil
    }
}

/// Time in the background that is given back once, however it ends.
@MainActor
final class BackgroundTask {
    private let system: any HostSystem
    private var task: Int?

    /// - Parameter expired: It is called when the time ends before ``end()``.
    init(system: any HostSystem, expired: @escaping @MainActor () -> Void) {
        self.system = system
        task = system.beginBackgroundTask { [self] in
            // iOS ends an app that keeps a task whose time has ended.
            if task != nil { expired() }
            end()
        }
    }

    func end() {
        guard let task else { return }
        self.task = nil
        system.endBackgroundTask(task)
    }
}

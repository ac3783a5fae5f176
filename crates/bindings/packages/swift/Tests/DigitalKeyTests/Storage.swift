import DigitalKey
import Foundation

#if os(Linux)
import Security
import UIKit

/// The key in the Keychain, the folder of the cache, and the scenes of UIKit, over stubs of Apple's
/// libraries.
@MainActor
let storage: [Test] = [
    Test("the key in the Keychain is made once") { _ in
        let keychain = keychain()
        let key = try KeychainKey().dataKey().expose()
        try check(try KeychainKey().dataKey().expose() == key, "another key")
        try check(keychain.all.count == 1, "\(keychain.all.count) items")
        let accessible = keychain.all.first?[kSecAttrAccessible] as? String
        try check(accessible == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, "\(accessible ?? "")")
        try check(try KeychainKey(account: "other").dataKey().expose() != key, "the other name's key")
    },
    Test("a key that was made in the meantime counts") { _ in
        let keychain = keychain()
        let key = try KeychainKey().dataKey().expose()
        keychain.hideItems(reads: 1)
        try check(try KeychainKey().dataKey().expose() == key, "the key was replaced")
        keychain.hideItems(reads: 2)
        try refused("does not return it")
    },
    Test("a key that cannot be read is not replaced") { _ in
        let keychain = keychain()
        let key = try KeychainKey().dataKey().expose()
        keychain.refuse(errSecInteractionNotAllowed)
        try refused("not unlocked")
        keychain.refuse(-25291)
        try refused("-25291")
        try check(try KeychainKey().dataKey().expose() == key, "the key was replaced")
        keychain.overwrite(Data("short".utf8))
        try refused("no data key")
        try check(keychain.all.first?[kSecValueData] as? Data == Data("short".utf8), "the item was replaced")
    },
    Test("a key that cannot be stored is an error") { _ in
        keychain().refuse(errSecItemNotFound, errSecInteractionNotAllowed)
        try refused("not unlocked")
    },
    Test("the folder of the cache is made, and kept") { _ in
        let parent = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: parent) }
        let folder = try CacheFolder.prepare(in: parent)
        try check(folder.path == parent.appendingPathComponent("digital-key").path, folder.path)
        let file = folder.appendingPathComponent("db")
        try Data("facts".utf8).write(to: file)
        try check(try CacheFolder.prepare(in: parent) == folder, "another folder")
        try check(try Data(contentsOf: file) == Data("facts".utf8), "the file is gone")
        try Data().write(to: parent.appendingPathComponent("taken"))
        try check((try? CacheFolder.prepare(named: "taken", in: parent)) == nil, "a file as a folder")
    },
    Test("the scenes with windows of the app are reported") { _ in
        let system = UIKitSystem()
        var events: [SystemEvent] = []
        system.observe { events.append($0) }
        let phone = windowScene("phone")
        let screen = windowScene("screen", role: UISceneSession.Role(rawValue: "external"))
        let car = UIScene(session: UISceneSession(role: .windowApplication, persistentIdentifier: "car"))
        let center = NotificationCenter.default
        for scene in [screen, car, phone] {
            for name in [
                UIScene.willEnterForegroundNotification, UIScene.didActivateNotification,
                UIScene.didEnterBackgroundNotification, UIScene.didDisconnectNotification,
            ] {
                center.post(name: name, object: scene)
            }
        }
        center.post(name: UIApplication.protectedDataDidBecomeAvailableNotification, object: nil)
        let expected: [SystemEvent] = [
            .sceneInForeground("phone"), .sceneInForeground("phone"),
            .sceneInBackground("phone"), .sceneInBackground("phone"), .unlocked,
        ]
        try check(events == expected, "\(events)")

        phone.activationState = .foregroundInactive
        screen.activationState = .foregroundActive
        car.activationState = .foregroundActive
        let application = UIApplication.shared
        application.connectedScenes = [phone, screen, car, windowScene("behind")]
        try check(system.foregroundScenes == ["phone"], "\(system.foregroundScenes)")

        let task = system.beginBackgroundTask {}
        try check(application.backgroundTasks.map(\.rawValue) == [task], "\(application.backgroundTasks)")
        if let task { system.endBackgroundTask(task) }
        try check(application.backgroundTasks.isEmpty, "\(application.backgroundTasks)")
    },
]

private func keychain() -> StubKeychain {
    StubKeychain.shared.reset()
    return StubKeychain.shared
}

/// The Keychain returns no key, for this reason.
private func refused(_ reason: String, line: Int = #line) throws {
    do {
        _ = try KeychainKey().dataKey()
    } catch DataKeyError.Unavailable(let given) {
        return try check(given.contains(reason), given, line: line)
    }
    throw Unexpected(description: "line \(line): there is a key")
}

@MainActor
func windowScene(_ id: String, role: UISceneSession.Role = .windowApplication) -> UIWindowScene {
    UIWindowScene(session: UISceneSession(role: role, persistentIdentifier: id))
}
#else
@MainActor let storage: [Test] = []
#endif

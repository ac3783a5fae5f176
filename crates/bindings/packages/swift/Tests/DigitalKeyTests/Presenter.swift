import DigitalKey

#if os(Linux)
import UIKit

/// The view controller that presents Apple's sheet.
@MainActor
let presenter: [Test] = [
    Test("the front view controller presents the sheet") { _ in
        let screen = Screen()
        let alert = UIViewController()
        screen.root.presentedViewController = alert
        try check(try screen.presents(), "no sheet")
        try check(alert.presentedViewController === screen.sheet, "not from the alert")
    },
    Test("no sheet is presented while the front view controller comes or goes") { _ in
        let screen = Screen()
        let alert = UIViewController()
        screen.root.presentedViewController = alert
        alert.isBeingDismissed = true
        try check(try !screen.presents(), "UIKit would refuse it")
        alert.isBeingDismissed = false
        alert.isBeingPresented = true
        try check(try !screen.presents(), "UIKit would do it without a word, or not at all")
        try check(screen.root.presentedViewController === alert, "presented from below")
        alert.isBeingPresented = false
        try check(try screen.presents(), "the alert is up")
    },
    Test("no sheet is presented out of a window") { _ in
        let screen = Screen()
        screen.root.viewIfLoaded?.window = nil
        try check(try !screen.presents(), "UIKit would refuse it")
        screen.root.viewIfLoaded = nil
        try check(try !screen.presents(), "UIKit would refuse it")
        screen.window.rootViewController = nil
        try check(try !screen.presents(), "there is nothing to present it from")
    },
    Test("a new root view controller presents the sheet") { _ in
        let screen = Screen()
        let presenter = FrontPresenter(window: screen.window)
        try check(try screen.presents(with: presenter), "no sheet")
        let root = screen.newRoot()
        try check(try screen.presents(with: presenter), "no sheet from the new root")
        try check(root.presentedViewController === screen.sheet, "not from the new root")
    },
    Test("the presenter follows the window, and does not keep it") { _ in
        var screen: Screen? = Screen()
        let presenter = FrontPresenter(window: screen!.window)
        screen = nil
        try check(try !Screen().presents(with: presenter), "the window is kept")
        let second = Screen()
        try check(try second.presents(with: FrontPresenter { second.window }), "no sheet")
    },
    Test("without a window to name, the front scene presents the sheet") { _ in
        let (behind, front) = (Screen(), Screen())
        let other = Screen(role: UISceneSession.Role(rawValue: "external"))
        for screen in [behind, front, other] { UIApplication.shared.connectedScenes.insert(screen.scene) }
        defer { UIApplication.shared.connectedScenes = [] }
        behind.scene.activationState = .background
        front.scene.activationState = .foregroundInactive
        other.scene.activationState = .foregroundActive
        let alerts = UIWindow(windowScene: front.scene)
        alerts.rootViewController = UIViewController()
        front.window.makeKeyAndVisible()
        try check(try front.presents(with: FrontPresenter()), "no sheet")
        try check(front.root.presentedViewController === front.sheet, "not from the key window")
        front.scene.activationState = .background
        try check(try !front.presents(with: FrontPresenter()), "the app is in the background")
    },
]

/// A window, its root, and a sheet for it.
@MainActor
private final class Screen {
    private(set) var root = UIViewController()
    let sheet = UIViewController()
    let scene: UIWindowScene
    let window: UIWindow

    init(role: UISceneSession.Role = .windowApplication) {
        scene = windowScene("screen", role: role)
        window = UIWindow(windowScene: scene)
        newRoot()
    }

    @discardableResult
    func newRoot() -> UIViewController {
        root = UIViewController()
        root.viewIfLoaded = UIView()
        root.viewIfLoaded?.window = window
        window.rootViewController = root
        return root
    }

    func presents(with presenter: FrontPresenter? = nil) throws -> Bool {
        let address = Unmanaged.passUnretained(sheet).toOpaque()
        let presenter = presenter ?? FrontPresenter(window: window)
        return try presenter.present(sheet: UInt64(UInt(bitPattern: address)))
    }
}
#else
@MainActor let presenter: [Test] = []
#endif

import DigitalKey

#if canImport(UIKit)
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
    Test("no sheet is presented while the front view controller is dismissed") { _ in
        let screen = Screen()
        let alert = UIViewController()
        alert.isBeingDismissed = true
        screen.root.presentedViewController = alert
        try check(try !screen.presents(), "UIKit would refuse it")
        try check(screen.root.presentedViewController === alert, "presented from below")
    },
    Test("no sheet is presented out of a window") { _ in
        let screen = Screen()
        screen.root.viewIfLoaded?.window = nil
        try check(try !screen.presents(), "UIKit would refuse it")
        screen.root.viewIfLoaded = nil
        try check(try !screen.presents(), "UIKit would refuse it")
    },
]

/// A window, its root, and a sheet for it.
@MainActor
private final class Screen {
    let root = UIViewController()
    let sheet = UIViewController()
    private let window = UIWindow(windowScene: UIWindowScene())

    init() {
        root.viewIfLoaded = UIView()
        root.viewIfLoaded?.window = window
    }

    func presents() throws -> Bool {
        let address = Unmanaged.passUnretained(sheet).toOpaque()
        return try FrontPresenter(root: root).present(sheet: UInt64(UInt(bitPattern: address)))
    }
}
#else
@MainActor let presenter: [Test] = []
#endif

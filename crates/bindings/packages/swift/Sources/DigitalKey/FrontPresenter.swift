#if canImport(UIKit)
import UIKit

/// Presents Apple's sheet from the front view controller of a window.
///
/// It looks for the window at each presentation, so a new root view controller or a new window is found.
/// UIKit presents nothing from a view controller that is in no window, that is still coming up, or that
/// is being dismissed. Then the pairing fails, and the user can try again.
public final class FrontPresenter: SheetPresenter {
    private let window: @MainActor @Sendable () -> UIWindow?

    /// Presents in the window that this function returns.
    public init(window: @escaping @MainActor @Sendable () -> UIWindow?) {
        self.window = window
    }

    /// Presents in this window, as long as it exists.
    @MainActor
    public convenience init(window: UIWindow) {
        self.init { [weak window] in window }
    }

    /// Presents in the front window of the app. An app in SwiftUI has no window to name.
    public convenience init() {
        self.init { UIApplication.shared.frontWindow }
    }

    public func present(sheet: UInt64) throws -> Bool {
        try MainActor.assumeIsolated {
            guard let address = UnsafeRawPointer(bitPattern: UInt(sheet)) else {
                throw PresenterError.Failed
            }
            let sheet = Unmanaged<UIViewController>.fromOpaque(address).takeUnretainedValue()
            guard var front = window()?.rootViewController, front.viewIfLoaded?.window != nil else {
                return false
            }
            while let next = front.presentedViewController {
                guard !next.isBeingPresented, !next.isBeingDismissed else { return false }
                front = next
            }
            front.present(sheet, animated: true)
            return true
        }
    }
}

extension UIApplication {
    /// The key window of the scene that is in front. The scenes of CarPlay and of other screens do not
    /// count.
    fileprivate var frontWindow: UIWindow? {
        let scenes = connectedScenes.compactMap { $0 as? UIWindowScene }
            .filter { $0.session.role == .windowApplication }
        let front = scenes.first { $0.activationState == .foregroundActive }
            ?? scenes.first { $0.activationState == .foregroundInactive }
        return front?.windows.first(where: \.isKeyWindow) ?? front?.windows.first
    }
}
#endif

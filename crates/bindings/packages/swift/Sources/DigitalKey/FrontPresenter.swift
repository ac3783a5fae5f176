#if canImport(UIKit)
import UIKit

/// Presents Apple's sheet from the view controller that is in front of everything that a root shows.
///
/// While the one in front is being dismissed, and while the root's view is in no window, UIKit would
/// refuse: the sheet is not presented then. The pairing fails, and the user can try it again.
public final class FrontPresenter: SheetPresenter, @unchecked Sendable {
    /// Only touched on the main thread, which the core calls on.
    private weak var root: UIViewController?

    /// With what the app's window shows at the bottom of everything.
    @MainActor
    public init(root: UIViewController) {
        self.root = root
    }

    public func present(sheet: UInt64) throws -> Bool {
        try MainActor.assumeIsolated {
            guard let address = UnsafeRawPointer(bitPattern: UInt(sheet)), var front = root else {
                throw PresenterError.Failed
            }
            let sheet = Unmanaged<UIViewController>.fromOpaque(address).takeUnretainedValue()
            guard front.viewIfLoaded?.window != nil else { return false }
            while let next = front.presentedViewController {
                guard !next.isBeingDismissed else { return false }
                front = next
            }
            front.present(sheet, animated: true)
            return true
        }
    }
}
#endif

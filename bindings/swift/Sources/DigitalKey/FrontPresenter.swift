#if canImport(UIKit) && os(iOS)
import UIKit

/// Presents Apple's sheet from the view controller that is in front of everything that a root shows.
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
            while let next = front.presentedViewController, !next.isBeingDismissed {
                front = next
            }
            front.present(sheet, animated: true)
            return true
        }
    }
}
#endif

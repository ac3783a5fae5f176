#if canImport(UIKit)
import UIKit

/// Presents Apple's sheet from the front view controller above a root.
///
/// UIKit presents nothing while the front view controller is being dismissed, or while the root's view
/// is in no window. Then the pairing fails, and the user can try again.
public final class FrontPresenter: SheetPresenter, @unchecked Sendable {
    /// Used on the main thread only, on which the core calls `present`.
    private weak var root: UIViewController?

    /// Takes the root view controller of the app's window.
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

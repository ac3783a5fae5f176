//! Views for previews and snapshot tests.

use crate::view::ViewState;

/// A view with a name, such as `overview-untracked`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct CannedView {
    /// The name, which is unique: small letters, digits and hyphens.
    pub name: String,
    /// The view.
    pub view: ViewState,
}

/// Returns a view of every page, and of each of its variants that looks different, for previews and
/// snapshot tests. Each is one that a driver can see.
#[uniffi::export]
#[must_use]
pub fn canned_views() -> Vec<CannedView> {
    let views = digital_key_testkit::canned::canned_views().into_iter();
    views.map(|it| CannedView { name: it.name.to_owned(), view: (&it.view).into() }).collect()
}

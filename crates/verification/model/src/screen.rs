//! What a user sees: the machine's view, spelt out.

use digital_key_domain::{
    AppleErrorCode, Blocker, Blockers, EntryView, KeyState, PageView, View, Vin,
};

/// All that a [`View`] says, with the blockers as a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    pub(crate) vehicle: Option<Vin>,
    pub(crate) entry: EntryView,
    pub(crate) vehicle_upgrade_required: bool,
    /// Its blockers are left out; they stand beside it.
    pub(crate) page: PageView,
    pub(crate) blockers: Vec<Blocker>,
    pub(crate) key_state: KeyState,
    pub(crate) password_uses: Option<u8>,
    pub(crate) pairing_runs: bool,
    pub(crate) warning: Option<AppleErrorCode>,
}

impl From<View> for Screen {
    fn from(view: View) -> Self {
        let mut page = view.page;
        let mut blockers = Vec::new();
        if let PageView::Welcome { blockers: shown, .. } = &mut page {
            blockers = std::mem::replace(shown, Blockers::NONE).iter().collect();
        }
        Self {
            vehicle: view.vehicle,
            entry: view.entry,
            vehicle_upgrade_required: view.vehicle_upgrade_required,
            page,
            blockers,
            key_state: view.key_state,
            password_uses: view.password_uses.map(|uses| uses.get()),
            pairing_runs: view.pairing_runs,
            warning: view.warning,
        }
    }
}

//! The actions that change the environment; the core learns of them later, or never.

use crate::action::{Action, BackendChange, BffFault, StoreFault};
use crate::environment::Environment;

impl Environment {
    /// Applies an action of the wallet, the backend, the disk or chance.
    pub(crate) fn apply(&mut self, phone: usize, action: Action) {
        let device = &mut self.devices[phone];
        match action {
            Action::Sheet(end) => self.end_sheet(phone, end),
            Action::LateAnswer(end) => self.answer_late(phone, end),
            Action::DeleteInWallet { vehicle } => {
                let key = device.keys.iter().find(|key| crate::backend::is_of(key, vehicle));
                if let Some(key) = key.cloned() {
                    device.delete_key(&key);
                }
            }
            Action::WalletKnows(knows) => device.wallet_knows = knows,
            Action::Phone(fault) => device.phone_faults.push_back(fault),
            Action::Bff(fault) => device.bff_faults.push_back(fault),
            Action::BackendIsDown { requests } => {
                device.bff_faults.extend((0..requests).map(|_| BffFault::Status(503)));
            }
            Action::Store(StoreFault::LockedOnce) => device.disk.is_locked = true,
            Action::Store(fault) => device.disk.faults.push_back(fault),
            Action::DiskIsFull(is_full) => device.disk.is_full = is_full,
            Action::Backend { vehicle, change } => self.change_backend(vehicle, change),
            Action::Advance(_)
            | Action::Tap(_)
            | Action::Select { .. }
            | Action::Refresh { .. }
            | Action::Forget { .. }
            | Action::StartFor { .. }
            | Action::SignOut { .. }
            | Action::Background
            | Action::Foreground
            | Action::Suspend
            | Action::Resume
            | Action::Kill { .. }
            | Action::Damage(_)
            | Action::SecondInstance { .. }
            | Action::ClockJumps { .. } => {}
        }
    }

    /// A key that is deleted or moved disappears from every wallet.
    fn change_backend(&mut self, vehicle: usize, change: BackendChange) {
        let before = self.backend.owner(vehicle).cloned();
        self.backend.change(vehicle, change);
        if let Some(key) = before.filter(|key| self.backend.owner(vehicle) != Some(key)) {
            for device in &mut self.devices {
                device.delete_key(&key);
            }
        }
    }
}

//! What the phone shows of its wallet, for a team that finds no key in it.

use std::time::Duration;

use digital_key_domain::{DigitalKeyId, Vin};
use tokio::time::timeout;

use crate::{
    ActivationState, AppleQueues, DigitalKeyField, IosPhone, PairingSheet, PassLibrary, PhoneError,
};

/// The time after which a call of Apple's counts as not answered.
const DEADLINE: Duration = Duration::from_secs(10);

/// The facts that explain a wallet without a key, or a sheet that is not shown.
///
/// It names no vehicle and no key, so it may be logged and sent (GEN-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PhoneDiagnosis {
    /// Whether this phone has a pass library.
    pub library_available: bool,
    /// Whether anything shows that the app may see passes: pass activation is available, or a list
    /// has held a pass. Otherwise the app probably lacks the entitlement.
    pub entitlement_seen: bool,
    /// The number of passes of the secure element on this phone that the app sees.
    pub passes: u32,
    /// How many of these have no DigitalKeyID in the field that the settings name. If that is all of
    /// them, the field is probably a wrong one.
    pub passes_without_id: u32,
    /// Whether Apple accepts the identifiers of this vehicle for a new key (WEL-4).
    pub can_create_key: bool,
}

impl PhoneDiagnosis {
    fn new(field: DigitalKeyField, library: &PassLibrary, can_create_key: bool) -> Self {
        let count = |passes: usize| u32::try_from(passes).unwrap_or(u32::MAX);
        let without_id = library.passes.iter().filter(|pass| field.key_id(pass).is_none());
        Self {
            library_available: library.available,
            entitlement_seen: library.may_see_passes(),
            passes: count(library.passes.len()),
            passes_without_id: count(without_id.count()),
            can_create_key,
        }
    }
}

/// The calls for a team that integrates the adapter.
impl<Q: AppleQueues> IosPhone<Q> {
    /// Reports the facts that explain why a key is not found, or why none can be created.
    ///
    /// # Errors
    /// Returns an error if Apple throws an exception, or does not answer within 10 seconds.
    pub async fn diagnose(&self, vin: Vin) -> Result<PhoneDiagnosis, PhoneError> {
        let configuration = self.settings.configuration(vin, None);
        let library = answered(self.library()).await?;
        let can = answered(async {
            Ok(self.on_main_thread(move |sheet| sheet.can_add(&configuration)).await??)
        });
        Ok(PhoneDiagnosis::new(self.settings.key_field, &library, can.await?))
    }

    /// Returns the keys on this phone. `None` = the app may not be able to see them.
    ///
    /// A pass does not name its vehicle, so a key that the backend does not know yet, for example
    /// because the app was killed below Apple's sheet, belongs to no vehicle until a status names it.
    /// A host that scans for such a key at its start compares this list with the keys that it knows.
    ///
    /// # Errors
    /// Returns an error if Apple throws an exception, or does not answer within 10 seconds.
    pub async fn local_keys(&self) -> Result<Option<Vec<DigitalKeyId>>, PhoneError> {
        let library = answered(self.library()).await?;
        Ok(library.keys(self.settings.key_field))
    }
}

impl PassLibrary {
    /// Returns the keys that are not dead, each once, or `None` if some may be missing.
    fn keys(&self, field: DigitalKeyField) -> Option<Vec<DigitalKeyId>> {
        if !self.available || !self.may_see_passes() {
            return None;
        }
        let alive = self.passes.iter();
        let alive = alive.filter(|pass| pass.activation_state != ActivationState::Deactivated);
        let mut keys = Vec::new();
        for key in alive.map(|pass| field.key_id(pass)) {
            let key = key?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Some(keys)
    }
}

/// Waits for an answer of Apple's until the deadline.
async fn answered<T>(call: impl Future<Output = Result<T, PhoneError>>) -> Result<T, PhoneError> {
    timeout(DEADLINE, call).await.unwrap_or(Err(PhoneError::NotAnswered))
}

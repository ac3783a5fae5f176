//! What the machine remembers, as the format has it.

use digital_key_domain::{
    Checkpoint, HiddenReason, KnownKey, OwnerKey, Remembered, RememberedSheet, RememberedVehicle,
    RequestId, VehicleRecord,
};
use serde::{Deserialize, Serialize};

use super::Frame;
use super::mirrors::{Generation, NoAnswer, PasswordUse, Readiness, Support};
use crate::numbers::{KeyNumber, Numbers, VehicleNumber, stand_in_key, stand_in_vin};
use crate::read::Impossible;

/// The largest number of the newest request: far more than a phone makes, and far from an overflow.
const LAST_ID: u64 = 1 << 62;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CheckpointFrame {
    selected: Option<VehicleNumber>,
    in_background: bool,
    reported_lost: bool,
    reported_unavailable: bool,
    last_id: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VehicleFrame {
    vehicle: VehicleNumber,
    is_loaded: bool,
    record: RecordFrame,
    unknown_support: Option<UnknownSupport>,
    status_wait: Option<u64>,
    password_wait: Option<u64>,
    removed_key: Option<KeyNumber>,
    has_diagnosed_case: bool,
    newest_fetch: Generation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SheetFrame {
    open: Option<u64>,
    vehicle: VehicleNumber,
    generation: Generation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShownSheetFrame {
    vehicle: VehicleNumber,
    is_dropped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordFrame {
    support: Option<Support>,
    key: KnownKeyFrame,
    readiness: Option<Readiness>,
    password: Option<PasswordUse>,
    generation: Generation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum KnownKeyFrame {
    Unknown,
    None,
    Owner { key: KeyNumber, tracked: bool, on_this_phone: bool, paired_here: bool, reported: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum UnknownSupport {
    Failed(NoAnswer),
    UnknownValue,
}

impl CheckpointFrame {
    pub(crate) fn redact(checkpoint: Checkpoint, numbers: &mut Numbers) -> Self {
        let Checkpoint { selected, in_background, reported_lost, reported_unavailable, last_id } =
            checkpoint;
        Self {
            selected: selected.map(|vin| numbers.vehicle(vin)),
            in_background,
            reported_lost,
            reported_unavailable,
            last_id: last_id.get(),
        }
    }

    pub(crate) fn checkpoint(self) -> Result<Checkpoint, Impossible> {
        let Self { selected, in_background, reported_lost, reported_unavailable, last_id } = self;
        if last_id > LAST_ID {
            return Err(Impossible);
        }
        Ok(Checkpoint {
            selected: selected.map(stand_in_vin).transpose()?,
            in_background,
            reported_lost,
            reported_unavailable,
            last_id: RequestId::new(last_id),
        })
    }
}

/// Returns the frame of a vehicle or sheet in memory.
pub(crate) fn remembered_frame(remembered: &Remembered, numbers: &mut Numbers) -> Frame {
    match remembered {
        Remembered::Vehicle(vehicle) => Frame::Vehicle(VehicleFrame {
            vehicle: numbers.vehicle(vehicle.vin),
            is_loaded: vehicle.is_loaded,
            record: RecordFrame::redact(&vehicle.record, numbers),
            unknown_support: vehicle.unknown_support.and_then(UnknownSupport::of),
            status_wait: vehicle.status_wait,
            password_wait: vehicle.password_wait,
            removed_key: vehicle.removed_key.as_ref().map(|key| numbers.key(key)),
            has_diagnosed_case: vehicle.has_diagnosed_case,
            newest_fetch: vehicle.newest_fetch.into(),
        }),
        Remembered::EndedSheet(RememberedSheet { open, vin, generation }) => {
            Frame::EndedSheet(SheetFrame {
                open: open.map(RequestId::get),
                vehicle: numbers.vehicle(*vin),
                generation: (*generation).into(),
            })
        }
        Remembered::ShownSheet { vin, is_dropped } => Frame::ShownSheet(ShownSheetFrame {
            vehicle: numbers.vehicle(*vin),
            is_dropped: *is_dropped,
        }),
    }
}

impl VehicleFrame {
    pub(crate) fn remembered(self) -> Result<Remembered, Impossible> {
        Ok(Remembered::Vehicle(RememberedVehicle {
            vin: stand_in_vin(self.vehicle)?,
            is_loaded: self.is_loaded,
            record: self.record.record()?,
            unknown_support: self.unknown_support.map(|unknown| match unknown {
                UnknownSupport::Failed(no_answer) => HiddenReason::Failed(no_answer.into()),
                UnknownSupport::UnknownValue => HiddenReason::UnknownValue,
            }),
            status_wait: self.status_wait,
            password_wait: self.password_wait,
            removed_key: self.removed_key.map(stand_in_key).transpose()?,
            has_diagnosed_case: self.has_diagnosed_case,
            newest_fetch: self.newest_fetch.into(),
        }))
    }
}

impl SheetFrame {
    pub(crate) fn remembered(self) -> Result<Remembered, Impossible> {
        Ok(Remembered::EndedSheet(RememberedSheet {
            open: self.open.map(RequestId::new),
            vin: stand_in_vin(self.vehicle)?,
            generation: self.generation.into(),
        }))
    }
}

impl ShownSheetFrame {
    pub(crate) fn remembered(self) -> Result<Remembered, Impossible> {
        let Self { vehicle, is_dropped } = self;
        Ok(Remembered::ShownSheet { vin: stand_in_vin(vehicle)?, is_dropped })
    }
}

impl UnknownSupport {
    fn of(hidden: HiddenReason) -> Option<Self> {
        match hidden {
            HiddenReason::Failed(no_answer) => Some(Self::Failed(no_answer.into())),
            HiddenReason::UnknownValue => Some(Self::UnknownValue),
            HiddenReason::NoVehicle
            | HiddenReason::Platform
            | HiddenReason::NotSupported
            | HiddenReason::Asking => None,
        }
    }
}

impl RecordFrame {
    pub(crate) fn redact(record: &VehicleRecord, numbers: &mut Numbers) -> Self {
        let VehicleRecord { support, key, readiness, password, generation } = record;
        Self {
            support: support.map(Into::into),
            key: match key {
                KnownKey::Unknown => KnownKeyFrame::Unknown,
                KnownKey::None => KnownKeyFrame::None,
                KnownKey::Owner(OwnerKey { id, tracked, on_this_phone, paired_here, reported }) => {
                    KnownKeyFrame::Owner {
                        key: numbers.key(id),
                        tracked: *tracked,
                        on_this_phone: *on_this_phone,
                        paired_here: *paired_here,
                        reported: *reported,
                    }
                }
            },
            readiness: readiness.map(Into::into),
            password: password.map(Into::into),
            generation: (*generation).into(),
        }
    }

    pub(crate) fn record(self) -> Result<VehicleRecord, Impossible> {
        let Self { support, key, readiness, password, generation } = self;
        Ok(VehicleRecord {
            support: support.map(Into::into),
            key: match key {
                KnownKeyFrame::Unknown => KnownKey::Unknown,
                KnownKeyFrame::None => KnownKey::None,
                KnownKeyFrame::Owner { key, tracked, on_this_phone, paired_here, reported } => {
                    let id = stand_in_key(key)?;
                    KnownKey::Owner(OwnerKey { id, tracked, on_this_phone, paired_here, reported })
                }
            },
            readiness: readiness.map(Into::into),
            password: password.map(Into::into),
            generation: generation.into(),
        })
    }
}

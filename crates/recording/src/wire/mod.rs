//! The format of a recording, version 1: the frames of `docs/recording.md`.
//!
//! These types mirror those of the domain, so that a change of the domain does not change the format
//! unnoticed. The order of fields and variants is the format: add at the end, and raise
//! [`FORMAT`] when an older reader would misread.

mod mirrors;
mod event;
mod checkpoint;
mod page;

use digital_key_domain::PageName;
use serde::{Deserialize, Serialize};

use crate::port_failure::{FailureCause, PortCall};
pub(crate) use checkpoint::{
    CheckpointFrame, SheetFrame, ShownSheetFrame, VehicleFrame, remembered_frame,
};
pub(crate) use event::EventFrame;
pub(crate) use mirrors::{EntryMode, Reason};

/// The first bytes of each recording.
pub(crate) const MAGIC: [u8; 4] = *b"DKFR";

/// The version of the format.
pub(crate) const FORMAT: u16 = 1;

/// The longest frame that a recorder writes, in bytes; the longest in use has about 60.
pub(crate) const LONGEST_FRAME: usize = 256;

/// The first byte of a checkpoint: the number of its variant.
pub(crate) const CHECKPOINT_TAG: u8 = 0;

/// The first frame of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeaderFrame {
    /// The version of the core that recorded.
    pub(crate) core: String,
    pub(crate) phone: PhoneFrame,
    pub(crate) entry_mode: EntryMode,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PhoneFrame {
    Ios { machine: String, version: String },
    Android,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Frame {
    Checkpoint(CheckpointFrame),
    Vehicle(VehicleFrame),
    EndedSheet(SheetFrame),
    Step(StepFrame),
    PortFailure(PortFailureFrame),
    /// The recording is whole.
    End,
    ShownSheet(ShownSheetFrame),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepFrame {
    /// The milliseconds since the entry before.
    pub(crate) after: u32,
    pub(crate) event: EventFrame,
    pub(crate) ignored: Option<Reason>,
    #[serde(with = "page")]
    pub(crate) page: PageName,
    pub(crate) hash: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PortFailureFrame {
    /// The milliseconds since the entry before.
    pub(crate) after: u32,
    pub(crate) call: PortCall,
    pub(crate) cause: FailureCause,
}

//! A recording that was read, and how it is written.

use std::time::Duration;

use digital_key_domain::{
    Checkpoint, EntryMode, Event, Flow, ModelSupport, PageName, Phone, Remembered, Settings,
    Verdict,
};
use serde::Serialize;

use crate::numbers::Numbers;
use crate::port_failure::PortFailure;
use crate::replay::Replay;
use crate::wire::{
    CheckpointFrame, EventFrame, FORMAT, Frame, HeaderFrame, MAGIC, PhoneFrame, PortFailureFrame,
    StepFrame, remembered_frame,
};

/// A recording that was read. VINs and key ids are stand-ins, such as `RECORDED000000001`.
///
/// Its parts can be changed, to shorten it or to plant a fault; [`Recording::to_bytes`] writes it
/// again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// What was recorded where.
    pub header: Header,
    /// The state in which the first entry happened.
    pub start: Start,
    /// What happened, the oldest first.
    pub entries: Vec<Entry>,
    /// Whether the file was whole.
    pub ending: Ending,
}

/// What was recorded where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The version of the core that recorded.
    pub core: String,
    /// The phone.
    pub phone: Phone,
    /// What the entry on the vehicle tab led to (ENT-7).
    pub entry_mode: EntryMode,
}

/// The state of the machine at the beginning of a recording. The default is a new machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// What is selected, and what else the machine remembers of the app.
    pub checkpoint: Checkpoint,
    /// The vehicles and ended sheets in memory.
    pub remembered: Vec<Remembered>,
}

/// Something in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The machine took a step.
    Step(Step),
    /// A call of a port failed. The steps say what followed from it.
    PortFailure {
        /// The time since the entry before.
        after: Duration,
        /// The call and why it failed.
        failure: PortFailure,
    },
}

/// A step of the machine, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The time since the entry before.
    pub after: Duration,
    /// What the machine received.
    pub event: Event,
    /// Whether the machine accepted it.
    pub verdict: Verdict,
    /// The page after the step.
    pub page: PageName,
    /// The [`step_hash`](crate::step_hash) of verdict, effects and view.
    pub hash: u32,
}

/// Whether a file was whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The file was whole.
    Complete,
    /// The file ends in the middle; what stands before this byte was read.
    CutOff {
        /// The place of the first byte that could not be read.
        at: usize,
    },
}

impl Entry {
    /// Returns the time since the entry before.
    #[must_use]
    pub fn after(&self) -> Duration {
        match self {
            Self::Step(step) => step.after,
            Self::PortFailure { after, .. } => *after,
        }
    }
}

impl Recording {
    /// Returns the settings of the machine. The link behind "More information" is not recorded.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(self.header.phone.clone());
        settings.entry_mode = self.header.entry_mode;
        settings
    }

    /// Returns the machine as it was before the first entry.
    #[must_use]
    pub fn flow(&self) -> Flow {
        let Start { checkpoint, remembered } = self.start.clone();
        Flow::restore(self.settings(), checkpoint, remembered)
    }

    /// Returns the entries with the milliseconds since the beginning.
    pub fn timed_entries(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().scan(0_u64, |millis, entry| {
            let after = u64::try_from(entry.after().as_millis()).unwrap_or(u64::MAX);
            *millis = millis.saturating_add(after);
            Some((*millis, entry))
        })
    }

    /// Returns the steps with the milliseconds since the beginning.
    pub fn steps(&self) -> impl Iterator<Item = (u64, &Step)> {
        self.timed_entries().filter_map(|(millis, entry)| match entry {
            Entry::Step(step) => Some((millis, step)),
            Entry::PortFailure { .. } => None,
        })
    }

    /// Takes the steps again with the machine of this build, and compares each.
    #[must_use]
    pub fn replay(&self) -> Replay<'_> {
        Replay::new(self)
    }

    /// Returns the recording as a file, with fresh numbers for vehicles and keys.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Vec::from(MAGIC);
        file.extend(FORMAT.to_le_bytes());
        push(&mut file, &self.header.frame());
        for frame in self.frames() {
            push(&mut file, &frame);
        }
        file
    }

    /// Returns all frames behind the header, with fresh numbers.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        let numbers = &mut Numbers::default();
        let checkpoint = CheckpointFrame::redact(self.start.checkpoint, numbers);
        let mut frames = vec![Frame::Checkpoint(checkpoint)];
        for remembered in &self.start.remembered {
            frames.push(remembered_frame(remembered, numbers));
        }
        for entry in &self.entries {
            let after = u32::try_from(entry.after().as_millis()).unwrap_or(u32::MAX);
            frames.push(match entry {
                Entry::Step(step) => Frame::Step(StepFrame {
                    after,
                    event: EventFrame::redact(&step.event, numbers),
                    ignored: match step.verdict {
                        Verdict::Accepted => None,
                        Verdict::Ignored(reason) => Some(reason.into()),
                    },
                    page: step.page,
                    hash: step.hash,
                }),
                Entry::PortFailure { failure: PortFailure { call, cause }, .. } => {
                    Frame::PortFailure(PortFailureFrame { after, call: *call, cause: *cause })
                }
            });
        }
        // A recording that was cut off stays so when it is written again.
        if self.ending == Ending::Complete {
            frames.push(Frame::End);
        }
        frames
    }
}

/// Adds a frame behind its length. A frame that is too long to be one is a text of 65 kB, which no
/// header has.
fn push(file: &mut Vec<u8>, frame: &impl Serialize) {
    let Ok(bytes) = postcard::to_extend(frame, Vec::new()) else { return };
    let Ok(length) = u16::try_from(bytes.len()) else { return };
    file.extend(length.to_le_bytes());
    file.extend(bytes);
}

impl Header {
    /// The longest machine identifier that is recorded as it is. Apple's are below 12 characters.
    const LONGEST_MACHINE: usize = 24;

    /// Returns the header of a recording with these settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        let phone = match &settings.phone {
            Phone::Ios { machine, version } if machine.as_str().len() > Self::LONGEST_MACHINE => {
                // A text that no Apple device reports may say more than the model.
                let stand_in = match machine.support() {
                    ModelSupport::Supported => "iPhone11,1",
                    ModelSupport::Unsupported => "iPad1,1",
                    ModelSupport::Unknown => "unknown",
                };
                let machine = stand_in.parse().unwrap_or_else(|_| machine.clone());
                Phone::Ios { machine, version: *version }
            }
            phone @ (Phone::Ios { .. } | Phone::Android) => phone.clone(),
        };
        Self { core: env!("CARGO_PKG_VERSION").to_owned(), phone, entry_mode: settings.entry_mode }
    }

    /// Returns `true` if this version of the core has recorded, so that each step must be the same.
    #[must_use]
    pub fn is_of_this_core(&self) -> bool {
        self.core == env!("CARGO_PKG_VERSION")
    }

    pub(crate) fn frame(&self) -> HeaderFrame {
        let phone = match &self.phone {
            Phone::Ios { machine, version } => PhoneFrame::Ios {
                machine: machine.as_str().to_owned(),
                version: version.to_string(),
            },
            Phone::Android => PhoneFrame::Android,
        };
        HeaderFrame { core: self.core.clone(), phone, entry_mode: self.entry_mode.into() }
    }
}

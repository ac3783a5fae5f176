//! Reads a recording, and refuses what is none.

use std::time::Duration;

use digital_key_domain::{DigitalKeyIdError, Phone, Verdict, VinError};

use crate::port_failure::PortFailure;
use crate::recording::{Ending, Entry, Header, Recording, Start, Step};
use crate::wire::{FORMAT, Frame, HeaderFrame, MAGIC, PhoneFrame};

/// The longest version of a core, in bytes.
const LONGEST_VERSION: usize = 64;

/// The most vehicles and sheets that a machine remembers at a quiet moment.
const MOST_REMEMBERED: usize = 128;

/// Why a file is no recording that can be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is larger than any recording.
    #[error("the file has {found} bytes; a recording has at most {} bytes", Recording::MOST_BYTES)]
    TooLarge {
        /// How many bytes it has.
        found: usize,
    },
    /// The file is something else.
    #[error("this is no recording of the digital key core")]
    NotARecording,
    /// The recording is of another version of the format.
    #[error("the recording has version {found} of the format; this program reads version {FORMAT}")]
    UnknownVersion {
        /// The version of the recording.
        found: u16,
    },
    /// The file ends before the first step.
    #[error("the recording is cut off at byte {at}, before its first step")]
    CutOff {
        /// The place of the first byte that could not be read.
        at: usize,
    },
    /// The header is damaged.
    #[error("the header of the recording is damaged")]
    BrokenHeader,
    /// A part of the recording is damaged, or cannot be.
    #[error("part {number} of the recording, at byte {at}, is damaged or cannot be")]
    BrokenPart {
        /// The number of the part, from 1 for the first behind the header.
        number: usize,
        /// Its place in the file.
        at: usize,
    },
}

/// A value that no recorder writes.
#[derive(Debug)]
pub(crate) struct Impossible;

impl From<VinError> for Impossible {
    fn from(_: VinError) -> Self {
        Self
    }
}

impl From<DigitalKeyIdError> for Impossible {
    fn from(_: DigitalKeyIdError) -> Self {
        Self
    }
}

impl Recording {
    /// The largest file that is read, in bytes.
    pub const MOST_BYTES: usize = 16 * 1024 * 1024;

    /// Reads a file. One that is cut off is read up to there; see [`Recording::ending`].
    ///
    /// # Errors
    /// [`ReadError`] says what is wrong, and where.
    pub fn read(file: &[u8]) -> Result<Self, ReadError> {
        if file.len() > Self::MOST_BYTES {
            return Err(ReadError::TooLarge { found: file.len() });
        }
        let rest = file.strip_prefix(&MAGIC).ok_or(ReadError::NotARecording)?;
        let Some((version, rest)) = rest.split_first_chunk() else {
            return Err(ReadError::CutOff { at: file.len() });
        };
        let found = u16::from_le_bytes(*version);
        if found != FORMAT {
            return Err(ReadError::UnknownVersion { found });
        }
        let mut frames = Frames { rest, at: file.len() - rest.len() };
        let header = frames.next().ok_or(ReadError::CutOff { at: frames.at })?.bytes;
        let header = postcard::from_bytes::<HeaderFrame>(header);
        let header = header.ok().and_then(|frame| Header::read(frame).ok());
        let header = header.ok_or(ReadError::BrokenHeader)?;
        let mut recording = Self::of(header);
        let mut parts = Parts::default();
        for RawFrame { at, bytes } in frames.by_ref() {
            parts.number += 1;
            let broken = ReadError::BrokenPart { number: parts.number, at };
            let (frame, left) =
                postcard::take_from_bytes::<Frame>(bytes).map_err(|_| broken.clone())?;
            if !left.is_empty() || parts.add(frame, &mut recording).is_err() {
                return Err(broken);
            }
        }
        if !frames.rest.is_empty() || !parts.has_ended {
            if !parts.has_start {
                return Err(ReadError::CutOff { at: frames.at });
            }
            recording.ending = Ending::CutOff { at: frames.at };
        }
        Ok(recording)
    }

    /// Returns a recording without entries, of a new machine.
    pub(crate) fn of(header: Header) -> Self {
        Self { header, start: Start::default(), entries: Vec::new(), ending: Ending::Complete }
    }
}

/// Reads the frames of a recorder's buffer, up to the first that is none.
pub(crate) fn of_ring(header: Header, bytes: &[u8]) -> Recording {
    let mut recording = Recording::of(header);
    let mut parts = Parts::default();
    for RawFrame { bytes, .. } in (Frames { rest: bytes, at: 0 }) {
        let Ok(frame) = postcard::from_bytes::<Frame>(bytes) else { break };
        // The steps lead to the later checkpoints by themselves.
        let is_repeated = parts.has_step
            && matches!(
                frame,
                Frame::Checkpoint(_)
                    | Frame::Vehicle(_)
                    | Frame::EndedSheet(_)
                    | Frame::ShownSheet(_)
            );
        if !is_repeated && parts.add(frame, &mut recording).is_err() {
            break;
        }
    }
    recording
}

/// The frames that are left, and their place.
struct Frames<'a> {
    rest: &'a [u8],
    at: usize,
}

struct RawFrame<'a> {
    at: usize,
    bytes: &'a [u8],
}

impl<'a> Iterator for Frames<'a> {
    type Item = RawFrame<'a>;

    fn next(&mut self) -> Option<RawFrame<'a>> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let length = usize::from(u16::from_le_bytes(*length));
        let (bytes, rest) = rest.split_at_checked(length)?;
        let frame = RawFrame { at: self.at, bytes };
        self.at += self.rest.len() - rest.len();
        self.rest = rest;
        Some(frame)
    }
}

/// How far a recording was read.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) number: usize,
    has_start: bool,
    has_step: bool,
    pub(crate) has_ended: bool,
}

impl Parts {
    /// Adds a frame. Its order is checkpoint, vehicles, sheets, entries, end.
    pub(crate) fn add(
        &mut self,
        frame: Frame,
        recording: &mut Recording,
    ) -> Result<(), Impossible> {
        let is_first = !self.has_start;
        if self.has_ended || is_first != matches!(frame, Frame::Checkpoint(_)) {
            return Err(Impossible);
        }
        match frame {
            Frame::Checkpoint(frame) => {
                recording.start.checkpoint = frame.checkpoint()?;
                self.has_start = true;
            }
            Frame::Vehicle(frame) => self.remember(frame.remembered()?, recording)?,
            Frame::EndedSheet(frame) => self.remember(frame.remembered()?, recording)?,
            Frame::ShownSheet(frame) => self.remember(frame.remembered()?, recording)?,
            Frame::Step(frame) => {
                self.has_step = true;
                recording.entries.push(Entry::Step(Step {
                    after: Duration::from_millis(frame.after.into()),
                    event: frame.event.event()?,
                    verdict: match frame.ignored {
                        None => Verdict::Accepted,
                        Some(reason) => Verdict::Ignored(reason.into()),
                    },
                    page: frame.page,
                    hash: frame.hash,
                }));
            }
            Frame::PortFailure(frame) => {
                self.has_step = true;
                recording.entries.push(Entry::PortFailure {
                    after: Duration::from_millis(frame.after.into()),
                    failure: PortFailure { call: frame.call, cause: frame.cause },
                });
            }
            Frame::End => self.has_ended = true,
        }
        Ok(())
    }

    fn remember(
        &self,
        remembered: digital_key_domain::Remembered,
        recording: &mut Recording,
    ) -> Result<(), Impossible> {
        if self.has_step || recording.start.remembered.len() >= MOST_REMEMBERED {
            return Err(Impossible);
        }
        recording.start.remembered.push(remembered);
        Ok(())
    }
}

impl Header {
    pub(crate) fn read(frame: HeaderFrame) -> Result<Self, Impossible> {
        let HeaderFrame { core, phone, entry_mode } = frame;
        if core.len() > LONGEST_VERSION || !core.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Impossible);
        }
        let phone = match phone {
            PhoneFrame::Ios { machine, version } => Phone::Ios {
                machine: machine.parse().map_err(|_| Impossible)?,
                version: version.parse().map_err(|_| Impossible)?,
            },
            PhoneFrame::Android => Phone::Android,
        };
        Ok(Self { core, phone, entry_mode: entry_mode.into() })
    }
}

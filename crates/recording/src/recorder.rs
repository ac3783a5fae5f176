//! The recorder: takes the steps of a machine and keeps the newest of them.

use std::time::Duration;

use digital_key_domain::{Effect, Event, Flow, Verdict};

use crate::numbers::Numbers;
use crate::port_failure::PortFailure;
use crate::read;
use crate::recording::Header;
use crate::ring::Ring;
use crate::step_hash::step_hash;
use crate::wire::{
    CheckpointFrame, EventFrame, Frame, LONGEST_FRAME, PortFailureFrame, StepFrame,
    remembered_frame,
};

/// Records the steps of a machine into a buffer of fixed size.
///
/// When the buffer is full, the oldest entries make room, up to the next checkpoint: the state of the
/// machine at a quiet moment. So what is left always replays. A step that is recorded allocates nothing
/// and costs less than a microsecond.
///
/// VINs and key ids are replaced by numbers before they reach the buffer. A sign-out erases all that was
/// recorded, itself included (GEN-5).
#[derive(Debug, Clone)]
pub struct Recorder {
    header: Header,
    ring: Ring,
    numbers: Numbers,
    /// The moment of the newest entry.
    last: Duration,
    keeps_signed_out: bool,
}

impl Recorder {
    /// The default size of the buffer, in bytes.
    pub const DEFAULT_BYTES: usize = 256 * 1024;
    /// The smallest size of the buffer; a smaller one counts as this one.
    pub const FEWEST_BYTES: usize = 1024;
    /// The largest size of the buffer; a larger one counts as this one.
    pub const MOST_BYTES: usize = 8 * 1024 * 1024;

    /// Returns a recorder for this machine with a buffer of so many bytes.
    ///
    /// The recording begins at once if the moment is quiet, as it is for a new machine, and else after
    /// the next step that leads to a quiet moment.
    #[must_use]
    pub fn new(flow: &Flow, bytes: usize) -> Self {
        let mut recorder = Self {
            header: Header::of(flow.settings()),
            ring: Ring::new(bytes.clamp(Self::FEWEST_BYTES, Self::MOST_BYTES)),
            numbers: Numbers::bounded(),
            last: Duration::ZERO,
            keeps_signed_out: false,
        };
        recorder.add_checkpoint(flow);
        recorder
    }

    /// Keeps what was recorded before a sign-out, and the sign-out itself: for histories of made-up
    /// vehicles, such as those of a simulator.
    #[must_use]
    pub fn across_sign_outs(mut self) -> Self {
        self.keeps_signed_out = true;
        self
    }

    /// Takes one step of the machine and records it.
    ///
    /// `now` is the time since any fixed moment, the same one for all calls.
    pub fn step(
        &mut self,
        flow: &mut Flow,
        event: Event,
        effects: &mut Vec<Effect>,
        now: Duration,
    ) -> Verdict {
        let erases = event == Event::SignedOut && !self.keeps_signed_out;
        let begun = self.ring.has_beginning();
        let event_frame = (begun && !erases).then(|| EventFrame::redact(&event, &mut self.numbers));
        let before = effects.len();
        let verdict = flow.step(event, effects);
        if erases {
            self.erase();
        }
        if let Some(event) = event_frame {
            let view = flow.view();
            let frame = Frame::Step(StepFrame {
                after: self.since_last(now),
                event,
                ignored: match verdict {
                    Verdict::Accepted => None,
                    Verdict::Ignored(reason) => Some(reason.into()),
                },
                page: (&view.page).into(),
                hash: step_hash(verdict, &effects[before..], view),
            });
            self.push(&frame);
        }
        if self.numbers.are_used_up() {
            self.erase();
        }
        if self.ring.wants_checkpoint() {
            self.add_checkpoint(flow);
            if !begun {
                self.last = now;
            }
        }
        verdict
    }

    /// Records that a call of a port failed.
    pub fn port_failed(&mut self, failure: PortFailure, now: Duration) {
        if self.ring.has_beginning() {
            let PortFailure { call, cause } = failure;
            let after = self.since_last(now);
            self.push(&Frame::PortFailure(PortFailureFrame { after, call, cause }));
        }
    }

    /// Erases all that was recorded. The recording begins anew at the next quiet moment.
    pub fn erase(&mut self) {
        self.ring.clear();
        self.numbers.clear();
    }

    /// Returns a copy of what is recorded, which [`Snapshot::export`] turns into a file elsewhere.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { header: self.header.clone(), frames: self.ring.to_vec() }
    }

    /// Returns the recording as a file, with fresh numbers for vehicles and keys.
    #[must_use]
    pub fn export(&self) -> Vec<u8> {
        self.snapshot().export()
    }

    fn add_checkpoint(&mut self, flow: &Flow) {
        let Some(checkpoint) = flow.checkpoint() else { return };
        let frame = CheckpointFrame::redact(checkpoint, &mut self.numbers);
        self.push(&Frame::Checkpoint(frame));
        for remembered in flow.remembered() {
            let frame = remembered_frame(&remembered, &mut self.numbers);
            self.push(&frame);
        }
        self.ring.note_checkpoint();
    }

    /// Returns the milliseconds since the newest entry, and notes the moment.
    fn since_last(&mut self, now: Duration) -> u32 {
        let after = now.saturating_sub(self.last);
        self.last = now;
        u32::try_from(after.as_millis()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, frame: &Frame) {
        let mut buffer = [0; LONGEST_FRAME];
        match postcard::to_slice(frame, &mut buffer) {
            Ok(bytes) => self.ring.push(bytes),
            // A gap would replay to other steps, so the recording begins anew.
            Err(_) => self.erase(),
        }
    }
}

/// A copy of what a [`Recorder`] has recorded.
#[derive(Debug, Clone)]
pub struct Snapshot {
    header: Header,
    frames: Vec<u8>,
}

impl Snapshot {
    /// Returns the recording as a file, with fresh numbers for vehicles and keys.
    #[must_use]
    pub fn export(self) -> Vec<u8> {
        read::of_ring(self.header, &self.frames).to_bytes()
    }
}

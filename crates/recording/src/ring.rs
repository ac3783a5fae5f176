//! The buffer of a recorder: frames of bytes, of which the oldest make room.

use std::collections::VecDeque;

use crate::wire::CHECKPOINT_TAG;

/// The part of the buffer that steps fill before another checkpoint is wanted.
const CHECKPOINTS_IN_BUFFER: usize = 8;

/// The bytes before a frame: its length.
const PREFIX: usize = 2;

/// Frames, each behind its length as two bytes. The first one is always a checkpoint.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    bytes: VecDeque<u8>,
    limit: usize,
    since_checkpoint: usize,
}

impl Ring {
    pub(crate) fn new(limit: usize) -> Self {
        Self { bytes: VecDeque::with_capacity(limit), limit, since_checkpoint: 0 }
    }

    /// Returns `true` if the buffer has a checkpoint, so that further frames can be replayed.
    pub(crate) fn has_beginning(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Returns `true` if a checkpoint is missing, or if much was recorded since the last one.
    pub(crate) fn wants_checkpoint(&self) -> bool {
        !self.has_beginning() || self.since_checkpoint >= self.limit / CHECKPOINTS_IN_BUFFER
    }

    /// Adds a frame. If no checkpoint is left before it, the buffer becomes empty: the frame could not
    /// be replayed.
    pub(crate) fn push(&mut self, frame: &[u8]) {
        let Ok(length) = u16::try_from(frame.len()) else {
            self.clear();
            return;
        };
        let needed = PREFIX + frame.len();
        while self.bytes.len() + needed > self.limit {
            self.drop_oldest();
            if self.bytes.is_empty() {
                break;
            }
        }
        let is_checkpoint = frame.first() == Some(&CHECKPOINT_TAG);
        if needed > self.limit || (self.bytes.is_empty() && !is_checkpoint) {
            self.clear();
            return;
        }
        self.bytes.extend(&length.to_le_bytes());
        self.bytes.extend(frame);
        self.since_checkpoint += needed;
    }

    /// Notes that all frames of a checkpoint are there.
    pub(crate) fn note_checkpoint(&mut self) {
        self.since_checkpoint = 0;
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.since_checkpoint = 0;
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.bytes.iter().copied().collect()
    }

    /// Drops the oldest frames up to the next checkpoint.
    fn drop_oldest(&mut self) {
        let mut at = 0;
        loop {
            let (Some(low), Some(high)) = (self.bytes.get(at), self.bytes.get(at + 1)) else {
                break self.clear();
            };
            at += PREFIX + usize::from(u16::from_le_bytes([*low, *high]));
            if self.bytes.get(at + PREFIX) == Some(&CHECKPOINT_TAG) {
                self.bytes.drain(..at);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of the frames, which say what they are.
    fn tags(ring: &Ring) -> Vec<u8> {
        let mut rest = ring.to_vec();
        let mut tags = Vec::new();
        while !rest.is_empty() {
            let length = usize::from(rest[0]);
            tags.push(rest[2]);
            rest.drain(..2 + length);
        }
        tags
    }

    #[test]
    fn the_oldest_frames_make_room_up_to_the_next_checkpoint() {
        let mut ring = Ring::new(12);
        for tag in [CHECKPOINT_TAG, 7, CHECKPOINT_TAG, 8] {
            ring.push(&[tag]);
        }
        assert_eq!(tags(&ring), [CHECKPOINT_TAG, 7, CHECKPOINT_TAG, 8]);
        ring.push(&[9]);
        assert_eq!(tags(&ring), [CHECKPOINT_TAG, 8, 9]);
    }

    #[test]
    fn without_a_checkpoint_before_it_a_frame_is_not_kept() {
        let mut ring = Ring::new(8);
        ring.push(&[7]);
        assert!(!ring.has_beginning());
        for tag in [CHECKPOINT_TAG, 7, 8] {
            ring.push(&[tag]);
        }
        assert!(!ring.has_beginning() && ring.wants_checkpoint());
    }

    #[test]
    fn a_checkpoint_is_wanted_after_a_part_of_the_buffer() {
        let mut ring = Ring::new(80);
        ring.push(&[CHECKPOINT_TAG]);
        ring.note_checkpoint();
        for wanted in [false, false, false, true] {
            assert_eq!(ring.wants_checkpoint(), wanted);
            ring.push(&[7, 7]);
        }
    }

    #[test]
    fn a_frame_that_is_larger_than_the_buffer_leaves_it_empty() {
        let mut ring = Ring::new(8);
        ring.push(&[CHECKPOINT_TAG; 9]);
        assert!(!ring.has_beginning());
    }
}

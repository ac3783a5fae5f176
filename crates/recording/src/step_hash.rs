//! The short hash of what a step did.

use std::hash::{Hash, Hasher};

use digital_key_domain::{
    Diagnostic, DigitalKeyId, Effect, PageView, PairingStatus, Question, RecordChange, Request,
    Verdict, View, Vin,
};

/// Returns a hash of what a step did: verdict, effects and view.
///
/// VINs and key ids count by the order in which they appear in the step, so that a recording and its
/// replay agree. The link behind "More information" does not count: it is a text of the host's.
#[must_use]
pub fn step_hash(verdict: Verdict, effects: &[Effect], mut view: View) -> u32 {
    let mut hasher = StepHasher::default();
    verdict.hash(&mut hasher);
    hasher.vehicle(view.vehicle.take());
    if let PageView::Overview { more_information, .. } = &mut view.page {
        *more_information = Default::default();
    }
    view.hash(&mut hasher);
    effects.len().hash(&mut hasher);
    for effect in effects {
        hasher.effect(effect);
    }
    hasher.short()
}

/// The number of different vehicles, and of different keys, that one step distinguishes. A step is
/// about one or two.
const DIFFERENT: usize = 4;

/// A hasher that is the same on each platform, with the VINs and keys of the step.
#[derive(Default)]
struct StepHasher<'a> {
    state: u64,
    vehicles: [Option<Vin>; DIFFERENT],
    keys: [Option<&'a DigitalKeyId>; DIFFERENT],
}

impl<'a> StepHasher<'a> {
    fn vehicle(&mut self, vin: Option<Vin>) {
        let number = vin.map(|vin| place(&mut self.vehicles, vin));
        number.hash(self);
    }

    fn key(&mut self, key: &'a DigitalKeyId) {
        let number = place(&mut self.keys, key);
        number.hash(self);
    }

    fn effect(&mut self, effect: &'a Effect) {
        std::mem::discriminant(effect).hash(self);
        match effect {
            Effect::Request(Request { id, vin, question }) => {
                id.hash(self);
                self.vehicle(Some(*vin));
                self.question(question);
            }
            Effect::Store { vin, change } => {
                self.vehicle(Some(*vin));
                self.change(change);
            }
            Effect::Erase { vin } => self.vehicle(Some(*vin)),
            Effect::EraseAll => {}
            Effect::Report(failure) => failure.hash(self),
            Effect::Diagnose(Diagnostic::KeyIdCaseMismatch { vin, local, reported }) => {
                self.vehicle(Some(*vin));
                self.key(local);
                self.key(reported);
            }
        }
    }

    fn question(&mut self, question: &'a Question) {
        match question {
            Question::Presence(key) | Question::OpenWallet(key) => {
                std::mem::discriminant(question).hash(self);
                self.key(key);
            }
            Question::Record
            | Question::Support
            | Question::Status
            | Question::Password
            | Question::StorePassword(_)
            | Question::CanCreateKey
            | Question::TakeUse
            | Question::StartPairing
            | Question::CheckSheet => question.hash(self),
        }
    }

    fn change(&mut self, change: &'a RecordChange) {
        std::mem::discriminant(change).hash(self);
        match change {
            RecordChange::Support(support) => support.hash(self),
            RecordChange::Status(PairingStatus { owner_key, primary_subscriber, prepared }) => {
                (primary_subscriber, prepared).hash(self);
                owner_key.as_ref().map(|owner| owner.tracked).hash(self);
                if let Some(owner) = owner_key {
                    self.key(&owner.id);
                }
            }
            RecordChange::Presence { key, on_this_phone } => {
                self.key(key);
                on_this_phone.hash(self);
            }
            RecordChange::Paired { key, used } => {
                self.key(key);
                used.hash(self);
            }
        }
    }

    /// Returns the hash in 32 bits.
    fn short(&self) -> u32 {
        let [a, b, c, d, e, f, g, h] = self.state.to_le_bytes();
        u32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h])
    }

    /// FNV-1a, word by word.
    fn word(&mut self, word: u64) {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        self.state = ((self.state ^ OFFSET) ^ word).wrapping_mul(PRIME).rotate_left(23);
    }
}

/// Returns the place of a value among the different ones; those that find no room share the last.
fn place<T: PartialEq>(seen: &mut [Option<T>; DIFFERENT], value: T) -> u8 {
    for (place, slot) in (1..).zip(seen.iter_mut()) {
        match slot {
            Some(known) if *known == value => return place,
            Some(_) => {}
            None => {
                *slot = Some(value);
                return place;
            }
        }
    }
    u8::MAX
}

/// Each number counts as a word of 64 bits, so that the size of an `isize` does not matter.
impl Hasher for StepHasher<'_> {
    fn finish(&self) -> u64 {
        self.state
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.word(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.word(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        // The discriminants of enums, which are small and not negative.
        self.word(number as u64);
    }
}

//! The journal of the usage counters beside sled: one small file for each vehicle.
//!
//! sled cuts its log at the first damaged record and drops all later ones without an error, so a
//! counter could come back lower. The journal holds the count in a file that is read and written
//! without sled. A use is written here alone.
//!
//! A file has two slots of 64 bytes, so that a torn write leaves the other slot intact. The higher
//! slot counts, and the next write overwrites the lower one. A slot that is missing or broken may
//! have been the higher one; the other slot is then only a lower limit of the count.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use digital_key_domain::{Generation, UsageCounter, Vin};

use crate::directory::{remove, sync_directory};

/// The size of a slot in bytes.
const SLOT: usize = 64;
/// The first bytes of each slot: what it is, and the version of its format.
const MAGIC: &[u8; 4] = b"DKW\x01";

/// The folder with the journal files of all vehicles.
pub(crate) struct CounterJournal(PathBuf);

/// A count of uses. It only rises: by a use, or by a newer generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Count {
    pub(crate) generation: Generation,
    pub(crate) uses: UsageCounter,
}

/// The journal file of one vehicle, with what its slots hold.
#[derive(Debug, Default)]
pub(crate) struct JournalEntry {
    file: Option<File>,
    slots: [Option<Count>; 2],
}

impl CounterJournal {
    /// Returns the journal in this folder, which need not exist yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Reads the entry of a vehicle. A slot that cannot be read counts as missing.
    pub(crate) fn read(&self, vin: Vin) -> io::Result<JournalEntry> {
        let mut file = match OpenOptions::new().read(true).write(true).open(self.path(vin)) {
            Ok(file) => file,
            Err(error) if is_no_file(&error) => return Ok(JournalEntry::default()),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::with_capacity(2 * SLOT);
        (&mut file).take(2 * SLOT as u64).read_to_end(&mut bytes)?;
        let slot = |at| bytes.get(at..at + SLOT).and_then(|slot| from_slot(vin, slot));
        let slots = [slot(0), slot(SLOT)];
        Ok(JournalEntry { file: Some(file), slots })
    }

    /// Creates or replaces the entry of a vehicle, with this count in both slots, durably.
    pub(crate) fn begin(&self, vin: Vin, count: Count) -> io::Result<JournalEntry> {
        if !self.0.is_dir() {
            remove(&self.0)?;
            fs::create_dir(&self.0)?;
            sync_directory(self.0.parent().unwrap_or(Path::new("")))?;
        }
        let path = self.path(vin);
        if path.is_dir() {
            remove(&path)?;
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        file.write_all(&to_slot(vin, count).repeat(2))?;
        file.sync_all()?;
        sync_directory(&self.0)?;
        Ok(JournalEntry { file: Some(file), slots: [Some(count); 2] })
    }

    fn path(&self, vin: Vin) -> PathBuf {
        self.0.join(vin.as_str())
    }
}

fn is_no_file(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory
    )
}

impl JournalEntry {
    /// Returns the highest count in the slots. The true count is at least as high.
    pub(crate) fn highest(&self) -> Option<Count> {
        self.slots.into_iter().flatten().max()
    }

    /// Returns whether both slots are intact, so that the highest count is the true one.
    pub(crate) fn is_complete(&self) -> bool {
        self.slots.iter().all(Option::is_some)
    }

    /// Raises the count, durably. Returns an error unless the entry is complete.
    pub(crate) fn raise(&mut self, vin: Vin, count: Count) -> io::Result<()> {
        let is_complete = self.is_complete();
        let Some(file) = self.file.as_mut().filter(|_| is_complete) else {
            return Err(io::Error::other("the journal entry is incomplete"));
        };
        let lower = usize::from(self.slots[1] < self.slots[0]);
        file.seek(SeekFrom::Start((lower * SLOT) as u64))?;
        file.write_all(&to_slot(vin, count))?;
        file.sync_data()?;
        self.slots[lower] = Some(count);
        Ok(())
    }
}

/// Encodes a count as a slot: magic number, VIN, generation and uses, then zeros, and a checksum of
/// all bytes before it.
fn to_slot(vin: Vin, count: Count) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    let generation = count.generation.get().to_le_bytes();
    let content = [&MAGIC[..], vin.as_str().as_bytes(), &generation, &[count.uses.get()]].concat();
    slot[..content.len()].copy_from_slice(&content);
    let checksum = crc32fast::hash(&slot[..SLOT - 4]);
    slot[SLOT - 4..].copy_from_slice(&checksum.to_le_bytes());
    slot
}

/// Decodes a slot. Returns `None` unless each byte is as [`to_slot`] wrote it for this vehicle.
fn from_slot(vin: Vin, slot: &[u8]) -> Option<Count> {
    let at = MAGIC.len() + vin.as_str().len();
    let generation = slot.get(at..at + 8)?.try_into().ok()?;
    let count = Count {
        generation: Generation::new(u64::from_le_bytes(generation)),
        uses: UsageCounter::new(*slot.get(at + 8)?),
    };
    (to_slot(vin, count) == slot).then_some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(generation: u64, uses: u8) -> Count {
        Count { generation: Generation::new(generation), uses: UsageCounter::new(uses) }
    }

    fn vin() -> Vin {
        "WBA00000000DEMO03".parse().unwrap()
    }

    /// A journal whose entry was raised to these counts, one after the other.
    fn raised(counts: &[Count]) -> (tempfile::TempDir, CounterJournal) {
        let directory = tempfile::tempdir().unwrap();
        let journal = CounterJournal::new(directory.path().join("journal"));
        let mut journal_entry = journal.begin(vin(), counts[0]).unwrap();
        for count in &counts[1..] {
            journal_entry.raise(vin(), *count).unwrap();
        }
        (directory, journal)
    }

    #[test]
    fn the_count_comes_back() {
        let counts = [count(0, 3), count(1, 0), count(1, 1), count(1, 2), count(7, 0)];
        for length in 1..=counts.len() {
            let (_directory, journal) = raised(&counts[..length]);
            let journal_entry = journal.read(vin()).unwrap();
            assert!(journal_entry.is_complete());
            assert_eq!(journal_entry.highest(), Some(counts[length - 1]));
        }
    }

    #[test]
    fn another_vehicle_has_no_entry_and_cannot_use_this_one() {
        let (_directory, journal) = raised(&[count(1, 1)]);
        let other = "WBA00000000DEMO04".parse().unwrap();
        let journal_entry = journal.read(other).unwrap();
        assert_eq!((journal_entry.is_complete(), journal_entry.highest()), (false, None));
        fs::copy(journal.path(vin()), journal.path(other)).unwrap();
        assert_eq!(journal.read(other).unwrap().highest(), None);
    }

    #[test]
    fn rdy_4_any_damage_makes_the_entry_incomplete() {
        let (_directory, journal) = raised(&[count(1, 0), count(1, 1), count(1, 2)]);
        let path = journal.path(vin());
        let whole = fs::read(&path).unwrap();
        let mut damaged = Vec::new();
        for at in 0..whole.len() {
            damaged.push(whole[..at].to_vec());
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                damaged.push(bytes);
            }
        }
        for zeroed in [0..64, 64..128, 0..128, 30..90] {
            let mut bytes = whole.clone();
            bytes[zeroed].fill(0);
            damaged.push(bytes);
        }
        for bytes in damaged {
            fs::write(&path, bytes).unwrap();
            let mut journal_entry = journal.read(vin()).unwrap();
            assert!(!journal_entry.is_complete());
            assert!(
                journal_entry.raise(vin(), count(1, 3)).is_err(),
                "an incomplete entry was raised"
            );
        }
        let mut journal_entry = journal.begin(vin(), count(1, 3)).unwrap();
        journal_entry.raise(vin(), count(2, 0)).unwrap();
        assert_eq!(journal.read(vin()).unwrap().highest(), Some(count(2, 0)));
    }

    #[test]
    fn an_obstacle_at_the_path_is_no_entry_and_is_replaced() {
        let (directory, journal) = raised(&[count(1, 1)]);
        let path = journal.path(vin());
        type Damage<'a> = &'a dyn Fn();
        let obstacles: [Damage; 3] = [
            &|| {
                fs::remove_file(&path).unwrap();
                fs::create_dir(&path).unwrap();
            },
            &|| fs::remove_dir_all(directory.path().join("journal")).unwrap(),
            &|| {
                fs::remove_dir_all(directory.path().join("journal")).unwrap();
                fs::write(directory.path().join("journal"), "not a folder").unwrap();
            },
        ];
        for damage in obstacles {
            damage();
            assert_eq!(journal.read(vin()).unwrap().highest(), None);
            journal.begin(vin(), count(2, 3)).unwrap();
            assert_eq!(journal.read(vin()).unwrap().highest(), Some(count(2, 3)));
        }
    }
}

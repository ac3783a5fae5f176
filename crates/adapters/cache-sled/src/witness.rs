//! The witness of the counters beside sled: one small file a vehicle.
//!
//! sled cuts its log at the first record that is damaged and drops what was written later without
//! a word, so that a counter would come back lower. The witness holds the same number in a file
//! that is read and written without sled.
//!
//! A file has two slots of 64 bytes, so that a write that is torn leaves the other one. The higher
//! slot counts, and the lower one is overwritten next. A slot that is missing or broken may have
//! been the higher one: then nothing is certain but a lower limit.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use digital_key_domain::{Generation, UsageCounter, Vin};

use crate::directory::{remove, sync_directory};

const SLOT: usize = 64;
/// The first bytes of every slot: what it is, and the version of its form.
const MARK: &[u8; 4] = b"DKW\x01";

/// The folder with the witnesses.
pub(crate) struct Witness(PathBuf);

/// A count of uses. It is only ever raised: by a use, or by a newer generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Count {
    pub(crate) generation: Generation,
    pub(crate) uses: UsageCounter,
}

/// What the witness says about one vehicle.
#[derive(Debug, Default)]
pub(crate) struct Testimony {
    file: Option<File>,
    slots: [Option<Count>; 2],
}

impl Testimony {
    /// The highest count that is there; the true one is at least as high.
    pub(crate) fn highest(&self) -> Option<Count> {
        self.slots.into_iter().flatten().max()
    }

    /// Whether the highest count is the true one.
    pub(crate) fn is_whole(&self) -> bool {
        self.slots.iter().all(Option::is_some)
    }

    /// Raises the count, durably. The testimony has to be whole.
    pub(crate) fn raise(&mut self, vin: Vin, count: Count) -> io::Result<()> {
        let is_whole = self.is_whole();
        let Some(file) = self.file.as_mut().filter(|_| is_whole) else {
            return Err(io::Error::other("the witness is not whole"));
        };
        let lower = usize::from(self.slots[1] < self.slots[0]);
        file.seek(SeekFrom::Start((lower * SLOT) as u64))?;
        file.write_all(&to_slot(vin, count))?;
        file.sync_data()?;
        self.slots[lower] = Some(count);
        Ok(())
    }
}

impl Witness {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Reads what is known about a vehicle. What cannot be read any more is as good as missing.
    pub(crate) fn read(&self, vin: Vin) -> io::Result<Testimony> {
        let mut file = match OpenOptions::new().read(true).write(true).open(self.path(vin)) {
            Ok(file) => file,
            Err(error) if is_no_file(&error) => return Ok(Testimony::default()),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::with_capacity(2 * SLOT);
        (&mut file).take(2 * SLOT as u64).read_to_end(&mut bytes)?;
        let slot = |at| bytes.get(at..at + SLOT).and_then(|slot| from_slot(vin, slot));
        let slots = [slot(0), slot(SLOT)];
        Ok(Testimony { file: Some(file), slots })
    }

    /// Begins the witness of a vehicle, or begins it anew, with this count in both slots, durably.
    pub(crate) fn begin(&self, vin: Vin, count: Count) -> io::Result<Testimony> {
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
        Ok(Testimony { file: Some(file), slots: [Some(count); 2] })
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

/// Mark, vehicle, generation and uses; then zeros, and a checksum over all of it.
fn to_slot(vin: Vin, count: Count) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    let generation = count.generation.get().to_le_bytes();
    let content = [&MARK[..], vin.as_str().as_bytes(), &generation, &[count.uses.get()]].concat();
    slot[..content.len()].copy_from_slice(&content);
    let checksum = crc32fast::hash(&slot[..SLOT - 4]);
    slot[SLOT - 4..].copy_from_slice(&checksum.to_le_bytes());
    slot
}

/// The count in a slot that is exactly as it was written, for this vehicle.
fn from_slot(vin: Vin, slot: &[u8]) -> Option<Count> {
    let at = MARK.len() + vin.as_str().len();
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

    /// A witness that was raised to the last one of these counts.
    fn raised(counts: &[Count]) -> (tempfile::TempDir, Witness) {
        let directory = tempfile::tempdir().unwrap();
        let witness = Witness::new(directory.path().join("witness"));
        let mut testimony = witness.begin(vin(), counts[0]).unwrap();
        for count in &counts[1..] {
            testimony.raise(vin(), *count).unwrap();
        }
        (directory, witness)
    }

    #[test]
    fn the_count_comes_back() {
        let counts = [count(0, 3), count(1, 0), count(1, 1), count(1, 2), count(7, 0)];
        for length in 1..=counts.len() {
            let (_directory, witness) = raised(&counts[..length]);
            let testimony = witness.read(vin()).unwrap();
            assert!(testimony.is_whole());
            assert_eq!(testimony.highest(), Some(counts[length - 1]));
        }
    }

    #[test]
    fn another_vehicle_has_no_witness_and_cannot_use_this_one() {
        let (_directory, witness) = raised(&[count(1, 1)]);
        let other = "WBA00000000DEMO04".parse().unwrap();
        let testimony = witness.read(other).unwrap();
        assert_eq!((testimony.is_whole(), testimony.highest()), (false, None));
        fs::copy(witness.path(vin()), witness.path(other)).unwrap();
        assert_eq!(witness.read(other).unwrap().highest(), None);
    }

    #[test]
    fn rdy_4_any_damage_is_seen_and_never_lowers_the_count_unseen() {
        let (_directory, witness) = raised(&[count(1, 0), count(1, 1), count(1, 2)]);
        let path = witness.path(vin());
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
            let mut testimony = witness.read(vin()).unwrap();
            assert!(!testimony.is_whole());
            assert!(testimony.raise(vin(), count(1, 3)).is_err(), "it has to begin anew");
        }
        let mut testimony = witness.begin(vin(), count(1, 3)).unwrap();
        testimony.raise(vin(), count(2, 0)).unwrap();
        assert_eq!(witness.read(vin()).unwrap().highest(), Some(count(2, 0)));
    }

    #[test]
    fn what_stands_in_the_way_is_no_witness_and_makes_room() {
        let (directory, witness) = raised(&[count(1, 1)]);
        let path = witness.path(vin());
        type Damage<'a> = &'a dyn Fn();
        let in_the_way: [Damage; 3] = [
            &|| {
                fs::remove_file(&path).unwrap();
                fs::create_dir(&path).unwrap();
            },
            &|| fs::remove_dir_all(directory.path().join("witness")).unwrap(),
            &|| {
                fs::remove_dir_all(directory.path().join("witness")).unwrap();
                fs::write(directory.path().join("witness"), "no folder").unwrap();
            },
        ];
        for damage in in_the_way {
            damage();
            assert_eq!(witness.read(vin()).unwrap().highest(), None);
            witness.begin(vin(), count(2, 3)).unwrap();
            assert_eq!(witness.read(vin()).unwrap().highest(), Some(count(2, 3)));
        }
    }
}

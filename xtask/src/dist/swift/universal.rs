//! One file with a static library for several processors, in Apple's format, as `lipo` writes it.

use std::path::{Path, PathBuf};

use object::macho::{
    CPU_SUBTYPE_ARM64_ALL, CPU_SUBTYPE_X86_64_ALL, CPU_TYPE_ARM64, CPU_TYPE_X86_64, FAT_MAGIC,
    FatArch32, FatHeader,
};
use object::pod::bytes_of;
use object::{BigEndian, U32};

use crate::TaskError;

/// Each library begins at a multiple of two to this power, as Apple's tools have it for arm64.
const ALIGNMENT: u32 = 14;

/// A processor, by Apple's name.
#[derive(Clone, Copy)]
pub(super) enum Processor {
    Arm64,
    X86_64,
}

impl Processor {
    fn number(self) -> (u32, u32) {
        match self {
            Self::Arm64 => (CPU_TYPE_ARM64, CPU_SUBTYPE_ARM64_ALL),
            Self::X86_64 => (CPU_TYPE_X86_64, CPU_SUBTYPE_X86_64_ALL),
        }
    }
}

/// Joins these libraries.
pub(super) fn join(libraries: &[(Processor, PathBuf)]) -> Result<Vec<u8>, TaskError> {
    let big = |number: usize| Ok::<_, TaskError>(U32::new(BigEndian, number.try_into()?));
    let mut header = bytes_of(&FatHeader {
        magic: U32::new(BigEndian, FAT_MAGIC),
        nfat_arch: big(libraries.len())?,
    })
    .to_vec();
    let mut content = Vec::new();
    let start = aligned(header.len() + libraries.len() * size_of::<FatArch32>());
    for (processor, library) in libraries {
        let library = read(library)?;
        let (cputype, cpusubtype) = processor.number();
        header.extend(bytes_of(&FatArch32 {
            cputype: U32::new(BigEndian, cputype),
            cpusubtype: U32::new(BigEndian, cpusubtype),
            offset: big(start + content.len())?,
            size: big(library.len())?,
            align: U32::new(BigEndian, ALIGNMENT),
        }));
        content.extend(library);
        content.resize(aligned(content.len()), 0);
    }
    header.resize(start, 0);
    header.extend(content);
    Ok(header)
}

fn aligned(place: usize) -> usize {
    place.next_multiple_of(1 << ALIGNMENT)
}

fn read(library: &Path) -> Result<Vec<u8>, TaskError> {
    Ok(std::fs::read(library).map_err(|error| format!("{}: {error}", library.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::read::macho::{FatArch, MachOFatFile32};

    #[test]
    fn each_library_is_found_by_its_processor() -> Result<(), TaskError> {
        let folder = std::env::temp_dir().join(format!("universal-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let library = |processor, name: &str, content: &str| {
            let path = folder.join(name);
            std::fs::write(&path, content)?;
            Ok::<_, TaskError>((processor, path))
        };
        let joined = join(&[
            library(Processor::Arm64, "arm64.a", "for new Macs")?,
            library(Processor::X86_64, "x86_64.a", "for Macs of Intel")?,
        ])?;
        std::fs::remove_dir_all(&folder)?;
        let file = MachOFatFile32::parse(joined.as_slice())?;
        let found: Vec<_> = file
            .arches()
            .iter()
            .map(|it| (it.architecture(), it.offset() % (1 << ALIGNMENT), it.data(&*joined)))
            .collect();
        assert_eq!(
            found,
            [
                (object::Architecture::Aarch64, 0, Ok(b"for new Macs".as_slice())),
                (object::Architecture::X86_64, 0, Ok(b"for Macs of Intel".as_slice())),
            ]
        );
        Ok(())
    }
}

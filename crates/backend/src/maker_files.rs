//! Vehicles from files that hold the car maker's own answers.
//!
//! A vehicle is a folder with two files: `vehicles_state.json` (what the vehicle can do; its
//! `capabilities.digitalKey` may be absent) and `vehicle-list.json` (`mappingInfos`: its VIN, and
//! whether the user is its primary user). Other fields are ignored, and so is a byte order mark.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use digital_key_domain::{DigitalKeyCapability, Vin};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json::{self, JsonError, Object};
use crate::vehicle::{DigitalKeyObject, Vehicle};
use crate::vehicle_store::VehicleStore;

/// The name of the file with a vehicle's capabilities.
pub const STATE_FILE: &str = "vehicles_state.json";
/// The name of the file with a vehicle's VIN.
pub const LIST_FILE: &str = "vehicle-list.json";
/// The longest file that is read, in bytes.
pub const MAX_FILE: usize = 1024 * 1024;

/// The `digitalKey` object of a state file. Each member is read by itself (REQ-5): one that is
/// missing, null or of another type is `None`.
#[derive(Debug, Clone)]
pub struct MakerDigitalKey {
    /// The member `state`.
    pub state: Option<String>,
    /// The member `bookedServicePackage`.
    pub booked_service_package: Option<String>,
    /// The member `vehicleSoftwareUpgradeRequired`; `None` means no.
    pub upgrade_required: Option<bool>,
    /// The whole object.
    pub raw: DigitalKeyObject,
}

impl MakerDigitalKey {
    /// Returns what decides whether the vehicle supports a digital key (REQ-5).
    #[must_use]
    pub fn capability(&self) -> DigitalKeyCapability<'_> {
        DigitalKeyCapability {
            state: self.state.as_deref(),
            package: self.booked_service_package.as_deref(),
            upgrade_required: self.upgrade_required,
        }
    }
}

/// A vehicle as the two files describe it.
#[derive(Debug, Clone)]
pub struct MakerVehicle {
    /// Its identification number.
    pub vin: Vin,
    /// Whether the user is its primary user.
    pub primary_user: bool,
    /// Its `digitalKey` object, when it has one.
    pub digital_key: Option<MakerDigitalKey>,
}

/// Fields that the files do not have get their defaults: no owner key, prepared, random passwords.
impl From<MakerVehicle> for Vehicle {
    fn from(vehicle: MakerVehicle) -> Self {
        Self {
            digital_key: vehicle.digital_key.map(|it| it.raw),
            primary_subscriber: vehicle.primary_user,
            ..Self::default()
        }
    }
}

/// A file of the maker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MakerFileKind {
    /// What a vehicle can do: [`STATE_FILE`].
    State,
    /// The user's vehicles: [`LIST_FILE`].
    List,
    /// The user's vehicles as the maker listed them before version 5.
    OldList,
    /// How a vehicle was built.
    Profile,
}

impl fmt::Display for MakerFileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::State => "the state of a vehicle, an object with `capabilities`",
            Self::List => {
                "a list of vehicles in the maker's version 5 (eadrax-vcs/v5/vehicle-list), an \
                 object with `mappingInfos`"
            }
            Self::OldList => {
                "a list of vehicles in the maker's version 4 or older, an array with `mappingInfo`"
            }
            Self::Profile => "the profile of a vehicle, an object with `bodyType`",
        })
    }
}

/// Why a file of the maker cannot be used. It names the file and the place of a mistake, and does
/// not repeat the content.
#[derive(Debug, thiserror::Error)]
pub enum MakerFileError {
    /// The file or folder cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system reports.
        #[source]
        source: io::Error,
    },
    /// The file has more than [`MAX_FILE`] bytes.
    #[error("{} has more than {MAX_FILE} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The content is not JSON, or not what such a file holds.
    #[error("{}: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: JsonError,
    },
    /// The file is another one of the maker's, or one of another version.
    #[error("{} is {found}; needed is {expected}", path.display())]
    AnotherFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: MakerFileKind,
        /// What is needed instead.
        expected: MakerFileKind,
    },
    /// The path holds no vehicle.
    #[error(
        "{} has no vehicle; a vehicle is a folder with {STATE_FILE} and {LIST_FILE}",
        path.display()
    )]
    NoVehicle {
        /// The folder, or the list.
        path: PathBuf,
    },
    /// A vehicle is listed twice.
    #[error("{} lists vehicle {} a second time", path.display(), vin.short())]
    Duplicate {
        /// The second list that has the vehicle.
        path: PathBuf,
        /// The vehicle.
        vin: Vin,
    },
    /// There are more vehicles than the backend takes.
    #[error("{} has more than {} vehicles", path.display(), VehicleStore::MAX_VEHICLES)]
    TooManyVehicles {
        /// The folder.
        path: PathBuf,
    },
}

/// Reads the vehicles at a path: a folder with the two files, a folder of such folders, or a state
/// file itself (the list beside it). A state file applies to every vehicle of its list.
///
/// # Errors
/// [`MakerFileError`] for the first file that is wrong, and when there is no vehicle.
pub fn load(path: &Path) -> Result<Vec<MakerVehicle>, MakerFileError> {
    let mut vehicles = Vec::new();
    let mut known = BTreeSet::new();
    for state_path in state_files(path)? {
        let list_path = state_path.with_file_name(LIST_FILE);
        let digital_key = parse_state_file(&state_path, &read(&state_path)?)?;
        for (vin, primary_user) in parse_list_file(&list_path, &read(&list_path)?)? {
            if !known.insert(vin) {
                let path = list_path;
                return Err(MakerFileError::Duplicate { path, vin });
            }
            let digital_key = digital_key.clone();
            vehicles.push(MakerVehicle { vin, primary_user, digital_key });
        }
    }
    let path = path.to_owned();
    match vehicles.len() {
        0 => Err(MakerFileError::NoVehicle { path }),
        1..=VehicleStore::MAX_VEHICLES => Ok(vehicles),
        _ => Err(MakerFileError::TooManyVehicles { path }),
    }
}

/// Returns the state files at a path, in the order of their names.
///
/// A folder with one of the two files counts as a vehicle, so that the error names the missing
/// file.
fn state_files(path: &Path) -> Result<Vec<PathBuf>, MakerFileError> {
    let unreadable = |source| MakerFileError::Unreadable { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let is_vehicle =
        |folder: &Path| folder.join(STATE_FILE).exists() || folder.join(LIST_FILE).exists();
    if is_vehicle(path) {
        return Ok(vec![path.join(STATE_FILE)]);
    }
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let folder = entry.map_err(unreadable)?.path();
        if is_vehicle(&folder) {
            found.insert(folder.join(STATE_FILE));
        }
        if found.len() > VehicleStore::MAX_VEHICLES {
            let path = path.to_owned();
            return Err(MakerFileError::TooManyVehicles { path });
        }
    }
    Ok(found.into_iter().collect())
}

/// Reads a file of at most [`MAX_FILE`] bytes.
///
/// # Errors
/// [`MakerFileError::Unreadable`] and [`MakerFileError::TooLarge`].
pub fn read(path: &Path) -> Result<Vec<u8>, MakerFileError> {
    let path = path.to_owned();
    let mut content = Vec::new();
    // One byte more than the limit shows that the file is too large.
    let limit = MAX_FILE as u64 + 1;
    match File::open(&path).and_then(|file| file.take(limit).read_to_end(&mut content)) {
        Err(source) => Err(MakerFileError::Unreadable { path, source }),
        Ok(length) if length > MAX_FILE => Err(MakerFileError::TooLarge { path }),
        Ok(_) => Ok(content),
    }
}

/// Parses the content of a state file; `path` is for the error. `None` = a vehicle without the
/// `digitalKey` object.
///
/// # Errors
/// [`MakerFileError::Malformed`], also for a document without `capabilities`, and
/// [`MakerFileError::AnotherFile`].
pub fn parse_state_file(
    path: &Path,
    content: &[u8],
) -> Result<Option<MakerDigitalKey>, MakerFileError> {
    let state = MakerFileKind::State;
    let fields = parse::<StateFile<Object<DigitalKeyFields>>>(path, content, state)?;
    let raw = parse::<StateFile<DigitalKeyObject>>(path, content, state)?;
    let Capabilities { digital_key } = fields.capabilities.0;
    let both = digital_key.zip(raw.capabilities.0.digital_key);
    Ok(both.map(|(Object(fields), raw)| MakerDigitalKey {
        state: fields.state.as_str().map(str::to_owned),
        booked_service_package: fields.booked_service_package.as_str().map(str::to_owned),
        upgrade_required: fields.vehicle_software_upgrade_required.as_bool(),
        raw,
    }))
}

/// Parses the content of a list file: each VIN, and whether the user is its primary user; `path`
/// is for the error.
///
/// # Errors
/// [`MakerFileError::Malformed`], [`MakerFileError::AnotherFile`], such as a list of another
/// version, and [`MakerFileError::NoVehicle`] for an empty list.
pub fn parse_list_file(path: &Path, content: &[u8]) -> Result<Vec<(Vin, bool)>, MakerFileError> {
    let ListFile { mapping_infos } = parse(path, content, MakerFileKind::List)?;
    if mapping_infos.is_empty() {
        let path = path.to_owned();
        return Err(MakerFileError::NoVehicle { path });
    }
    let mappings = mapping_infos.into_iter();
    Ok(mappings.map(|Object(it)| (it.vin, it.is_primary_user)).collect())
}

/// Parses a document. If it is another file of the maker's, the error says so, with the `expected`
/// one.
fn parse<T: DeserializeOwned>(
    path: &Path,
    content: &[u8],
    expected: MakerFileKind,
) -> Result<T, MakerFileError> {
    let content = without_byte_order_mark(content);
    json::parse(&content).map(|Object(value)| value).map_err(|source| {
        let path = path.to_owned();
        match recognize(&content) {
            Some(found) if found != expected => {
                MakerFileError::AnotherFile { path, found, expected }
            }
            _ => MakerFileError::Malformed { path, source },
        }
    })
}

/// Returns the text without its byte order mark, and UTF-16 as UTF-8: editors and shells on Windows
/// write both.
fn without_byte_order_mark(content: &[u8]) -> Cow<'_, [u8]> {
    if let Some(text) = content.strip_prefix(b"\xef\xbb\xbf") {
        return Cow::Borrowed(text);
    }
    let utf_16 = match content.split_at_checked(2) {
        Some((b"\xff\xfe", text)) => from_utf_16(text, u16::from_le_bytes),
        Some((b"\xfe\xff", text)) => from_utf_16(text, u16::from_be_bytes),
        _ => None,
    };
    // What is no text stays as it is, and the parser reports its place.
    utf_16.map_or(Cow::Borrowed(content), |text| Cow::Owned(text.into_bytes()))
}

fn from_utf_16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = text.as_chunks();
    let units = units.iter().map(|bytes| unit(*bytes));
    rest.is_empty().then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok())?
}

/// Recognizes a file of the maker's by its members.
fn recognize(content: &[u8]) -> Option<MakerFileKind> {
    let document: Value = serde_json::from_slice(content).ok()?;
    let has = |name| document.get(name).is_some();
    if document.get(0).is_some_and(|vehicle| vehicle.get("mappingInfo").is_some()) {
        Some(MakerFileKind::OldList)
    } else if has("mappingInfos") {
        Some(MakerFileKind::List)
    } else if has("capabilities") {
        Some(MakerFileKind::State)
    } else if has("bodyType") && has("headUnitType") {
        Some(MakerFileKind::Profile)
    } else {
        None
    }
}

#[derive(Deserialize)]
struct StateFile<T> {
    capabilities: Object<Capabilities<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Capabilities<T> {
    digital_key: Option<T>,
}

/// A member can have any type.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DigitalKeyFields {
    state: Value,
    booked_service_package: Value,
    vehicle_software_upgrade_required: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListFile {
    mapping_infos: Vec<Object<Mapping>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mapping {
    #[serde(deserialize_with = "json::vin")]
    vin: Vin,
    is_primary_user: bool,
}

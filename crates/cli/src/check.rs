//! `digital-key check` says whether this vehicle and this phone can have a digital key.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use digital_key::backend::maker_files::{self, MakerDigitalKey};
use digital_key::ports::{DigitalKeyCapability, Support, SupportAnswer};
use digital_key::{
    EquipmentCode, MachineIdentifier, ModelSupport, OsVersion, Series, Vin, missing_equipment,
};
use serde_json::{Map, Value, json};

use crate::error::CommandError;

/// Exit code: 0 = yes, 1 = no or unknown, 2 = bad usage or a file that cannot be used.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key check --vehicle-state vehicles_state.json
  digital-key check --vehicle-state vehicles_state.json --vehicle-list vehicle-list.json \\
      --phone iPhone12,8 --ios 14.2 --equipment 6AE,322,6U3 --series G20 --json")]
pub(crate) struct Options {
    /// The maker's answer about what the vehicle can do.
    #[arg(long, value_name = "FILE")]
    vehicle_state: PathBuf,
    /// The maker's list of the user's vehicles.
    #[arg(long, value_name = "FILE")]
    vehicle_list: Option<PathBuf>,
    /// The vehicle of the list, if the list names several.
    #[arg(long, value_name = "VIN", requires = "vehicle_list")]
    vin: Option<Vin>,
    /// The machine identifier of the phone, such as iPhone12,8.
    #[arg(long, value_name = "MACHINE")]
    phone: Option<MachineIdentifier>,
    /// The version of iOS, such as 14.2.
    #[arg(long, value_name = "VERSION")]
    ios: Option<OsVersion>,
    /// The vehicle's special equipment codes, such as 6AE,322,6U3.
    #[arg(long, value_name = "CODES", value_delimiter = ',', requires = "series")]
    equipment: Option<Vec<EquipmentCode>>,
    /// The vehicle's series, such as G20.
    #[arg(long, value_name = "SERIES", requires = "equipment")]
    series: Option<Series>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A reason against a digital key: a code that never changes, and a sentence.
struct Reason {
    code: &'static str,
    text: String,
}

/// The findings in the order of the questions: members of the JSON object, reasons against a key, and
/// remarks.
#[derive(Default)]
struct Findings {
    members: Map<String, Value>,
    reasons: Vec<Reason>,
    remarks: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let mut findings = Findings::default();
    let digital_key = read(&options.vehicle_state, maker_files::parse_state_file)?;
    findings.vehicle(digital_key.as_ref());
    if let (Some(listed), Some(series)) = (&options.equipment, options.series) {
        findings.equipment(listed, series);
    }
    if let Some(phone) = &options.phone {
        findings.phone(phone);
    }
    if let Some(ios) = options.ios {
        findings.ios(ios);
    }
    if let Some(list) = &options.vehicle_list {
        findings.user(&read(list, maker_files::parse_list_file)?, options.vin, list)?;
    }
    findings.print(options.json)?;
    Ok(ExitCode::from(u8::from(!findings.reasons.is_empty())))
}

fn read<T>(
    path: &Path,
    parse: impl Fn(&Path, &[u8]) -> Result<T, maker_files::MakerFileError>,
) -> Result<T, CommandError> {
    maker_files::read(path)
        .and_then(|content| parse(path, &content))
        .map_err(|error| CommandError::usage(error.to_string()))
}

impl Findings {
    fn member(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    fn reason(&mut self, code: &'static str, text: impl Into<String>) {
        self.reasons.push(Reason { code, text: text.into() });
    }

    /// Checks whether the vehicle supports digital keys (REQ-5).
    fn vehicle(&mut self, digital_key: Option<&MakerDigitalKey>) {
        let answer = SupportAnswer::decide(digital_key.map(|key| DigitalKeyCapability {
            state: Some(&key.state),
            package: Some(&key.booked_service_package),
            upgrade_required: Some(key.upgrade_required),
        }));
        let entry = match answer {
            SupportAnswer::Known(Support::Supported { upgrade_required }) => {
                if upgrade_required {
                    self.remarks.push("the vehicle's software must be upgraded first".into());
                }
                "shown"
            }
            SupportAnswer::Known(Support::NotSupported) => {
                self.reason("VehicleNotSupported", "the vehicle does not support digital keys");
                "hidden"
            }
            SupportAnswer::Unknown => {
                self.reason(
                    "VehicleSupportUnknown",
                    "the vehicle's answer has a value that this version does not know",
                );
                "unknown"
            }
        };
        self.member("entry", entry);
        self.member("package", digital_key.map(|key| key.booked_service_package.clone()));
    }

    /// Checks the equipment of the vehicle (REQ-1).
    fn equipment(&mut self, listed: &[EquipmentCode], series: Series) {
        let missing = missing_equipment(listed, series);
        for missing in &missing {
            let bringers: Vec<_> = missing.brought_by.iter().map(ToString::to_string).collect();
            let how = if bringers.is_empty() {
                String::new()
            } else {
                format!("; in a {series}, {} brings it", bringers.join(" or "))
            };
            self.reason("EquipmentMissing", format!("equipment {} is missing{how}", missing.code));
        }
        let codes: Vec<_> = missing.iter().map(|missing| missing.code.to_string()).collect();
        self.member("equipment", json!({ "ok": codes.is_empty(), "missing": codes }));
    }

    /// Checks the model of the phone (REQ-2).
    fn phone(&mut self, phone: &MachineIdentifier) {
        let support = match phone.support() {
            ModelSupport::Supported => "supported",
            ModelSupport::Unsupported => {
                self.reason("PhoneNotSupported", "the phone is older than an iPhone XR or XS");
                "unsupported"
            }
            ModelSupport::Unknown => {
                self.reason("PhoneUnknown", "the machine identifier names no iPhone model");
                "unknown"
            }
        };
        self.member("phone", support);
    }

    /// Checks the version of iOS (REQ-3).
    fn ios(&mut self, ios: OsVersion) {
        if ios < OsVersion::FIRST_SUPPORTED_IOS {
            self.reason("PhoneSoftwareUpdateRequired", format!("iOS {ios} is older than iOS 13.6"));
            self.member("ios", "too_old");
        } else {
            self.member("ios", "supported");
        }
    }

    /// Checks whether the user is the primary user of the vehicle (WEL-6).
    fn user(
        &mut self,
        vehicles: &[(Vin, bool)],
        wanted: Option<Vin>,
        list: &Path,
    ) -> Result<(), CommandError> {
        let (vin, primary_user) = match (vehicles, wanted) {
            (vehicles, Some(wanted)) => {
                *vehicles.iter().find(|(vin, _)| *vin == wanted).ok_or_else(|| {
                    let vin = wanted.as_str();
                    CommandError::usage(format!(
                        "{}: mappingInfos does not name {vin}",
                        list.display()
                    ))
                })?
            }
            ([one], None) => *one,
            (several, None) => {
                return Err(CommandError::usage(format!(
                    "{}: mappingInfos names {} vehicles; choose one with --vin",
                    list.display(),
                    several.len()
                )));
            }
        };
        self.remarks.extend(vin.remarks().iter().map(|remark| format!("VIN: {remark}")));
        self.member("primary_user", primary_user);
        if !primary_user {
            self.reason("NotPrimarySubscriber", "the user is not the vehicle's primary user");
        }
        Ok(())
    }

    fn print(&mut self, as_json: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if as_json {
            let codes: Vec<_> = self.reasons.iter().map(|reason| reason.code).collect();
            self.member("reasons", codes);
            return writeln!(out, "{}", Value::Object(std::mem::take(&mut self.members)));
        }
        if self.reasons.is_empty() {
            writeln!(out, "yes: a digital key is possible")?;
        } else {
            writeln!(out, "no:")?;
        }
        for Reason { code, text } in &self.reasons {
            writeln!(out, "  {text} ({code})")?;
        }
        for remark in &self.remarks {
            writeln!(out, "  note: {remark}")?;
        }
        Ok(())
    }
}

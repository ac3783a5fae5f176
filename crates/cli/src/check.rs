//! `digital-key check` says whether this vehicle and this phone can have a digital key.

mod sample;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use digital_key::backend::maker_files::{self, LIST_FILE, MakerDigitalKey, STATE_FILE};
use digital_key::ports::{DigitalKeyCapability, Support, SupportAnswer};
use digital_key::{
    EquipmentCode, MachineIdentifier, ModelSupport, OsVersion, Series, Vin, VinRemark,
    missing_equipment,
};
use serde_json::{Map, Value, json};

use crate::error::CommandError;
use sample::Sample;

/// Exit code: 0 = yes, 1 = no or unknown, 2 = bad usage or a file that cannot be used.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("vehicle").required(true).args(["vehicle_state", "sample"])))]
#[command(after_help = "Examples:
  digital-key check --sample
  digital-key check --sample secondary-user --phone iPhone12,8 --ios 14.2
  digital-key check --vehicle-state vehicles_state.json
  digital-key check --vehicle-state vehicles_state.json --vehicle-list vehicle-list.json \\
      --phone iPhone12,8 --ios 14.2 --equipment 6AE,322,6U3 --series G20 --json")]
pub(crate) struct Options {
    /// The maker's answer about what the vehicle can do (vehicles_state.json).
    #[arg(long, value_name = "FILE")]
    vehicle_state: Option<PathBuf>,
    /// Check an invented vehicle that comes with this program, instead of files.
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        default_missing_value = "pairable",
        conflicts_with = "vehicle_list"
    )]
    sample: Option<Sample>,
    /// The maker's list of the user's vehicles (vehicle-list.json, version 5).
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

/// A question that the command did not ask, since an option is missing.
struct Unchecked {
    /// The member that the JSON object has with the option.
    member: &'static str,
    text: &'static str,
    option: &'static str,
}

/// The findings in the order of the questions: members of the JSON object, reasons against a key,
/// remarks, and what was not checked.
#[derive(Default)]
struct Findings {
    members: Map<String, Value>,
    reasons: Vec<Reason>,
    remarks: Vec<String>,
    remarks_about_vin: Vec<VinRemark>,
    unchecked: Vec<Unchecked>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let mut findings = Findings::default();
    findings.vehicle(state(options)?.as_ref());
    match (&options.equipment, options.series) {
        (Some(listed), Some(series)) => findings.equipment(listed, series),
        _ => findings.unchecked(
            "equipment",
            "the vehicle's equipment",
            "--equipment 6AE,322,6U3 --series G20",
        ),
    }
    match &options.phone {
        Some(phone) => findings.phone(phone),
        None => findings.unchecked("phone", "the phone", "--phone iPhone12,1"),
    }
    match options.ios {
        Some(ios) => findings.ios(ios),
        None => findings.unchecked("ios", "the version of iOS", "--ios 14.2"),
    }
    match list(options)? {
        Some((path, vehicles)) => findings.user(&vehicles, options.vin, path)?,
        None => findings.unchecked("primary_user", "the user", "--vehicle-list FILE"),
    }
    if options.sample.is_some() {
        // An invented VIN follows no formula.
        findings.remarks_about_vin.clear();
    }
    findings.print(options)?;
    Ok(ExitCode::from(u8::from(!findings.reasons.is_empty())))
}

/// Returns the `digitalKey` object of the sample, or of the file.
fn state(options: &Options) -> Result<Option<MakerDigitalKey>, CommandError> {
    match (options.sample, &options.vehicle_state) {
        (Some(sample), _) => {
            maker_files::parse_state_file(Path::new(STATE_FILE), sample.files().0.as_bytes())
        }
        (None, Some(path)) => maker_files::read(path)
            .and_then(|content| maker_files::parse_state_file(path, &content)),
        (None, None) => return Err(CommandError::usage("--vehicle-state or --sample is needed")),
    }
    .map_err(|error| CommandError::usage(error.to_string()))
}

/// A list's path, and its vehicles with whether the user is their primary user.
type List<'a> = (&'a Path, Vec<(Vin, bool)>);

/// Returns the list of the sample, or of the file.
fn list(options: &Options) -> Result<Option<List<'_>>, CommandError> {
    let (path, vehicles) = match (options.sample, &options.vehicle_list) {
        (Some(sample), _) => {
            let path = Path::new(LIST_FILE);
            (path, maker_files::parse_list_file(path, sample.files().1.as_bytes()))
        }
        (None, Some(path)) => {
            let content = maker_files::read(path);
            (&**path, content.and_then(|content| maker_files::parse_list_file(path, &content)))
        }
        (None, None) => return Ok(None),
    };
    let vehicles = vehicles.map_err(|error| CommandError::usage(error.to_string()))?;
    Ok(Some((path, vehicles)))
}

impl Findings {
    fn member(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    fn reason(&mut self, code: &'static str, text: impl Into<String>) {
        self.reasons.push(Reason { code, text: text.into() });
    }

    fn unchecked(&mut self, member: &'static str, text: &'static str, option: &'static str) {
        self.unchecked.push(Unchecked { member, text, option });
    }

    /// Checks whether the vehicle supports digital keys (REQ-5).
    fn vehicle(&mut self, digital_key: Option<&MakerDigitalKey>) {
        let capability = digital_key.map(MakerDigitalKey::capability);
        let entry = match SupportAnswer::decide(capability) {
            SupportAnswer::Known(Support::Supported { upgrade_required }) => {
                if upgrade_required {
                    self.remarks.push("the vehicle's software must be upgraded first".into());
                }
                "shown"
            }
            SupportAnswer::Known(Support::NotSupported) => {
                let why = match capability {
                    None => "its answer has no digitalKey",
                    Some(DigitalKeyCapability { package: Some("NONE"), .. }) => {
                        "its package is NONE"
                    }
                    Some(_) => "its state is NOT_AVAILABLE",
                };
                self.reason(
                    "VehicleNotSupported",
                    format!("the vehicle does not support digital keys: {why}"),
                );
                "hidden"
            }
            SupportAnswer::Unknown => {
                let what = capability.map_or_else(Vec::new, unknown_members).join(", and ");
                self.reason(
                    "VehicleSupportUnknown",
                    format!("the vehicle's answer does not decide: {what}"),
                );
                "unknown"
            }
        };
        self.member("entry", entry);
        self.member("package", digital_key.and_then(|key| key.booked_service_package.clone()));
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

    /// Checks the model of the phone (REQ-2). As in the app, an unknown one is no reason (WEL-8).
    fn phone(&mut self, phone: &MachineIdentifier) {
        let support = match phone.support() {
            ModelSupport::Supported => "supported",
            ModelSupport::Unsupported => {
                let why = if phone.as_str().starts_with("iPhone") {
                    "the phone is older than an iPhone XR or XS"
                } else {
                    "the device is no iPhone; an iPhone XR, XS or later is needed"
                };
                self.reason("PhoneNotSupported", why);
                "unsupported"
            }
            ModelSupport::Unknown => {
                self.remarks.push(
                    "the machine identifier names no model of iPhone, such as iPhone12,1; in the \
                     app, Apple's answer decides"
                        .into(),
                );
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
        self.remarks_about_vin = vin.remarks();
        self.member("primary_user", primary_user);
        if !primary_user {
            self.reason("NotPrimarySubscriber", "the user is not the vehicle's primary user");
        }
        Ok(())
    }

    fn print(&mut self, options: &Options) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if options.json {
            let codes: Vec<_> = self.reasons.iter().map(|reason| reason.code).collect();
            let unchecked: Vec<_> = self.unchecked.iter().map(|it| it.member).collect();
            self.member("not_checked", unchecked);
            self.member("reasons", codes);
            return writeln!(out, "{}", Value::Object(std::mem::take(&mut self.members)));
        }
        if let Some(sample) = options.sample {
            writeln!(out, "the invented vehicle {:?}; --help lists the others", sample.name())?;
        }
        match (self.reasons.is_empty(), self.unchecked.is_empty()) {
            (true, true) => writeln!(out, "yes: a digital key is possible")?,
            (true, false) => writeln!(out, "yes, as far as checked: a digital key is possible")?,
            (false, _) => writeln!(out, "no:")?,
        }
        for Reason { code, text } in &self.reasons {
            writeln!(out, "  {text} ({code})")?;
        }
        for remark in &self.remarks {
            writeln!(out, "  note: {remark}")?;
        }
        for remark in &self.remarks_about_vin {
            writeln!(out, "  note: VIN: {remark}")?;
        }
        writeln!(out, "not checked:")?;
        for Unchecked { text, option, .. } in &self.unchecked {
            writeln!(out, "  {text}; add {option}")?;
        }
        writeln!(
            out,
            "  what the app asks the backend and Apple: the vehicle's preparation and password, and \
             whether Apple allows a key"
        )
    }
}

/// Says for each member that does not decide what is wrong with it.
fn unknown_members(capability: DigitalKeyCapability<'_>) -> Vec<String> {
    let decides = |capability| SupportAnswer::decide(Some(capability)) != SupportAnswer::Unknown;
    let DigitalKeyCapability { state, package, .. } = capability;
    let state_decides = decides(DigitalKeyCapability { package: Some("SMACC_1_5"), ..capability });
    let package_decides = decides(DigitalKeyCapability { state: Some("ACTIVATED"), ..capability });
    [("state", state, state_decides), ("bookedServicePackage", package, package_decides)]
        .into_iter()
        .filter(|(_, _, decides)| !decides)
        .map(|(member, value, _)| match value {
            None => format!("its {member} is missing or no text"),
            Some(value) => {
                let start: String = value.chars().take(32).collect();
                format!("this version does not know the {member} {start:?}")
            }
        })
        .collect()
}

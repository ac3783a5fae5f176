//! `digital-key backend`: the services in the foreground, for client developers.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use digital_key_backend::BackendConfig;

use crate::demo::TOKEN;
use crate::failure::Failure;
use crate::stage::OwnBackend;

/// Runs until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key backend
  digital-key backend --listen 127.0.0.1:0 --tracked-after 5
  digital-key backend --vehicles path/to/real/vehicles --token secret")]
pub(crate) struct Options {
    /// Where the BFF listens. The SmAcc service and the control interface take the next two ports;
    /// port 0 takes free ones.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// The maker's own files: a folder with vehicles_state.json and vehicle-list.json, or a folder
    /// of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// The only bearer token that is accepted; any, unless given.
    #[arg(long)]
    token: Option<String>,
    /// After how many seconds an untracked key becomes tracked; never, unless given.
    #[arg(long, value_name = "SECONDS")]
    tracked_after: Option<u64>,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let token = options.token.clone().unwrap_or_else(|| TOKEN.to_owned());
    let config = BackendConfig {
        bff: options.listen,
        smacc: following(options.listen, 1)?,
        control: following(options.listen, 2)?,
        token: options.token,
        tracked_after: options.tracked_after.map(Duration::from_secs),
        ..BackendConfig::default()
    };
    let own = OwnBackend::start(config, options.vehicles.as_deref()).await?;
    print_endpoints(&own, &token)?;
    // The services run beside; Ctrl-C ends this command from outside.
    std::future::pending().await
}

fn following(first: SocketAddr, offset: u16) -> Result<SocketAddr, Failure> {
    let port = match first.port() {
        0 => 0,
        port => port.checked_add(offset).ok_or_else(|| {
            Failure::usage(format!("--listen {first}: there are no two ports after this one"))
        })?,
    };
    Ok(SocketAddr::new(first.ip(), port))
}

fn print_endpoints(own: &OwnBackend, token: &str) -> io::Result<()> {
    let (bff, smacc, control) =
        (own.backend().bff_url(), own.backend().smacc_url(), own.backend().control_url());
    let vin = own.vehicles.first().map_or("VIN", |vin| vin.as_str());
    let bearer = format!("-H 'Authorization: Bearer {token}'");
    let vehicle = format!("{bff}/vehicles/{vin}/digital-key");
    let patch = "curl -X PATCH --json";
    let mut out = io::stdout().lock();
    writeln!(out, "vehicles:")?;
    for vin in &own.vehicles {
        writeln!(out, "  {}", vin.as_str())?;
    }
    writeln!(out, "\nBFF: {bff}")?;
    writeln!(out, "  curl {bearer} {vehicle}/support")?;
    writeln!(out, "  curl {bearer} {vehicle}/pairing-status")?;
    writeln!(out, "  curl -X POST {bearer} -H 'Idempotency-Key: 1' {vehicle}/pairing-password")?;
    writeln!(out, "  curl {bff}/health")?;
    writeln!(out, "  curl {bff}/metrics")?;
    writeln!(out, "  curl {bff}/openapi.json")?;
    writeln!(out, "\nSmAcc service: {smacc}")?;
    writeln!(out, "  curl {bearer} {smacc}/vehicles/{vin}")?;
    writeln!(
        out,
        "  curl -X POST {bearer} -H 'Idempotency-Key: 1' {smacc}/vehicles/{vin}/pairing-passwords"
    )?;
    writeln!(out, "\ncontrol interface: {control}")?;
    writeln!(out, "  curl {control}/vehicles")?;
    writeln!(out, "  curl {control}/vehicles/{vin}")?;
    writeln!(out, "  curl -X PUT {control}/vehicles/WBADKEY0000000009   # a new vehicle")?;
    for change in [
        r#"{"prepared":false}"#,
        r#"{"primarySubscriber":false}"#,
        r#"{"ownerKey":{"id":"K1","tracked":true}}"#,
        r#"{"digitalKey":null}"#,
        r#"{"password":"none"}"#,
    ] {
        writeln!(out, "  {patch} '{change}' {control}/vehicles/{vin}")?;
    }
    writeln!(out, "  curl -X PUT --json '{{\"milliseconds\":5000}}' {control}/tracked-after")?;
    writeln!(out, "  curl {control}/endpoints")?;
    writeln!(out, "  curl -X PUT --json '{{\"fault\":\"503\"}}' {control}/endpoints/status/fault")?;
    writeln!(out, "  curl -X DELETE {control}/endpoints/status/fault")?;
    writeln!(out, "  curl -X DELETE {control}/faults")?;
    writeln!(out, "  curl -X PUT {control}/endpoints/password/hold")?;
    writeln!(out, "  curl -X DELETE {control}/endpoints/password/hold")?;
    writeln!(out, "\nready; Ctrl-C ends it")?;
    out.flush()
}

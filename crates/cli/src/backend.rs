//! `digital-key backend` serves the backend in the foreground, for developers of clients.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use digital_key::backend::{BackendConfig, BackendError};
use digital_key::bff_http::BearerToken;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use crate::demo::TOKEN;
use crate::error::CommandError;
use crate::harness::{OwnBackend, vehicles};

/// The options of `digital-key backend`, which runs until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key backend
  digital-key backend --listen 127.0.0.1:0 --tracked-after 5
  digital-key backend --vehicles path/to/real/vehicles --token secret")]
pub(crate) struct Options {
    /// The address of the BFF. The SmAcc service, the control interface and the BFF's operations
    /// listener take the next three ports; with port 0 all four take free ports.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// Take the vehicles from the maker's files: a folder with vehicles_state.json and
    /// vehicle-list.json, or a folder of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Accept only this bearer token. Without it, any token is accepted.
    #[arg(long, value_parser = parse_token)]
    token: Option<String>,
    /// Track an untracked key after this many seconds. Without it, a key is never tracked.
    #[arg(long, value_name = "SECONDS")]
    tracked_after: Option<u64>,
    /// Do not print a line for each request.
    #[arg(long)]
    quiet: bool,
}

/// How many lines wait for a slow reader of the output; further ones are dropped.
const WAITING_LINES: usize = 1024;

pub(crate) async fn run(options: Options) -> Result<ExitCode, CommandError> {
    let token = options.token.clone().unwrap_or_else(|| TOKEN.to_owned());
    let any_token = options.token.is_none();
    let (lines, written) = mpsc::channel(WAITING_LINES);
    let mut config = BackendConfig {
        bff: options.listen,
        smacc: following(options.listen, 1)?,
        control: following(options.listen, 2)?,
        operations: following(options.listen, 3)?,
        token: options.token,
        tracked_after: options.tracked_after.map(Duration::from_secs),
        ..BackendConfig::default()
    };
    if !options.quiet {
        config.on_request = Some(Arc::new(move |request| {
            // A full channel means that the output is stuck: the backend serves on.
            let _ = lines.try_send(format!("{request}\n"));
        }));
    }
    let own = OwnBackend::start_with(config, vehicles(options.vehicles.as_deref())?)
        .await
        .map_err(|error| explain(&error, options.listen))?;
    if !options.listen.ip().is_loopback() {
        warn_of_network(&own, any_token)?;
    }
    print_endpoints(&own, &token)?;
    write_lines(written).await;
    // The services run in tasks of their own until Ctrl-C ends the program.
    std::future::pending().await
}

fn parse_token(text: &str) -> Result<String, String> {
    BearerToken::new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// Adds the next step to an error of the start.
fn explain(error: &BackendError, listen: SocketAddr) -> CommandError {
    let BackendError::Bind { service, address, source } = error else {
        return CommandError::other(error);
    };
    let next_step = if listen.port() == 0 {
        "choose another address with --listen".to_owned()
    } else {
        format!("--listen {listen} takes four ports; choose another, or port 0 for free ones")
    };
    CommandError::failure(format!(
        "the {service} cannot listen on {address}: {source}; {next_step}"
    ))
}

/// Writes each line until no request is reported any more, or no reader is left.
async fn write_lines(mut lines: mpsc::Receiver<String>) {
    let mut out = tokio::io::stdout();
    while let Some(line) = lines.recv().await {
        let written = async {
            out.write_all(line.as_bytes()).await?;
            out.flush().await
        };
        if written.await.is_err() {
            return;
        }
    }
}

fn warn_of_network(own: &OwnBackend, any_token: bool) -> io::Result<()> {
    let control = own.backend().control_url();
    let mut err = io::stderr().lock();
    writeln!(
        err,
        "warning: {control} is open to the network: the control interface asks for no token, so \
         that others can change the vehicles and see their keys"
    )?;
    if any_token {
        writeln!(err, "warning: the BFF accepts any token; choose one with --token")?;
    }
    Ok(())
}

fn following(first: SocketAddr, offset: u16) -> Result<SocketAddr, CommandError> {
    let port = match first.port() {
        0 => 0,
        port => port.checked_add(offset).ok_or_else(|| {
            CommandError::usage(format!(
                "--listen {first}: this port is too high: three more ports must follow it"
            ))
        })?,
    };
    Ok(SocketAddr::new(first.ip(), port))
}

fn print_endpoints(own: &OwnBackend, token: &str) -> io::Result<()> {
    let (bff, smacc) = (own.backend().bff_url(), own.backend().smacc_url());
    let (control, operations) = (own.backend().control_url(), own.backend().operations_url());
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
    writeln!(out, "\nBFF's operations listener: {operations}")?;
    writeln!(out, "  {operations}/ is a page that describes the API")?;
    writeln!(out, "  curl {operations}/ready")?;
    writeln!(out, "  curl {operations}/metrics")?;
    writeln!(out, "  curl {operations}/openapi.json")?;
    writeln!(out, "\nSmAcc service: {smacc}")?;
    writeln!(out, "  {smacc}/ is a page that describes it")?;
    writeln!(out, "  curl {bearer} {smacc}/vehicles/{vin}")?;
    writeln!(
        out,
        "  curl -X POST {bearer} -H 'Idempotency-Key: 1' {smacc}/vehicles/{vin}/pairing-passwords"
    )?;
    writeln!(out, "\ncontrol interface: {control}")?;
    writeln!(out, "  {control}/ is a page that describes it")?;
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
    writeln!(out, "  curl -X DELETE {control}/changes   # everything as at the start")?;
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

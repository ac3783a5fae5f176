//! The app: makes the calls, in the process of the test or in a process of its own.

use std::env;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use digital_key_cache_sled::{SledCache, StaticKey};
use digital_key_domain::Generation;
use digital_key_ports::{Cache, CacheError, CacheErrorKind, StoredPassword, Take};
use digital_key_testkit::values::vin;

use crate::plan::{Call, Script, password};
use crate::runtime;

/// The environment variable with the directory of a child's cache.
pub(crate) const DIRECTORY: &str = "DIGITAL_KEY_CRASH_DIRECTORY";
/// The environment variable with the script of a child.
pub(crate) const SCRIPT: &str = "DIGITAL_KEY_CRASH_SCRIPT";
/// The start of each line that a child prints for the test.
pub(crate) const MARK: &str = "@ ";
/// The line of a child before its first call.
pub(crate) const STARTED: &str = "started";

/// The answer of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    /// A record, as its `Debug` shows it.
    Record(String),
    Stored,
    Outdated,
    Granted {
        generation: u64,
        uses: u8,
        digits: String,
    },
    NoPassword,
    Exhausted,
    Error(CacheErrorKind),
}

/// Opens the cache of a directory, always with the same key.
async fn open(directory: &Path, account: Option<u8>) -> Result<SledCache, CacheError> {
    let key = Arc::new(StaticKey::new([7; 32]));
    match account {
        Some(account) => SledCache::open_for(directory, key, &format!("account {account}")).await,
        None => SledCache::open(directory, key).await,
    }
}

/// An app with its cache.
pub(crate) struct App {
    directory: PathBuf,
    /// `None` = closed; the next call opens it.
    cache: Option<SledCache>,
    suspended: bool,
    /// The account that the cache is opened for; none after a sign-out.
    account: Option<u8>,
}

impl App {
    pub(crate) fn new(directory: &Path) -> Self {
        Self::for_account(directory, None)
    }

    pub(crate) fn for_account(directory: &Path, account: Option<u8>) -> Self {
        Self { directory: directory.to_owned(), cache: None, suspended: false, account }
    }

    /// Makes a call, and opens or resumes the cache for it.
    pub(crate) async fn call(&mut self, call: &Call) -> Answer {
        self.answer(call).await.unwrap_or_else(|error| Answer::Error(error.kind()))
    }

    async fn answer(&mut self, call: &Call) -> Result<Answer, CacheError> {
        if let Call::OpenFor(account) = call {
            self.account = Some(*account);
        }
        if matches!(call, Call::Reopen | Call::OpenFor(_)) {
            self.cache = None;
        }
        if self.cache.is_none() {
            self.suspended = false;
        }
        let cache = match &mut self.cache {
            Some(cache) => cache,
            closed @ None => closed.insert(open(&self.directory, self.account).await?),
        };
        let works_suspended =
            matches!(call, Call::RequestErasure | Call::Erase(_) | Call::EraseSuspended);
        if self.suspended && !works_suspended {
            cache.resume().await?;
            self.suspended = false;
        }
        Ok(match call {
            Call::Load(vehicle) => {
                Answer::Record(format!("{:?}", cache.load(vin(*vehicle)).await?))
            }
            Call::Store(vehicle, change) => {
                cache.store(vin(*vehicle), change.clone()).await?;
                Answer::Done
            }
            Call::StorePassword(vehicle, generation) => {
                let password = password(*vehicle, *generation);
                let generation = Generation::new(*generation);
                match cache.store_password(vin(*vehicle), password, generation).await? {
                    StoredPassword::Stored => Answer::Stored,
                    StoredPassword::Outdated { .. } => Answer::Outdated,
                }
            }
            Call::TakeUse(vehicle) => match cache.take_use(vin(*vehicle)).await? {
                Take::Granted { password, counted } => Answer::Granted {
                    generation: counted.generation.get(),
                    uses: counted.uses.get(),
                    digits: password.expose().to_owned(),
                },
                Take::NoPassword => Answer::NoPassword,
                Take::Exhausted => Answer::Exhausted,
            },
            Call::Erase(vehicle) => {
                cache.erase(vin(*vehicle)).await?;
                Answer::Done
            }
            Call::RequestErasure => {
                cache.request_erasure();
                Answer::Done
            }
            Call::EraseAll => {
                self.account = None;
                cache.request_erasure();
                cache.erase_all().await?;
                Answer::Done
            }
            Call::EraseSuspended => {
                self.suspended = true;
                self.account = None;
                cache.suspend().await?;
                cache.request_erasure();
                cache.erase_all().await?;
                Answer::Done
            }
            Call::StaySuspended => {
                self.suspended = true;
                cache.suspend().await?;
                Answer::Done
            }
            Call::Suspend => {
                self.suspended = true;
                cache.suspend().await?;
                cache.resume().await?;
                self.suspended = false;
                Answer::Done
            }
            Call::Reopen | Call::OpenFor(_) => Answer::Done,
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Record(record) => write!(f, "record {record}"),
            Self::Stored => f.write_str("stored"),
            Self::Outdated => f.write_str("outdated"),
            Self::Granted { generation, uses, digits } => {
                write!(f, "granted {generation} {uses} {digits}")
            }
            Self::NoPassword => f.write_str("none"),
            Self::Exhausted => f.write_str("exhausted"),
            Self::Error(kind) => write!(f, "error {kind:?}"),
        }
    }
}

impl FromStr for Answer {
    type Err = Box<dyn std::error::Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        Ok(match word {
            "done" => Self::Done,
            "record" => Self::Record(rest.to_owned()),
            "stored" => Self::Stored,
            "outdated" => Self::Outdated,
            "granted" => match rest.split(' ').collect::<Vec<_>>()[..] {
                [generation, uses, digits] => Self::Granted {
                    generation: generation.parse()?,
                    uses: uses.parse()?,
                    digits: digits.to_owned(),
                },
                _ => return Err(format!("incomplete grant: {text}").into()),
            },
            "none" => Self::NoPassword,
            "exhausted" => Self::Exhausted,
            "error" => Self::Error(match rest {
                "Busy" => CacheErrorKind::Busy,
                "Lost" => CacheErrorKind::Lost,
                "Suspended" => CacheErrorKind::Suspended,
                "Unavailable" => CacheErrorKind::Unavailable,
                _ => return Err(format!("unknown error: {text}").into()),
            }),
            _ => return Err(format!("unknown answer: {text}").into()),
        })
    }
}

/// The body of a child, which prints each answer before it makes the next call. Does nothing unless
/// the environment variables of a child are set.
#[test]
fn child_process() {
    let (Some(directory), Ok(script)) = (env::var_os(DIRECTORY), env::var(SCRIPT)) else {
        return;
    };
    let script: Script = script.parse().unwrap();
    let mut app = App::new(Path::new(&directory));
    println!("{MARK}{STARTED}");
    let runtime = runtime();
    for call in script.calls() {
        let answer = runtime.block_on(app.call(&call));
        println!("{MARK}{answer}");
    }
    if matches!(script, Script::Hold | Script::SignOut { .. } | Script::Forget { .. }) {
        io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }
}

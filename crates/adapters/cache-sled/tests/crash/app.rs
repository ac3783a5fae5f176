//! The app: it makes the calls, in the process of the test or in one of its own.

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

/// The directory of a child's cache.
pub(crate) const DIRECTORY: &str = "DIGITAL_KEY_CRASH_DIRECTORY";
/// The script of a child.
pub(crate) const SCRIPT: &str = "DIGITAL_KEY_CRASH_SCRIPT";
/// What a child's own lines begin with.
pub(crate) const MARK: &str = "@ ";
/// What a child says before its first call.
pub(crate) const STARTED: &str = "started";

/// What a call was answered.
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
    Failed(Failure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Busy,
    Lost,
    Suspended,
    Unavailable,
}

/// Opens the cache of a directory, always with the same key.
async fn open(directory: &Path) -> Result<SledCache, CacheError> {
    SledCache::open(directory, Arc::new(StaticKey::new([7; 32]))).await
}

/// An app with its cache.
pub(crate) struct App {
    directory: PathBuf,
    /// `None` = closed; the next call opens it.
    cache: Option<SledCache>,
    suspended: bool,
}

impl App {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), cache: None, suspended: false }
    }

    pub(crate) async fn call(&mut self, call: &Call) -> Answer {
        self.answer(call).await.unwrap_or_else(|error| {
            Answer::Failed(match error.kind() {
                CacheErrorKind::Busy => Failure::Busy,
                CacheErrorKind::Lost => Failure::Lost,
                CacheErrorKind::Suspended => Failure::Suspended,
                CacheErrorKind::Unavailable => Failure::Unavailable,
                kind => panic!("the cache failed with {kind:?}"),
            })
        })
    }

    async fn answer(&mut self, call: &Call) -> Result<Answer, CacheError> {
        if matches!(call, Call::Reopen) {
            self.cache = None;
        }
        if self.cache.is_none() {
            self.suspended = false;
        }
        let cache = match &mut self.cache {
            Some(cache) => cache,
            closed @ None => closed.insert(open(&self.directory).await?),
        };
        if self.suspended {
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
            Call::EraseAll => {
                cache.erase_all().await?;
                Answer::Done
            }
            Call::EraseSuspended => {
                self.suspended = true;
                cache.suspend().await?;
                cache.erase_all().await?;
                Answer::Done
            }
            Call::Suspend => {
                self.suspended = true;
                cache.suspend().await?;
                cache.resume().await?;
                self.suspended = false;
                Answer::Done
            }
            Call::Reopen => Answer::Done,
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
            Self::Failed(Failure::Busy) => f.write_str("busy"),
            Self::Failed(Failure::Lost) => f.write_str("lost"),
            Self::Failed(Failure::Suspended) => f.write_str("suspended"),
            Self::Failed(Failure::Unavailable) => f.write_str("unavailable"),
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
                _ => return Err(format!("no grant: {text}").into()),
            },
            "none" => Self::NoPassword,
            "exhausted" => Self::Exhausted,
            "busy" => Self::Failed(Failure::Busy),
            "lost" => Self::Failed(Failure::Lost),
            "suspended" => Self::Failed(Failure::Suspended),
            "unavailable" => Self::Failed(Failure::Unavailable),
            _ => return Err(format!("no answer: {text}").into()),
        })
    }
}

/// The body of a child; without its environment there is nothing to do. Each answer is written
/// down before the next call is made.
#[test]
fn a_process_of_its_own() {
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
    if matches!(script, Script::Hold | Script::SignOut) {
        io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }
}

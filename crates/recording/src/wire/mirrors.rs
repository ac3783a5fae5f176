//! Values of the domain without VINs and key ids, as the format has them.

use digital_key_domain as domain;
use serde::{Deserialize, Serialize};

/// Mirrors an enum of the domain, with conversions in both directions. The compiler asks here about a
/// new variant.
macro_rules! mirror {
    ($($name:ident {
        $($variant:ident $({ $($field:ident: $type:ty),+ })? $(($inner:ident: $inner_type:ty))?),+
        $(,)?
    })+) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum $name {
            $($variant $({ $($field: $type),+ })? $(($inner_type))?),+
        }

        impl From<domain::$name> for $name {
            fn from(value: domain::$name) -> Self {
                match value {
                    $(domain::$name::$variant $({ $($field),+ })? $(($inner))? => {
                        Self::$variant $({ $($field: $field.into()),+ })? $(($inner.into()))?
                    })+
                }
            }
        }

        impl From<$name> for domain::$name {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant $({ $($field),+ })? $(($inner))? => {
                        Self::$variant $({ $($field: $field.into()),+ })? $(($inner.into()))?
                    })+
                }
            }
        }
    )+};
}

mirror! {
    EntryMode { ComingSoon, OwnerPairing }
    Tap {
        Entry, Continue, Retry, TickBox, UntickBox, CardAction, Tutorial, ConfirmMove, CancelMove,
        ConfirmError, Back, Close,
    }
    Reason { NotOffered, PairingRuns, AlreadySelected, NothingToChange, NotAwaited, NotConcerned }
    CacheFailure { Lost, Unavailable }
    FailureKind {
        Unreachable, Interrupted, DeadlineExceeded, Status { status: u16 }, Unauthorized, NoToken,
        Malformed, CircuitOpen, Other,
    }
    Support { Supported { upgrade_required: bool }, NotSupported }
    SupportAnswer { Known(support: Support), Unknown }
    PasswordFetch { Fetched, NoPassword, Failed(no_answer: NoAnswer) }
    StoredPassword { Stored, Outdated { newest: Generation } }
    TakeOutcome { Granted(counted: PasswordUse), NoPassword, Exhausted }
    KeyCreation { Possible, Refused, NoAnswer }
    Presence { Present, Absent, CannotSay }
    AppleErrorCode {
        GenericError, UserCanceled, Unavailable, InvalidConfiguration, DeviceNotSupported,
        DeviceNotReady, OsVersionNotSupported,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoAnswer {
    kind: FailureKind,
    wait: Option<u64>,
}

impl From<domain::NoAnswer> for NoAnswer {
    fn from(domain::NoAnswer { kind, wait }: domain::NoAnswer) -> Self {
        Self { kind: kind.into(), wait }
    }
}

impl From<NoAnswer> for domain::NoAnswer {
    fn from(NoAnswer { kind, wait }: NoAnswer) -> Self {
        Self { kind: kind.into(), wait }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Generation(u64);

impl From<domain::Generation> for Generation {
    fn from(generation: domain::Generation) -> Self {
        Self(generation.get())
    }
}

impl From<Generation> for domain::Generation {
    fn from(Generation(number): Generation) -> Self {
        Self::new(number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PasswordUse {
    generation: Generation,
    uses: u8,
}

impl From<domain::PasswordUse> for PasswordUse {
    fn from(domain::PasswordUse { generation, uses }: domain::PasswordUse) -> Self {
        Self { generation: generation.into(), uses: uses.get() }
    }
}

impl From<PasswordUse> for domain::PasswordUse {
    fn from(PasswordUse { generation, uses }: PasswordUse) -> Self {
        Self { generation: generation.into(), uses: domain::UsageCounter::new(uses) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Readiness {
    primary_subscriber: bool,
    prepared: bool,
}

impl From<domain::Readiness> for Readiness {
    fn from(value: domain::Readiness) -> Self {
        let domain::Readiness { primary_subscriber, prepared } = value;
        Self { primary_subscriber, prepared }
    }
}

impl From<Readiness> for domain::Readiness {
    fn from(Readiness { primary_subscriber, prepared }: Readiness) -> Self {
        Self { primary_subscriber, prepared }
    }
}

//! Invented files of the maker, to try the command on.

use clap::ValueEnum;

/// A vehicle whose two files come with this program, in the folder `samples` of its crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Sample {
    /// A vehicle that can have a digital key.
    Pairable,
    /// A vehicle that is not able to have a digital key.
    NotAvailable,
    /// A vehicle whose answer has no `digitalKey` object.
    WithoutObject,
    /// A vehicle of another primary user, which needs a software upgrade.
    SecondaryUser,
    /// A vehicle with a package that this version does not know.
    UnknownPackage,
}

impl Sample {
    /// Returns the name as the command line has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pairable => "pairable",
            Self::NotAvailable => "not-available",
            Self::WithoutObject => "without-object",
            Self::SecondaryUser => "secondary-user",
            Self::UnknownPackage => "unknown-package",
        }
    }

    /// Returns the content of the state file and of the list.
    pub(super) fn files(self) -> (&'static str, &'static str) {
        macro_rules! files {
            ($folder:literal) => {
                (
                    include_str!(concat!("../../samples/", $folder, "/vehicles_state.json")),
                    include_str!(concat!("../../samples/", $folder, "/vehicle-list.json")),
                )
            };
        }
        match self {
            Self::Pairable => files!("pairable"),
            Self::NotAvailable => files!("not-available"),
            Self::WithoutObject => files!("without-object"),
            Self::SecondaryUser => files!("secondary-user"),
            Self::UnknownPackage => files!("unknown-package"),
        }
    }
}

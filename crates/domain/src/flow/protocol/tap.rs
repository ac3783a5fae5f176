//! The taps of a user, and sets of them.

use std::fmt;
use std::ops::BitOr;

/// Something that a user can tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Tap {
    /// The entry on the vehicle tab.
    Entry,
    /// Continue.
    Continue,
    /// Retry.
    Retry,
    /// The unchecked checkbox on ReadyToPair, which checks it.
    TickBox,
    /// The checked checkbox on ReadyToPair, which unchecks it.
    UntickBox,
    /// The action of the key's card on Overview.
    CardAction,
    /// The tutorial button on Overview.
    Tutorial,
    /// "Move to this phone" on MoveKeyWarning.
    ConfirmMove,
    /// "Cancel" on MoveKeyWarning.
    CancelMove,
    /// "OK" on an error page.
    ConfirmError,
    /// Back.
    Back,
    /// Close: leave the flow.
    Close,
}

impl Tap {
    /// Every tap, in the order in which a page shows them: what leads on comes first.
    pub const ALL: [Self; 12] = [
        Self::Entry,
        Self::Continue,
        Self::Retry,
        Self::TickBox,
        Self::UntickBox,
        Self::CardAction,
        Self::Tutorial,
        Self::ConfirmMove,
        Self::CancelMove,
        Self::ConfirmError,
        Self::Back,
        Self::Close,
    ];

    /// Returns the name of the tap in the acceptance language, such as `tick the box`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Continue => "continue",
            Self::Retry => "retry",
            Self::TickBox => "tick the box",
            Self::UntickBox => "untick the box",
            Self::CardAction => "card action",
            Self::Tutorial => "tutorial",
            Self::ConfirmMove => "confirm the move",
            Self::CancelMove => "cancel the move",
            Self::ConfirmError => "confirm the error",
            Self::Back => "back",
            Self::Close => "close",
        }
    }
}

/// A set of taps: what a page offers (GEN-8).
///
/// ```
/// use digital_key_domain::{Tap, Taps};
///
/// let offers = Taps::of([Tap::Continue, Tap::Back]);
/// assert!(offers.contains(Tap::Back));
/// assert_eq!(offers.iter().collect::<Vec<_>>(), [Tap::Continue, Tap::Back]);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Taps(u16);

impl Taps {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Returns the set of these taps.
    #[must_use]
    pub const fn of<const N: usize>(taps: [Tap; N]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < N {
            bits |= 1 << taps[index] as u16;
            index += 1;
        }
        Self(bits)
    }

    /// Returns this set if the condition holds, and the empty set otherwise.
    #[must_use]
    pub const fn when(self, condition: bool) -> Self {
        if condition { self } else { Self::NONE }
    }

    /// Returns `true` if the set has this tap.
    #[must_use]
    pub const fn contains(self, tap: Tap) -> bool {
        self.0 & (1 << tap as u16) != 0
    }

    /// Iterates over the taps of the set, in the order of [`Tap::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Tap> {
        Tap::ALL.into_iter().filter(move |tap| self.contains(*tap))
    }
}

impl BitOr for Taps {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Taps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_tap_is_in_the_list_of_all_at_its_own_place() {
        for (index, tap) in Tap::ALL.into_iter().enumerate() {
            assert_eq!(tap as usize, index);
        }
    }

    #[test]
    fn each_tap_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Tap::ALL.into_iter().map(Tap::name).collect();
        assert_eq!(names.len(), Tap::ALL.len());
        assert_eq!((Tap::TickBox.name(), Tap::Close.name()), ("tick the box", "close"));
    }

    #[test]
    fn two_sets_with_a_tap_in_common_have_it_together_too() {
        let set = Taps::of([Tap::Back, Tap::Close]) | Taps::of([Tap::Close, Tap::Retry]);
        assert_eq!(set, Taps::of([Tap::Retry, Tap::Back, Tap::Close]));
    }

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let set = Taps::of([Tap::Back, Tap::Entry]) | Taps::of([Tap::ConfirmError]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Tap::Entry, Tap::ConfirmError, Tap::Back]);
        assert_eq!(set.when(false), Taps::NONE);
        assert_eq!(set.when(true), set);
        assert_eq!(format!("{set:?}"), "{Entry, ConfirmError, Back}");
    }
}

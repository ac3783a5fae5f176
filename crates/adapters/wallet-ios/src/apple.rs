//! The part of this crate that exists on Apple's platforms only. It holds nothing: on them the
//! crate offers the same plain rules as everywhere.

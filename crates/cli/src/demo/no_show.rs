//! The items of `show.rs` in a build without the feature `full-screen`: there is no show.

use std::convert::Infallible;
use std::sync::Arc;

use digital_key::texts::Texts;
use digital_key::{Tap, View};

use super::stage::Step;
use crate::error::CommandError;

pub(super) struct Show(Infallible);

impl Show {
    #[expect(clippy::unnecessary_wraps, reason = "starting the show of `show.rs` can fail")]
    pub(super) fn start(_: &Arc<Texts>, _: bool) -> Result<Option<Self>, CommandError> {
        Ok(None)
    }

    pub(super) fn chapter(&mut self, _: &str) {
        match self.0 {}
    }

    pub(super) async fn before_tap(&mut self, _: &View, _: Tap) -> Result<(), CommandError> {
        match self.0 {}
    }

    pub(super) async fn step(&mut self, _: &Step<'_>) -> Result<(), CommandError> {
        match self.0 {}
    }

    pub(super) fn problem(&mut self, _: &str) {
        match self.0 {}
    }

    pub(super) fn end(self) {
        match self.0 {}
    }
}

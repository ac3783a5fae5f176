//! What the page calls.
#![expect(unreachable_pub, reason = "wasm-bindgen takes public functions only")]

use digital_key_recording::Recording;
use digital_key_texts::Language;
use wasm_bindgen::prelude::*;

use crate::picture::Choices;
use crate::{Import, Picture, Session, gallery};

/// A session, for the page. All values that it returns are JSON.
#[wasm_bindgen]
pub struct Playground {
    session: Session,
}

#[wasm_bindgen]
impl Playground {
    /// Makes the session of a link; an empty one begins a new session.
    #[wasm_bindgen(constructor)]
    pub fn new(link: &str) -> Result<Playground, JsError> {
        Ok(Self { session: Session::of_link(link)? })
    }

    /// Makes the session of a recording. What it does not show as recorded is in the remarks.
    pub fn import(file: &[u8]) -> Result<Imported, JsError> {
        let Import { session, remarks, .. } = Import::of(&Recording::read(file)?);
        Ok(Imported { link: session.link(), remarks: remarks.join(" ") })
    }

    /// Makes a move.
    pub fn make(&mut self, code: &str) -> Result<(), JsError> {
        Ok(self.session.make(code.parse()?)?)
    }

    /// Lets all deadlines pass.
    pub fn wait(&mut self) -> Result<(), JsError> {
        Ok(self.session.wait()?)
    }

    /// Shows the moment after this many moves.
    pub fn go(&mut self, cursor: usize) {
        self.session.go(cursor);
    }

    /// What the page draws, in English (`en`) or German (`de`).
    pub fn picture(&self, language: &str) -> Result<String, JsError> {
        let language = if language == "de" { Language::German } else { Language::English };
        Ok(serde_json::to_string(&Picture::of(&self.session, language))?)
    }

    /// The session as a scenario of the acceptance language.
    pub fn feature(&self) -> String {
        crate::feature(&self.session)
    }
}

/// A recording as a session.
#[wasm_bindgen(getter_with_clone)]
pub struct Imported {
    /// The link of the session.
    pub link: String,
    /// What the session does not show as it was recorded; empty = everything is.
    pub remarks: String,
}

/// What the page can choose from: phones, versions, vehicles, rules, and the arrows of the flow.
#[wasm_bindgen]
pub fn choices() -> Result<String, JsError> {
    Ok(serde_json::to_string(&Choices::all())?)
}

/// The links to every page and every blocker.
#[wasm_bindgen]
pub fn gallery_links() -> Result<String, JsError> {
    Ok(serde_json::to_string(&gallery())?)
}

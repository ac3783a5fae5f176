//! Writes the JavaScript and the types beside a WebAssembly file: `digital-key-playground-bindgen
//! FILE.wasm FOLDER`.
//!
//! It is a program of this workspace, so that `Cargo.lock` pins it to the version of wasm-bindgen that
//! the crate is built with, and nothing is installed or downloaded.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(input), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("name the WebAssembly file and the folder for the result".into());
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).web(true)?.typescript(true).generate(folder)?;
    Ok(())
}

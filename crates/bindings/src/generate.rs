//! `generate-bindings LIBRARY CONFIG FOLDER`: writes what UniFFI makes of the built library, for
//! all three languages. `cargo xtask` starts it.

use std::error::Error;

use uniffi::{GenerateOptions, TargetLanguage};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [library, config, folder] = &arguments[..] else {
        return Err("usage: generate-bindings LIBRARY CONFIG FOLDER".into());
    };
    let options = GenerateOptions {
        languages: vec![TargetLanguage::Swift, TargetLanguage::Kotlin, TargetLanguage::Python],
        source: library.into(),
        out_dir: folder.into(),
        config_override: Some(config.into()),
        ..GenerateOptions::default()
    };
    Ok(uniffi::generate(options)?)
}

//! The Flutter plugin, with the Swift package and the archive for Android in it, and a fresh project that
//! pairs a car with it.

use std::path::{Path, PathBuf};

use super::{LICENCES, VERSION, copy, copy_from_git, expect, kotlin, swift};
use crate::Outcome;
use crate::TaskError;
use crate::command::{Program, workspace_root};
use crate::dart::{Dart, PACKAGE};
use crate::kotlin::Kotlin;
use crate::services::Backend;

const README: &str = "\
Digital Key for Flutter, with all native parts. Name this folder in the `pubspec.yaml` of your app:

    dependencies:
      digital_key:
        path: …/dart

The app needs Flutter 3.44, Android 8 and iOS 13.6. `ios/digital_key/DigitalKey` is the Swift package, and
`android/repository` has the archive for Android. An archive whose name ends in `incomplete` lacks
libraries, since the machine that built it has no NDK: Gradle does not find it. The README of `example`
lists what an app adds.
";

/// A program in Dart that pairs a car. The harness of the tests plays Flutter's engine.
const TRIAL: &str = "
import 'dart:io';

import 'package:digital_key/digital_key.dart';
import 'package:digital_key_example/screen.dart';
import 'package:harness/harness.dart';

Future<void> main(List<String> arguments) async {
  port = int.parse(arguments.single);
  final app = await App.open();
  await app.launch();
  await app.pair();
  final DigitalKey(:view) = app.key;
  await app.key.shutdown();
  stdout.writeln('${Screen.of(view).title}: ${view.page.wireTag}');
  await stdout.flush();
  exit(0);
}
";

/// Writes the plugin with its native parts; this library is that of the trial.
pub(super) fn write(folder: &Path, work: &Path, library: &Path) -> Result<Outcome, TaskError> {
    let package = folder.join("ios/digital_key/DigitalKey");
    if let Outcome::Skipped(reason) = swift::write(&package, &work.join("swift"))? {
        return Ok(Outcome::Skipped(reason));
    }
    let archives = work.join("kotlin");
    std::fs::create_dir_all(&archives)?;
    if let Outcome::Skipped(reason) = kotlin::write(&archives, &work.join("classes"), library)? {
        return Ok(Outcome::Skipped(reason));
    }
    write_with(folder, work, &archives)
}

/// Writes the plugin with the archive in this folder, and pairs a car with the jar that is there, too.
pub(super) fn write_with(
    folder: &Path,
    work: &Path,
    archives: &Path,
) -> Result<Outcome, TaskError> {
    let (kotlin, dart) = match Kotlin::find().and_then(|kotlin| Ok((kotlin, Dart::find()?))) {
        Ok(found) => found,
        Err(missing) => return Ok(Outcome::Skipped(missing)),
    };
    copy_from_git(Path::new(PACKAGE), ". :!test", folder)?;
    copy(&LICENCES, folder)?;
    std::fs::write(folder.join("README.md"), README)?;
    copy_archive(archives, &folder.join("android/repository"))?;

    let tests = workspace_root().join(PACKAGE).join("test");
    let jar = archives.join(format!("digital-key-{VERSION}.jar"));
    let classes = work.join("trial");
    let sources = [folder.join("android/src/main"), tests.join("stubs/kotlin"), tests.join("jvm")];
    kotlin.compile(&[&jar], &classes, &sources.each_ref().map(PathBuf::as_path))?;
    let trial = work.join("trial.dart");
    std::fs::write(&trial, TRIAL)?;
    let packages = [
        ("digital_key", folder.join("lib")),
        ("digital_key_example", folder.join("example/lib")),
        ("flutter", tests.join("stubs/flutter/lib")),
        ("harness", tests.clone()),
    ];
    let backend = Backend::start("")?;
    let java = kotlin.java(&[&classes, &jar]).argument("digitalkey.flutter.test.MainKt");
    let printed = dart
        .command(work, &packages, &trial)?
        .iter()
        .fold(java, Program::argument)
        .env("DIGITAL_KEY_BFF", &backend.bff)
        .env("DIGITAL_KEY_CONTROL", &backend.control)
        .output()?;
    expect("the Flutter plugin", &printed, "Your digital key: Overview")?;
    Ok(Outcome::Passed)
}

/// Copies the archive for Android to where Gradle looks for it.
fn copy_archive(archives: &Path, repository: &Path) -> Result<(), TaskError> {
    const ARTIFACT: &str = "digital-key-android";
    for entry in std::fs::read_dir(archives)? {
        let file = entry?.path();
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let Some(version) = name.strip_prefix(ARTIFACT).and_then(|it| it.strip_prefix('-')) else {
            continue;
        };
        copy(&[&file], &repository.join("digitalkey").join(ARTIFACT).join(version))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> String {
        std::fs::read_to_string(workspace_root().join(path)).unwrap()
    }

    fn of_plugin(path: &str) -> String {
        read(&format!("{PACKAGE}/{path}"))
    }

    /// The text after a mark, up to the end of its line.
    fn after<'a>(text: &'a str, mark: &str) -> &'a str {
        let (_, rest) = text.split_once(mark).unwrap_or_else(|| panic!("{mark} in {text}"));
        rest.lines().next().unwrap_or_default().trim_matches([' ', '"', ')'])
    }

    #[test]
    fn flutter_finds_the_classes_that_the_plugin_names() {
        let spec = of_plugin("pubspec.yaml");
        let (_, platforms) = spec.split_once("platforms:").unwrap();
        let (android, ios) = platforms.split_once("ios:").unwrap();
        let (package, class) = (after(android, "package: "), after(android, "pluginClass: "));
        let folder = format!("android/src/main/kotlin/{}", package.replace('.', "/"));
        let source = of_plugin(&format!("{folder}/{class}.kt"));
        assert!(source.contains(&format!("package {package}\n")), "{source}");
        assert!(source.contains(&format!("class {class} : FlutterPlugin")), "{source}");
        let module = after(&spec, "name: ");
        let class = after(ios, "pluginClass: ");
        let source = of_plugin(&format!("ios/{module}/Sources/{module}/{class}.swift"));
        assert!(source.contains(&format!("public final class {class}: NSObject")), "{source}");
        let manifest = of_plugin(&format!("ios/{module}/Package.swift"));
        // Flutter looks for a product with hyphens.
        let product = format!(".library(name: \"{}\"", module.replace('_', "-"));
        assert!(manifest.contains(&product), "{manifest}");
    }

    #[test]
    fn the_plugin_needs_what_the_packages_need() {
        let build = of_plugin("android/build.gradle.kts");
        assert_eq!(after(&build, "namespace = "), "digitalkey.flutter");
        let archive = read("xtask/src/dist/kotlin/AndroidManifest.xml");
        let lowest = after(&build, "minSdk = ");
        assert!(archive.contains(&format!("android:minSdkVersion=\"{lowest}\"")), "{archive}");
        assert!(README.contains("Android 8") && lowest == "26", "API 26 is Android 8");
        let kotlin = read("crates/bindings/packages/kotlin/build.gradle.kts");
        let coroutines = after(&build, "kotlinx-coroutines-android:");
        assert_eq!(after(&kotlin, "kotlinx-coroutines-core:"), coroutines);
        let swift = read("xtask/src/dist/swift/Package.swift");
        let manifest = of_plugin("ios/digital_key/Package.swift");
        assert_eq!(after(&swift, "platforms: [.iOS("), after(&manifest, "platforms: [.iOS("));
        assert_eq!(after(&of_plugin("pubspec.yaml"), "version: "), VERSION);
        assert_eq!(after(&build, "\nversion = "), VERSION);
    }

    #[test]
    fn gradle_does_not_find_an_archive_without_libraries() {
        let folder = std::env::temp_dir().join(format!("dist-dart-{}", std::process::id()));
        let archives = folder.join("archives");
        std::fs::create_dir_all(&archives).unwrap();
        for file in ["digital-key-1.jar", "digital-key-android-1-incomplete.aar"] {
            std::fs::write(archives.join(file), "").unwrap();
        }
        copy_archive(&archives, &folder.join("repository")).unwrap();
        let artifact = folder.join("repository/digitalkey/digital-key-android");
        let versions: Vec<_> = std::fs::read_dir(artifact)
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(versions, ["1-incomplete"]);
    }
}

//! The archive for Android: the classes, the rules for R8, and the library for each processor that the
//! NDK builds for.

use std::path::Path;

use super::PACK;
use crate::TaskError;
use crate::android;
use crate::command::{target_folder, workspace_root};
use crate::dist::{VERSION, copy, paths, python};

/// Where the rules for R8 are.
const RULES: &str = "crates/bindings/packages/kotlin/consumer-rules.pro";

/// The lowest version of Android: its `java.time` is the package's.
const MANIFEST: &str = include_str!("AndroidManifest.xml");

/// What Gradle asks an archive about itself.
const METADATA: &str = "aarFormatVersion=1.0\naarMetadataVersion=1.0\nminCompileSdk=26\n";

/// The version of JNA whose libraries fit memory pages of 16 KiB, which Android demands.
const JNA: &str = "5.17.0";

/// Packs the classes, which are in the folder of the jar, for Android.
pub(super) fn write(folder: &Path, work: &Path, classes: &Path) -> Result<(), TaskError> {
    let content = work.join("aar");
    std::fs::create_dir_all(&content)?;
    python(PACK)
        .argument(content.join("classes.jar"))
        .args("META-INF/NOTICE digitalkey/DigitalKeyApp.class")
        .within(classes)
        .output()?;
    std::fs::write(content.join("AndroidManifest.xml"), MANIFEST)?;
    // Gradle expects the list of resources also when there are none.
    std::fs::write(content.join("R.txt"), "")?;
    std::fs::copy(workspace_root().join(RULES), content.join("proguard.txt"))?;
    let metadata = content.join("META-INF/com/android/build/gradle");
    std::fs::create_dir_all(&metadata)?;
    std::fs::write(metadata.join("aar-metadata.properties"), METADATA)?;

    let mut libraries = Vec::new();
    for abi in android::ABIS {
        if let Some(library) = android::build(abi, paths::hidden)? {
            copy(&[target_folder().join(library)], &content.join("jni").join(abi.name))?;
            libraries.push(abi.name);
        }
    }
    // Nobody should publish an archive that lacks a library by mistake.
    let mark = if libraries.len() == android::ABIS.len() { "" } else { "-incomplete" };
    let name = format!("digital-key-android-{VERSION}{mark}");
    let files = python(PACK)
        .argument(folder.join(format!("{name}.aar")))
        .args("AndroidManifest.xml R.txt classes.jar proguard.txt")
        .within(&content)
        .output()?;
    println!("the archive contains {} files; libraries for {libraries:?}", files.trim());
    std::fs::write(
        folder.join(format!("{name}.pom")),
        pom("digital-key-android", "aar", JNA, "aar"),
    )?;
    Ok(())
}

/// The description of an artifact and of what it needs, as Maven and Gradle read it.
pub(super) fn pom(artifact: &str, packaging: &str, jna: &str, jna_type: &str) -> String {
    let dependency = |group: &str, artifact: &str, version: &str, kind: &str| {
        format!(
            "    <dependency>\n      <groupId>{group}</groupId>\n      \
             <artifactId>{artifact}</artifactId>\n      <version>{version}</version>\n      \
             <type>{kind}</type>\n      <scope>compile</scope>\n    </dependency>\n"
        )
    };
    format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  \
         <modelVersion>4.0.0</modelVersion>\n  <groupId>digitalkey</groupId>\n  \
         <artifactId>{artifact}</artifactId>\n  <version>{VERSION}</version>\n  \
         <packaging>{packaging}</packaging>\n  <licenses>\n    <license>\n      \
         <name>MIT OR Apache-2.0</name>\n    </license>\n  </licenses>\n  <dependencies>\n{}{}  \
         </dependencies>\n</project>\n",
        dependency("org.jetbrains.kotlinx", "kotlinx-coroutines-core", "1.10.2", "jar"),
        dependency("net.java.dev.jna", "jna", jna, jna_type),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_takes_the_jna_of_android() {
        let pom = pom("digital-key-android", "aar", JNA, "aar");
        assert!(pom.contains("<packaging>aar</packaging>"), "{pom}");
        let jna = pom.split("<artifactId>jna</artifactId>").nth(1).unwrap();
        assert!(
            jna.contains("<version>5.17.0</version>") && jna.contains("<type>aar</type>"),
            "{jna}"
        );
    }

    #[test]
    fn the_poms_name_the_versions_of_the_build_file() {
        let build = workspace_root().join("crates/bindings/packages/kotlin/build.gradle.kts");
        let build = std::fs::read_to_string(build).unwrap();
        assert!(build.contains("kotlinx-coroutines-core:1.10.2"), "{build}");
        assert!(build.contains(&format!("net.java.dev.jna:jna:{JNA}")), "{build}");
    }
}

// swift-tools-version:6.0
import PackageDescription

// `cargo xtask codegen bindings` writes the generated sources, which are not in git.
//
// Cargo builds the library of the core, libdigital_key_bindings, and the app links it: on Apple platforms
// as a static library in an XCFramework, elsewhere as a shared library.
let package = Package(
    name: "DigitalKey",
    platforms: [.iOS("13.6"), .macOS(.v12)],
    products: [.library(name: "DigitalKey", targets: ["DigitalKey"])],
    targets: [
        .systemLibrary(name: "DigitalKeyFFI"),
        .target(name: "DigitalKey", dependencies: ["DigitalKeyFFI"]),
        .target(name: "DigitalKeyExample", dependencies: ["DigitalKey"], path: "Example/Screens"),
        .executableTarget(
            name: "DigitalKeyTests",
            dependencies: ["DigitalKey"],
            path: "Tests/DigitalKeyTests",
            linkerSettings: [.linkedLibrary("digital_key_bindings")]
        ),
    ]
)

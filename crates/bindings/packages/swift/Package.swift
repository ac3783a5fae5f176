// swift-tools-version:5.10
import PackageDescription

// The library of the core itself, libdigital_key_bindings, is built by cargo and linked by the app: as
// libdigital_key_bindings.a in an XCFramework on Apple platforms, as a shared library elsewhere.
let package = Package(
    name: "DigitalKey",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "DigitalKey", targets: ["DigitalKey"])],
    targets: [
        .systemLibrary(name: "DigitalKeyFFI"),
        .target(name: "DigitalKey", dependencies: ["DigitalKeyFFI"]),
        .target(name: "DigitalKeyExample", dependencies: ["DigitalKey"], path: "Example"),
        .executableTarget(
            name: "DigitalKeyTests",
            dependencies: ["DigitalKey"],
            path: "Tests/DigitalKeyTests",
            linkerSettings: [.linkedLibrary("digital_key_bindings")]
        ),
    ]
)

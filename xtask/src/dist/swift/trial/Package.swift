// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "Trial",
    dependencies: [.package(name: "DigitalKey", path: "{package}")],
    targets: [
        .executableTarget(
            name: "Trial",
            dependencies: ["DigitalKey"],
            linkerSettings: [.linkedLibrary("digital_key_bindings")]
        )
    ]
)

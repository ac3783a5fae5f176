// swift-tools-version:6.0
import PackageDescription

// `DigitalKey` is the Swift package, which `cargo xtask dist dart` puts beside this file; a checkout lacks
// it. Flutter provides `FlutterFramework`.
let package = Package(
    name: "digital_key",
    platforms: [.iOS("13.6")],
    products: [.library(name: "digital-key", targets: ["digital_key"])],
    dependencies: [
        .package(name: "DigitalKey", path: "DigitalKey"),
        .package(name: "FlutterFramework", path: "../FlutterFramework"),
    ],
    targets: [
        .target(
            name: "digital_key",
            dependencies: [
                .product(name: "DigitalKey", package: "DigitalKey"),
                .product(name: "FlutterFramework", package: "FlutterFramework"),
            ]
        )
    ]
)

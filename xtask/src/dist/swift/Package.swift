// swift-tools-version:6.0
import PackageDescription

// The package as it is handed over: with the library built, for iPhones and for their simulator. To
// publish it at an address, upload the zip beside the XCFramework and name it by `url` and by the
// `checksum` in the file beside it instead of by `path`.
#if os(Linux)
// To develop against: the program links libdigital_key_bindings as cargo builds it.
let core = Target.systemLibrary(name: "DigitalKeyFFI", path: "DigitalKeyFFI")
#else
let core = Target.binaryTarget(name: "DigitalKeyFFI", path: "DigitalKeyFFI.xcframework")
#endif

let package = Package(
    name: "DigitalKey",
    platforms: [.iOS("13.6")],
    products: [.library(name: "DigitalKey", targets: ["DigitalKey"])],
    targets: [
        core,
        .target(
            name: "DigitalKey",
            dependencies: ["DigitalKeyFFI"],
            resources: [.copy("PrivacyInfo.xcprivacy")],
            // What rustc's `--print native-static-libs` names, but for what Swift links anyway.
            linkerSettings: ["CoreFoundation", "Foundation", "PassKit", "Security", "UIKit"].map {
                .linkedFramework($0, .when(platforms: [.iOS]))
            } + [.linkedLibrary("iconv", .when(platforms: [.iOS]))]
        ),
    ]
)

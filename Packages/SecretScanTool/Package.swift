// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SecretScanTool",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SecretScanTool", targets: ["SecretScanTool"])
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../SecretScanning"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
    ],
    targets: [
        .target(
            name: "SecretScanTool",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "SecretScanToolTests",
            dependencies: [
                "SecretScanTool",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

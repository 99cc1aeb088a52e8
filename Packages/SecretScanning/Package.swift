// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SecretScanning",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SecretScanning", targets: ["SecretScanning"])
    ],
    dependencies: [
        .package(path: "../Checksums"),
        .package(path: "../Cryptography"),
        .package(path: "../Patterns"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
    ],
    targets: [
        .target(
            name: "SecretScanning",
            dependencies: [
                .product(name: "Checksums", package: "Checksums"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Patterns", package: "Patterns"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "SecretScanningTests",
            dependencies: [
                "SecretScanning",
                .product(name: "Checksums", package: "Checksums"),
                .product(name: "Cryptography", package: "Cryptography"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Policy",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Policy", targets: ["Policy"]),
        .library(name: "PolicyTestSupport", targets: ["PolicyTestSupport"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../Identity"),
        .package(path: "../Outbound"),
        .package(path: "../Patterns"),
        .package(path: "../SQLLexing"),
        .package(path: "../SecretScanning"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(path: "../TextFolding"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Policy",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Patterns", package: "Patterns"),
                .product(name: "SQLLexing", package: "SQLLexing"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TextFolding", package: "TextFolding"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(name: "PolicyTestSupport"),
        .testTarget(
            name: "PolicyTests",
            dependencies: [
                "Policy", "PolicyTestSupport",
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
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

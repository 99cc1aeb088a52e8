// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Staleness",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Staleness", targets: ["Staleness"]),
        .library(name: "StalenessIndex", targets: ["StalenessIndex"]),
    ],
    dependencies: [
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Outbound"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .target(name: "Staleness"),
        .target(
            name: "StalenessIndex",
            dependencies: [
                "Staleness",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "StalenessTests", dependencies: ["Staleness", .product(name: "TestKit", package: "TestKit")],
            resources: [.copy("Vectors")]),
        .testTarget(
            name: "StalenessIndexTests",
            dependencies: [
                "Staleness", "StalenessIndex",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "OutboundTestSupport", package: "Outbound"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
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

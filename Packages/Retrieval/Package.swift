// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Retrieval",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Retrieval", targets: ["Retrieval"]),
        .library(name: "RetrievalHTTP", targets: ["RetrievalHTTP"]),
        .library(name: "RetrievalSchema", targets: ["RetrievalSchema"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../LanguageModel"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Outbound"),
        .package(path: "../Persistence"),
        .package(path: "../Schemas"),
        .package(path: "../SearchText"),
        .package(path: "../SecretScanning"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Retrieval",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "LanguageModel", package: "LanguageModel"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "SearchText", package: "SearchText"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(name: "RetrievalSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .target(
            name: "RetrievalHTTP",
            dependencies: [
                "Retrieval",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "RetrievalTests",
            dependencies: [
                "Retrieval", "RetrievalSchema",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "LanguageModel", package: "LanguageModel"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "OutboundTestSupport", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "SearchText", package: "SearchText"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "RetrievalHTTPTests",
            dependencies: [
                "Retrieval", "RetrievalHTTP", "RetrievalSchema",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
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

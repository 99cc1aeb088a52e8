// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Knowledge",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Knowledge", targets: ["Knowledge"]),
        .library(name: "KnowledgeHTTP", targets: ["KnowledgeHTTP"]),
        .library(name: "KnowledgeSchema", targets: ["KnowledgeSchema"]),
    ],
    dependencies: [
        .package(path: "../ContentScreening"),
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../KnowledgeFreshness"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Persistence"),
        .package(path: "../Schemas"),
        .package(path: "../SearchText"),
        .package(path: "../SecretScanning"),
        .package(path: "../Staleness"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Knowledge",
            dependencies: [
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SearchText", package: "SearchText"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(name: "KnowledgeSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .target(
            name: "KnowledgeHTTP",
            dependencies: [
                "Knowledge",
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "ContentScreeningHTTP", package: "ContentScreening"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "KnowledgeFreshness", package: "KnowledgeFreshness"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "Staleness", package: "Staleness"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "KnowledgeTests",
            dependencies: [
                "Knowledge", "KnowledgeSchema",
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "SearchText", package: "SearchText"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "KnowledgeHTTPTests",
            dependencies: [
                "Knowledge", "KnowledgeHTTP", "KnowledgeSchema",
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "ContentScreeningTestSupport", package: "ContentScreening"),
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "KnowledgeFreshness", package: "KnowledgeFreshness"),
                .product(name: "KnowledgeFreshnessSchema", package: "KnowledgeFreshness"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "KnowledgeFreshness",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "KnowledgeFreshness", targets: ["KnowledgeFreshness"]),
        .library(name: "KnowledgeFreshnessSchema", targets: ["KnowledgeFreshnessSchema"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Outbound"),
        .package(path: "../Persistence"),
        .package(path: "../Schemas"),
        .package(path: "../Staleness"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "KnowledgeFreshness",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Staleness", package: "Staleness"),
                .product(name: "StalenessIndex", package: "Staleness"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "KnowledgeFreshnessSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .executableTarget(
            name: "KnowledgeFreshnessProbe",
            dependencies: [
                "KnowledgeFreshness",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "StalenessIndex", package: "Staleness"),
            ],
            path: "Tests/KnowledgeFreshnessProbe"
        ),
        .testTarget(
            name: "KnowledgeFreshnessTests",
            dependencies: [
                "KnowledgeFreshness", "KnowledgeFreshnessProbe", "KnowledgeFreshnessSchema",
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "OutboundTestSupport", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Staleness", package: "Staleness"),
                .product(name: "StalenessIndex", package: "Staleness"),
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

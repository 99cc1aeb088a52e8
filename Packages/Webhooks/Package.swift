// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Webhooks",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Webhooks", targets: ["Webhooks"]),
        .library(name: "WebhooksHTTP", targets: ["WebhooksHTTP"]),
        .library(name: "WebhooksSchema", targets: ["WebhooksSchema"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Outbound"),
        .package(path: "../Persistence"),
        .package(path: "../Schemas"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Webhooks",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StandardWebhooks", package: "Outbound"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "WebhooksHTTP",
            dependencies: [
                "Webhooks",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "StandardWebhooks", package: "Outbound"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(name: "WebhooksSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .executableTarget(
            name: "WebhooksProbe",
            dependencies: [
                "Webhooks",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
            ],
            path: "Tests/WebhooksProbe"
        ),
        .testTarget(
            name: "WebhooksTests",
            dependencies: [
                "Webhooks", "WebhooksProbe", "WebhooksSchema",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StandardWebhooks", package: "Outbound"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "WebhooksHTTPTests",
            dependencies: [
                "Webhooks", "WebhooksHTTP", "WebhooksSchema",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "StandardWebhooks", package: "Outbound"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Approval",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Approval", targets: ["Approval"]),
        .library(name: "ApprovalHTTP", targets: ["ApprovalHTTP"]),
        .library(name: "ApprovalRedis", targets: ["ApprovalRedis"]),
        .library(name: "ApprovalSchema", targets: ["ApprovalSchema"]),
        .library(name: "ApprovalTestSupport", targets: ["ApprovalTestSupport"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Persistence"),
        .package(path: "../Redis"),
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
            name: "Approval",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ApprovalHTTP",
            dependencies: [
                "Approval",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ApprovalRedis",
            dependencies: [
                "Approval",
                .product(name: "Redis", package: "Redis"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(name: "ApprovalSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .target(
            name: "ApprovalTestSupport",
            dependencies: [
                "Approval",
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .executableTarget(
            name: "ApprovalProbe",
            dependencies: [
                "Approval", "ApprovalRedis", "ApprovalTestSupport",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ],
            path: "Tests/ApprovalProbe"
        ),
        .testTarget(
            name: "ApprovalTests",
            dependencies: [
                "Approval", "ApprovalProbe", "ApprovalRedis", "ApprovalSchema", "ApprovalTestSupport",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "RedisTestSupport", package: "Redis"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "ApprovalHTTPTests",
            dependencies: [
                "Approval", "ApprovalHTTP", "ApprovalSchema", "ApprovalTestSupport",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
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

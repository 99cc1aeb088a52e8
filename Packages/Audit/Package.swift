// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Audit",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Audit", targets: ["Audit"]),
        .library(name: "AuditHTTP", targets: ["AuditHTTP"]),
        .library(name: "AuditMetrics", targets: ["AuditMetrics"]),
        .library(name: "AuditSchema", targets: ["AuditSchema"]),
    ],
    dependencies: [
        .package(path: "../Checksums"),
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Persistence"),
        .package(path: "../Schemas"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Audit",
            dependencies: [
                .product(name: "Checksums", package: "Checksums"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "AuditHTTP",
            dependencies: [
                "Audit",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "AuditMetrics",
            dependencies: [
                "Audit", "AuditHTTP",
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
            ]
        ),
        .target(name: "AuditSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .executableTarget(
            name: "AuditProbe",
            dependencies: [
                "Audit",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ],
            path: "Tests/AuditProbe"
        ),
        .testTarget(
            name: "AuditTests",
            dependencies: [
                "Audit", "AuditProbe", "AuditSchema",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "AuditHTTPTests",
            dependencies: [
                "Audit", "AuditHTTP", "AuditMetrics", "AuditSchema",
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

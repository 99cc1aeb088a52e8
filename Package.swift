// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Gatehouse",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "api-server", targets: ["ApiServer"]),
        .executable(name: "limiter-node", targets: ["LimiterNode"]),
        .executable(name: "migrator", targets: ["Migrator"]),
        .executable(name: "secret-scan", targets: ["SecretScan"]),
    ],
    dependencies: [
        .package(path: "Packages/Approval"),
        .package(path: "Packages/Audit"),
        .package(path: "Packages/Auth"),
        .package(path: "Packages/ContentScreening"),
        .package(path: "Packages/Cryptography"),
        .package(path: "Packages/HTTPCore"),
        .package(path: "Packages/Identity"),
        .package(path: "Packages/Knowledge"),
        .package(path: "Packages/LimitService"),
        .package(path: "Packages/LogOutput"),
        .package(path: "Packages/Metrics"),
        .package(path: "Packages/Migrations"),
        .package(path: "Packages/Outbound"),
        .package(path: "Packages/Persistence"),
        .package(path: "Packages/RateLimit"),
        .package(path: "Packages/Redis"),
        .package(path: "Packages/Schemas"),
        .package(path: "Packages/SecretScanTool"),
        .package(path: "Packages/SecretScanning"),
        .package(path: "Packages/Settings"),
        .package(path: "Packages/StrictJSON"),
        .package(path: "Packages/TestKit"),
        .package(path: "Packages/Webhooks"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "AppSupport",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "LogOutput", package: "LogOutput"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Settings", package: "Settings"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Apps/AppSupport"
        ),
        .target(
            name: "SchemaSupport",
            dependencies: [
                .product(name: "ApprovalSchema", package: "Approval"),
                .product(name: "AuditSchema", package: "Audit"),
                .product(name: "AuthSchema", package: "Auth"),
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "MigrationsPostgres", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "WebhooksSchema", package: "Webhooks"),
            ],
            path: "Apps/SchemaSupport"
        ),
        .target(
            name: "ServerSupport",
            dependencies: [
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Apps/ServerSupport"
        ),
        .executableTarget(
            name: "ApiServer",
            dependencies: [
                "AppSupport", "SchemaSupport", "ServerSupport",
                .product(name: "Approval", package: "Approval"),
                .product(name: "ApprovalHTTP", package: "Approval"),
                .product(name: "ApprovalRedis", package: "Approval"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Audit", package: "Audit"),
                .product(name: "AuditHTTP", package: "Audit"),
                .product(name: "AuditMetrics", package: "Audit"),
                .product(name: "Auth", package: "Auth"),
                .product(name: "AuthHTTP", package: "Auth"),
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Knowledge", package: "Knowledge"),
                .product(name: "KnowledgeHTTP", package: "Knowledge"),
                .product(name: "LogOutput", package: "LogOutput"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "RateLimitHTTP", package: "RateLimit"),
                .product(name: "RateLimitRedis", package: "RateLimit"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Settings", package: "Settings"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Webhooks", package: "Webhooks"),
                .product(name: "WebhooksHTTP", package: "Webhooks"),
            ],
            path: "Apps/ApiServer"
        ),
        .executableTarget(
            name: "LimiterNode",
            dependencies: [
                "AppSupport", "ServerSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "LimitService", package: "LimitService"),
                .product(name: "LimitServiceHTTP", package: "LimitService"),
                .product(name: "LimitServiceRESP", package: "LimitService"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "RateLimitRedis", package: "RateLimit"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Settings", package: "Settings"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Apps/LimiterNode"
        ),
        .executableTarget(
            name: "Migrator",
            dependencies: [
                "AppSupport", "SchemaSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Auth", package: "Auth"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "Settings", package: "Settings"),
            ],
            path: "Apps/Migrator"
        ),
        .executableTarget(
            name: "SecretScan",
            dependencies: [
                "AppSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SecretScanTool", package: "SecretScanTool"),
                .product(name: "SecretScanning", package: "SecretScanning"),
            ],
            path: "Apps/SecretScan"
        ),
        .target(
            name: "ProgramTestSupport",
            dependencies: [
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ],
            path: "Tests/ProgramTestSupport"
        ),
        .testTarget(
            name: "ApiServerTests",
            dependencies: [
                "ProgramTestSupport",
                "SchemaSupport",
                .target(name: "ApiServer"),
                .target(name: "Migrator"),
                .product(name: "Approval", package: "Approval"),
                .product(name: "ApprovalTestSupport", package: "Approval"),
                .product(name: "Audit", package: "Audit"),
                .product(name: "ContentScreeningTestSupport", package: "ContentScreening"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MigrationsPostgres", package: "Migrations"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ],
            path: "Tests/ApiServerTests"
        ),
        .testTarget(
            name: "LimiterNodeTests",
            dependencies: [
                "ProgramTestSupport",
                .target(name: "LimiterNode"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "RedisTestSupport", package: "Redis"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ],
            path: "Tests/LimiterNodeTests"
        ),
        .testTarget(
            name: "SecretScanTests",
            dependencies: [
                "ProgramTestSupport",
                .target(name: "SecretScan"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ],
            path: "Tests/SecretScanTests"
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ToolGateway",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ToolConsole", targets: ["ToolConsole"]),
        .library(name: "ToolConsoleHTTP", targets: ["ToolConsoleHTTP"]),
        .library(name: "ToolGateway", targets: ["ToolGateway"]),
        .library(name: "ToolGatewayHTTP", targets: ["ToolGatewayHTTP"]),
        .library(name: "ToolGatewayModel", targets: ["ToolGatewayModel"]),
    ],
    dependencies: [
        .package(path: "../Approval"),
        .package(path: "../Audit"),
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../LanguageModel"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Outbound"),
        .package(path: "../Persistence"),
        .package(path: "../Policy"),
        .package(path: "../Schemas"),
        .package(path: "../SecretScanning"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "ToolConsole",
            dependencies: [
                "ToolGateway",
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ToolConsoleHTTP",
            dependencies: [
                "ToolConsole", "ToolGateway", "ToolGatewayHTTP",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ToolGateway",
            dependencies: [
                .product(name: "Approval", package: "Approval"),
                .product(name: "Audit", package: "Audit"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ToolGatewayHTTP",
            dependencies: [
                "ToolGateway",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ToolGatewayModel",
            dependencies: [
                "ToolGateway",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "LanguageModel", package: "LanguageModel"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "ToolGatewayModelTests",
            dependencies: [
                "ToolGatewayModel", "ToolGateway",
                .product(name: "Identity", package: "Identity"),
                .product(name: "LanguageModel", package: "LanguageModel"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "OutboundTestSupport", package: "Outbound"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "ToolConsoleTests",
            dependencies: [
                "ToolConsole", "ToolConsoleHTTP", "ToolGateway",
                .product(name: "Approval", package: "Approval"),
                .product(name: "ApprovalSchema", package: "Approval"),
                .product(name: "ApprovalTestSupport", package: "Approval"),
                .product(name: "Audit", package: "Audit"),
                .product(name: "AuditSchema", package: "Audit"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "Policy", package: "Policy"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "ToolGatewayTests",
            dependencies: [
                "ToolGateway", "ToolGatewayModel",
                .product(name: "Approval", package: "Approval"),
                .product(name: "ApprovalSchema", package: "Approval"),
                .product(name: "ApprovalTestSupport", package: "Approval"),
                .product(name: "Audit", package: "Audit"),
                .product(name: "AuditSchema", package: "Audit"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "LanguageModel", package: "LanguageModel"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "OutboundTestSupport", package: "Outbound"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "Policy", package: "Policy"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Credentials",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Credentials", targets: ["Credentials"]),
        .library(name: "CredentialsHTTP", targets: ["CredentialsHTTP"]),
        .library(name: "CredentialsSchema", targets: ["CredentialsSchema"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Migrations"),
        .package(path: "../Persistence"),
        .package(path: "../Schemas"),
        .package(path: "../StrictJSON"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Credentials",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "CredentialsHTTP",
            dependencies: [
                "Credentials",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(name: "CredentialsSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .testTarget(
            name: "CredentialsTests",
            dependencies: [
                "Credentials", "CredentialsSchema",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
            ]
        ),
        .testTarget(
            name: "CredentialsHTTPTests",
            dependencies: [
                "Credentials", "CredentialsHTTP", "CredentialsSchema",
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

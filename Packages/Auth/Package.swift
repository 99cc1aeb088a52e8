// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Auth",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Auth", targets: ["Auth"]),
        .library(name: "AuthHTTP", targets: ["AuthHTTP"]),
        .library(name: "AuthSchema", targets: ["AuthSchema"]),
    ],
    dependencies: [
        .package(path: "../Checksums"),
        .package(path: "../ContentScreening"),
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
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
            name: "Auth",
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
            name: "AuthHTTP",
            dependencies: [
                "Auth",
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "ContentScreeningHTTP", package: "ContentScreening"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(name: "AuthSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .testTarget(
            name: "AuthTests",
            dependencies: [
                "Auth", "AuthSchema",
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "SchemasTestSupport", package: "Schemas"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "AuthHTTPTests",
            dependencies: [
                "Auth", "AuthHTTP", "AuthSchema",
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "ContentScreeningTestSupport", package: "ContentScreening"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
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

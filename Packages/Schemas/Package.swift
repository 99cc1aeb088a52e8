// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Schemas",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CommonsSchema", targets: ["CommonsSchema"]),
        .library(name: "GatewaySchema", targets: ["GatewaySchema"]),
        .library(name: "SchemasTestSupport", targets: ["SchemasTestSupport"]),
    ],
    dependencies: [
        .package(path: "../Migrations"),
        .package(path: "../Persistence"),
    ],
    targets: [
        .target(name: "CommonsSchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .target(name: "GatewaySchema", dependencies: [.product(name: "Migrations", package: "Migrations")]),
        .target(
            name: "SchemasTestSupport",
            dependencies: [
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
            ]
        ),
        .testTarget(
            name: "CommonsSchemaTests",
            dependencies: [
                "CommonsSchema", "SchemasTestSupport",
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
            ]
        ),
        .testTarget(
            name: "GatewaySchemaTests",
            dependencies: [
                "GatewaySchema", "SchemasTestSupport",
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
            ]
        ),
        .testTarget(
            name: "OlderDatabaseTests",
            dependencies: [
                "CommonsSchema", "GatewaySchema", "SchemasTestSupport",
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
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

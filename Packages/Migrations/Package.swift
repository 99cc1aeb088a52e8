// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Migrations",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Migrations", targets: ["Migrations"]),
        .library(name: "MigrationsPostgres", targets: ["MigrationsPostgres"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../Persistence"),
        .package(path: "../TestKit"),
    ],
    targets: [
        .target(
            name: "Migrations",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Persistence", package: "Persistence"),
            ]
        ),
        .target(
            name: "MigrationsPostgres",
            dependencies: [
                "Migrations",
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
            ]
        ),
        // A process that the tests kill in the middle of a migration.
        .executableTarget(
            name: "MigrationsCrashDriver",
            dependencies: [
                "Migrations", "MigrationsPostgres",
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
            ],
            path: "Tests/MigrationsCrashDriver"
        ),
        .testTarget(
            name: "MigrationsTests",
            dependencies: [
                "Migrations", "MigrationsCrashDriver",
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "MigrationsPostgresTests",
            dependencies: [
                "Migrations", "MigrationsCrashDriver", "MigrationsPostgres",
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "DatabaseTestSupport", package: "Persistence"),
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

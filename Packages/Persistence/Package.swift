// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Persistence",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Persistence", targets: ["Persistence"]),
        .library(name: "PersistenceSQLite", targets: ["PersistenceSQLite"]),
        .library(name: "PersistencePostgres", targets: ["PersistencePostgres"]),
        .library(name: "PersistenceTestSupport", targets: ["PersistenceTestSupport"]),
        .library(name: "DatabaseTestSupport", targets: ["DatabaseTestSupport"]),
    ],
    dependencies: [
        .package(path: "../TestKit"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .target(name: "Persistence"),
        .target(name: "PersistenceDriver", dependencies: ["Persistence"]),
        .target(
            name: "PersistenceSQLite",
            dependencies: [
                "Persistence", "PersistenceDriver",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CEpoll"),
        .target(name: "PersistencePostgres", dependencies: ["CEpoll", "CLibpq", "Persistence", "PersistenceDriver"]),
        .target(name: "PersistenceTestSupport", dependencies: ["Persistence"]),
        .target(
            name: "DatabaseTestSupport",
            dependencies: [
                "Persistence", "PersistencePostgres", "PersistenceSQLite", .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "PersistenceTests",
            dependencies: ["Persistence", .product(name: "TestKit", package: "TestKit")]
        ),
        .testTarget(name: "PersistenceDriverTests", dependencies: ["Persistence", "PersistenceDriver"]),
        .testTarget(
            name: "PersistenceSQLiteTests",
            dependencies: [
                "Persistence", "PersistenceSQLite", "PersistenceTestSupport", .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "PersistencePostgresTests",
            dependencies: [
                "Persistence", "PersistencePostgres", "DatabaseTestSupport", "PersistenceTestSupport",
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

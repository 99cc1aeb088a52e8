// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "AuthBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: ".."),
        .package(path: "../../Identity"),
        .package(path: "../../Migrations"),
        .package(path: "../../Persistence"),
        .package(path: "../../Schemas"),
        .package(path: "../../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .executableTarget(
            name: "AuthBenchmarks",
            dependencies: [
                .product(name: "Auth", package: "Auth"),
                .product(name: "AuthSchema", package: "Auth"),
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        )
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "KnowledgeBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: ".."),
        .package(path: "../../ContentScreening"),
        .package(path: "../../Migrations"),
        .package(path: "../../Persistence"),
        .package(path: "../../Schemas"),
        .package(path: "../../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .executableTarget(
            name: "KnowledgeBenchmarks",
            dependencies: [
                .product(name: "CommonsSchema", package: "Schemas"),
                .product(name: "ContentScreening", package: "ContentScreening"),
                .product(name: "Knowledge", package: "Knowledge"),
                .product(name: "KnowledgeSchema", package: "Knowledge"),
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

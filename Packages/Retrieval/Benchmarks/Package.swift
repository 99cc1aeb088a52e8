// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "RetrievalBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: ".."),
        .package(path: "../../Cryptography"),
        .package(path: "../../Identity"),
        .package(path: "../../Migrations"),
        .package(path: "../../Persistence"),
        .package(path: "../../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "RetrievalBenchmarks",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "Retrieval", package: "Retrieval"),
                .product(name: "RetrievalSchema", package: "Retrieval"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
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

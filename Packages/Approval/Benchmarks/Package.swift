// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ApprovalBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: ".."),
        .package(path: "../../Cryptography"),
        .package(path: "../../Identity"),
        .package(path: "../../Migrations"),
        .package(path: "../../Persistence"),
        .package(path: "../../Schemas"),
        .package(path: "../../StrictJSON"),
        .package(path: "../../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .executableTarget(
            name: "ApprovalBenchmarks",
            dependencies: [
                .product(name: "Approval", package: "Approval"),
                .product(name: "ApprovalSchema", package: "Approval"),
                .product(name: "ApprovalTestSupport", package: "Approval"),
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "GatewaySchema", package: "Schemas"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Migrations", package: "Migrations"),
                .product(name: "Persistence", package: "Persistence"),
                .product(name: "PersistencePostgres", package: "Persistence"),
                .product(name: "PersistenceSQLite", package: "Persistence"),
                .product(name: "StrictJSON", package: "StrictJSON"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SQLLexing",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SQLLexing", targets: ["SQLLexing"])
    ],
    dependencies: [
        .package(path: "../Persistence"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .target(name: "SQLLexing"),
        .testTarget(name: "SQLLexingTests", dependencies: ["SQLLexing", .product(name: "TestKit", package: "TestKit")]),
        .testTarget(
            name: "SQLLexingIntegrationTests",
            dependencies: [
                "SQLLexing",
                .product(name: "DatabaseTestSupport", package: "Persistence"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Persistence", package: "Persistence"),
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

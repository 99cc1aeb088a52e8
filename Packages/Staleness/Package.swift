// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Staleness",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Staleness", targets: ["Staleness"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .target(name: "Staleness"),
        .testTarget(
            name: "StalenessTests", dependencies: ["Staleness", .product(name: "TestKit", package: "TestKit")],
            resources: [.copy("Vectors")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

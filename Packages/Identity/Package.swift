// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Identity",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Identity", targets: ["Identity"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .target(name: "Identity"),
        .testTarget(name: "IdentityTests", dependencies: ["Identity", .product(name: "TestKit", package: "TestKit")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

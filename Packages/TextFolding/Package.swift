// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "TextFolding",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TextFolding", targets: ["TextFolding"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .target(name: "TextFolding"),
        .testTarget(name: "TextFoldingTests", dependencies: ["TextFolding", .product(name: "TestKit", package: "TestKit")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

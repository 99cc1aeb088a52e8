// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SearchText",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SearchText", targets: ["SearchText"])
    ],
    dependencies: [
        .package(path: "../TextFolding")
    ],
    targets: [
        .target(name: "SearchText", dependencies: [.product(name: "TextFolding", package: "TextFolding")]),
        .testTarget(name: "SearchTextTests", dependencies: ["SearchText"]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

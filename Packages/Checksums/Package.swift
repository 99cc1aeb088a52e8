// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Checksums",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Checksums", targets: ["Checksums"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .target(name: "Checksums"),
        .testTarget(name: "ChecksumsTests", dependencies: ["Checksums", .product(name: "TestKit", package: "TestKit")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

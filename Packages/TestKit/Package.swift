// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "TestKit",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TestKit", targets: ["TestKit"]),
        .executable(name: "throwaway-server", targets: ["ThrowawayServer"]),
    ],
    targets: [
        .target(name: "TestKit"),
        .executableTarget(name: "ThrowawayServer", dependencies: ["TestKit"]),
        .testTarget(name: "TestKitTests", dependencies: ["TestKit", "ThrowawayServer"]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

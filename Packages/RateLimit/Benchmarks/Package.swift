// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "RateLimitBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: "..")
    ],
    targets: [
        .target(name: "CRateLimitBenchmarks"),
        .executableTarget(
            name: "RateLimitBenchmarks",
            dependencies: ["CRateLimitBenchmarks", .product(name: "RateLimit", package: "RateLimit")]
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

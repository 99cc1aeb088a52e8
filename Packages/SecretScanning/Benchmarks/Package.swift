// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "SecretScanningBenchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: "..")
    ],
    targets: [
        .target(name: "CSecretScanningBenchmarks"),
        .executableTarget(
            name: "SecretScanningBenchmarks",
            dependencies: ["CSecretScanningBenchmarks", .product(name: "SecretScanning", package: "SecretScanning")]
        ),
        .executableTarget(
            name: "SecretScanningPrecision", dependencies: [.product(name: "SecretScanning", package: "SecretScanning")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

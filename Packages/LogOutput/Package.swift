// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "LogOutput",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "LogOutput", targets: ["LogOutput"])
    ],
    dependencies: [
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .target(name: "LogOutput", dependencies: [.product(name: "Logging", package: "swift-log")]),
        .testTarget(
            name: "LogOutputTests",
            dependencies: [
                "LogOutput",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "StrictJSON", package: "StrictJSON"),
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

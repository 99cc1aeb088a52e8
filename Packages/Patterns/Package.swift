// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Patterns",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Patterns", targets: ["Patterns"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .systemLibrary(
            name: "CPCRE2", pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev", "pkg-config"]), .brew(["pcre2", "pkgconf"])]
        ),
        .target(name: "Patterns", dependencies: ["CPCRE2"]),
        .testTarget(name: "PatternsTests", dependencies: ["Patterns", .product(name: "TestKit", package: "TestKit")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

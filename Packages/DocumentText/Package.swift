// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "DocumentText",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "DocumentText", targets: ["DocumentText"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .systemLibrary(name: "CLibzip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),
        .systemLibrary(name: "CConfinement"),
        .target(name: "DocumentText", dependencies: ["CConfinement", "CLibXML2", "CLibzip"]),
        .executableTarget(
            name: "DocumentTextChild", dependencies: ["CConfinement", "DocumentText"], path: "Tests/DocumentTextChild"),
        .testTarget(
            name: "DocumentTextTests",
            dependencies: ["DocumentText", "DocumentTextChild", .product(name: "TestKit", package: "TestKit")]
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

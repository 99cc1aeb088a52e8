// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Cryptography",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Cryptography", targets: ["Cryptography"])
    ],
    dependencies: [
        .package(path: "../TestKit")
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"]), .brew(["libxcrypt"])]),
        .target(name: "Cryptography", dependencies: ["COpenSSL", "CCrypt"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", .product(name: "TestKit", package: "TestKit")]),
    ]
)

// Workspace settings: every manifest ends with this block.
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
    target.swiftSettings = (target.swiftSettings ?? []) + [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}

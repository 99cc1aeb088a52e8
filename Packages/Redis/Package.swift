// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Redis",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Redis", targets: ["Redis"]),
        .library(name: "RedisTestSupport", targets: ["RedisTestSupport"]),
    ],
    dependencies: [
        .package(path: "../ServerNames"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        // hiredis' pkg-config flags make SwiftPM warn, so the module map alone names the library.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(
            name: "Redis",
            dependencies: [
                "CHiredis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServerNames", package: "ServerNames"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "RedisTestSupport",
            dependencies: [
                "Redis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "Redis", .product(name: "NIOCore", package: "swift-nio"), .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "RedisIntegrationTests",
            dependencies: [
                "Redis", "RedisTestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
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

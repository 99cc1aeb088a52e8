// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Outbound",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Outbound", targets: ["Outbound"]),
        .library(name: "OutboundTestSupport", targets: ["OutboundTestSupport"]),
        .library(name: "StandardWebhooks", targets: ["StandardWebhooks"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../Identity"),
        .package(path: "../ServerNames"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "Outbound",
            dependencies: [
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServerNames", package: "ServerNames"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(name: "StandardWebhooks", dependencies: [.product(name: "Cryptography", package: "Cryptography")]),
        .target(
            name: "OutboundTestSupport",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "OutboundTests",
            dependencies: [
                "Outbound",
                .product(name: "Identity", package: "Identity"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "OutboundIntegrationTests",
            dependencies: [
                "Outbound", "OutboundTestSupport", "StandardWebhooks",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "StandardWebhooksTests",
            dependencies: [
                "StandardWebhooks",
                .product(name: "Cryptography", package: "Cryptography"),
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

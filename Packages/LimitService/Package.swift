// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "LimitService",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "LimitService", targets: ["LimitService"]),
        .library(name: "LimitServiceHTTP", targets: ["LimitServiceHTTP"]),
        .library(name: "LimitServiceRESP", targets: ["LimitServiceRESP"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../RateLimit"),
        .package(path: "../Redis"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .target(
            name: "LimitService",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "RateLimitRedis", package: "RateLimit"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "LimitServiceHTTP",
            dependencies: [
                "LimitService",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "RateLimitHTTP", package: "RateLimit"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "LimitServiceRESP",
            dependencies: [
                "LimitService",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "LimitServiceTests",
            dependencies: [
                "LimitService",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "RateLimitRedis", package: "RateLimit"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "LimitServiceHTTPTests",
            dependencies: [
                "LimitService", "LimitServiceHTTP",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "LimitServiceRESPTests",
            dependencies: [
                "LimitService", "LimitServiceRESP",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "RateLimit",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "RateLimit", targets: ["RateLimit"]),
        .library(name: "RateLimitHTTP", targets: ["RateLimitHTTP"]),
        .library(name: "RateLimitRedis", targets: ["RateLimitRedis"]),
        .library(name: "RateLimitTestSupport", targets: ["RateLimitTestSupport"]),
    ],
    dependencies: [
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Redis"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    ],
    targets: [
        .target(name: "RateLimit"),
        .target(
            name: "RateLimitHTTP",
            dependencies: [
                "RateLimit",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "RateLimitRedis",
            dependencies: [
                "RateLimit",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Redis", package: "Redis"),
            ]
        ),
        .target(name: "RateLimitTestSupport", dependencies: ["RateLimit"]),
        .testTarget(
            name: "RateLimitTests",
            dependencies: ["RateLimit", "RateLimitTestSupport", .product(name: "TestKit", package: "TestKit")]
        ),
        .testTarget(
            name: "RateLimitRedisTests",
            dependencies: ["RateLimit", "RateLimitRedis", .product(name: "Redis", package: "Redis")]
        ),
        .testTarget(
            name: "RateLimitRedisIntegrationTests",
            dependencies: [
                "RateLimit", "RateLimitRedis", "RateLimitTestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Redis", package: "Redis"),
                .product(name: "RedisTestSupport", package: "Redis"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "RateLimitHTTPTests",
            dependencies: [
                "RateLimit", "RateLimitHTTP",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "StrictJSON", package: "StrictJSON"),
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

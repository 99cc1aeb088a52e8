// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "LanguageModel",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "LanguageModel", targets: ["LanguageModel"]),
        .library(name: "LanguageModelHTTP", targets: ["LanguageModelHTTP"]),
        .library(name: "TokenBudgets", targets: ["TokenBudgets"]),
    ],
    dependencies: [
        .package(path: "../Cryptography"),
        .package(path: "../HTTPCore"),
        .package(path: "../Identity"),
        .package(path: "../Metrics"),
        .package(path: "../Outbound"),
        .package(path: "../RateLimit"),
        .package(path: "../Redis"),
        .package(path: "../StrictJSON"),
        .package(path: "../TestKit"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .target(
            name: "LanguageModel",
            dependencies: [
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "TokenBudgets",
            dependencies: [
                "LanguageModel",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
            ]
        ),
        .target(
            name: "LanguageModelHTTP",
            dependencies: [
                "LanguageModel", "TokenBudgets",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "LanguageModelTests",
            dependencies: [
                "LanguageModel", "TokenBudgets",
                .product(name: "Cryptography", package: "Cryptography"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Outbound", package: "Outbound"),
                .product(name: "OutboundTestSupport", package: "Outbound"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "StrictJSON", package: "StrictJSON"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "TokenBudgetsTests",
            dependencies: [
                "LanguageModel", "TokenBudgets",
                .product(name: "Identity", package: "Identity"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
                .product(name: "RateLimitRedis", package: "RateLimit"),
                .product(name: "RedisTestSupport", package: "Redis"),
                .product(name: "TestKit", package: "TestKit"),
            ]
        ),
        .testTarget(
            name: "LanguageModelHTTPTests",
            dependencies: [
                "LanguageModel", "LanguageModelHTTP", "TokenBudgets",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Identity", package: "Identity"),
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "RateLimit", package: "RateLimit"),
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

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ContentScreening",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ContentScreening", targets: ["ContentScreening"]),
        .library(name: "ContentScreeningHTTP", targets: ["ContentScreeningHTTP"]),
        .library(name: "ContentScreeningTestSupport", targets: ["ContentScreeningTestSupport"]),
    ],
    dependencies: [
        .package(path: "../HTTPCore"),
        .package(path: "../Metrics"),
        .package(path: "../SecretScanning"),
        .package(path: "../StrictJSON"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    ],
    targets: [
        .target(
            name: "ContentScreening",
            dependencies: [
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .target(
            name: "ContentScreeningHTTP",
            dependencies: [
                "ContentScreening",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SecretScanning", package: "SecretScanning"),
            ]
        ),
        .target(
            name: "ContentScreeningTestSupport",
            dependencies: [.product(name: "SecretScanning", package: "SecretScanning")]
        ),
        .testTarget(
            name: "ContentScreeningTests",
            dependencies: [
                "ContentScreening", "ContentScreeningTestSupport",
                .product(name: "PrometheusMetrics", package: "Metrics"),
                .product(name: "SecretScanning", package: "SecretScanning"),
                .product(name: "StrictJSON", package: "StrictJSON"),
            ]
        ),
        .testTarget(
            name: "ContentScreeningHTTPTests",
            dependencies: [
                "ContentScreening", "ContentScreeningHTTP", "ContentScreeningTestSupport",
                .product(name: "HTTPCore", package: "HTTPCore"),
                .product(name: "HTTPCoreTestSupport", package: "HTTPCore"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
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

// swift-tools-version: 6.2
// Targets are sorted from the disk upwards; their dependencies are the architecture (docs/architecture.md), and
// scripts/check-layers.py holds imports to them. Shared settings are applied in one loop at the end.
import PackageDescription

let nio = "swift-nio"

let package = Package(
    name: "berth",
    products: [
        .executable(name: "berthd", targets: ["Daemon"]),
        .executable(name: "berth", targets: ["CLI"]),
        .executable(name: "berth-node", targets: ["NodeDaemon"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: The store
        .systemLibrary(name: "CLMDB", pkgConfig: nil, providers: [.apt(["liblmdb-dev"])]),
        .target(name: "LMDB", dependencies: ["CLMDB"]),
        .target(name: "CStore"),
        .target(name: "Store", dependencies: ["LMDB", "CStore"]),
        .testTarget(name: "LMDBTests", dependencies: ["LMDB"]),
        .testTarget(name: "StoreTests", dependencies: ["Store", "LMDB", "CStore", "TestSupport"]),

        // MARK: The object model
        .target(name: "Objects"),
        .target(name: "Registry", dependencies: ["Store", "Objects"]),
        .target(name: "Controllers", dependencies: ["Registry", "Objects"]),

        // MARK: The edges
        .target(
            name: "Transport",
            dependencies: [
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .systemLibrary(name: "CZlib", pkgConfig: nil, providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Gzip", dependencies: ["CZlib", .product(name: "NIOCore", package: nio)]),
        .target(
            name: "KubeAPI",
            dependencies: [
                "Registry", "Objects", "Transport", "Gzip", .product(name: "NIOCore", package: nio),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "EtcdAPI",
            dependencies: [
                "Store", "Objects", "Transport", .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio), .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "EtcdAPITests",
            dependencies: [
                "EtcdAPI", "EtcdFuzzing", "Objects", "Store", "TestSupport", .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio), .product(name: "NIOConcurrencyHelpers", package: nio),
            ]),
        .target(
            name: "Client",
            dependencies: [
                "Objects", .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "NIOConcurrencyHelpers", package: nio), .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOWebSocket", package: nio),
            ]),
        .target(
            name: "DNS",
            dependencies: [
                "Objects", "Transport", .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio), .product(name: "NIOConcurrencyHelpers", package: nio),
            ]),
        .testTarget(
            name: "DNSTests",
            dependencies: [
                "DNS", "Objects", "Transport", .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ]),
        .target(name: "CNode"),
        .target(
            name: "Node",
            dependencies: [
                "CNode", "Objects", "Client", .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio), .product(name: "NIOWebSocket", package: nio),
                .product(name: "Logging", package: "swift-log"),
            ]),

        // MARK: The three programs
        .executableTarget(
            name: "Daemon",
            dependencies: [
                "Store", "Objects", "Registry", "Controllers", "KubeAPI", "EtcdAPI", "DNS", "Transport",
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "NodeDaemon",
            dependencies: [
                "Node", "Client", .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Client", "Objects", "Store", .product(name: "NIOPosix", package: nio),
                .product(name: "Yams", package: "Yams"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // MARK: Tests
        .target(
            name: "TransportTestSupport", dependencies: [.product(name: "NIOPosix", package: nio)],
            path: "Tests/TransportTestSupport"),
        .testTarget(
            name: "TransportTests",
            dependencies: [
                "Transport", "TransportTestSupport", .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio), .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOConcurrencyHelpers", package: nio),
            ]),
        .testTarget(
            name: "KubeAPITests",
            dependencies: [
                "KubeAPI", "Registry", "Objects", "Store", "Transport", "TransportTestSupport", "TestSupport",
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
            ]),
        .target(name: "TestSupport", dependencies: ["Store"], path: "Tests/Support"),
        .target(
            name: "EtcdFuzzing", dependencies: ["EtcdAPI", .product(name: "NIOCore", package: nio)],
            path: "Tests/EtcdFuzzing"),
        .testTarget(name: "RegistryTests", dependencies: ["Registry", "Store", "Objects", "TestSupport"]),
        .testTarget(name: "ObjectsTests", dependencies: ["Objects", "TestSupport"]),
        .testTarget(
            name: "NodeTests",
            dependencies: [
                "Node", "CNode", "Objects", "Client", .product(name: "NIOCore", package: nio),
                .product(name: "NIOWebSocket", package: nio), .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "ControllersTests", dependencies: ["Controllers", "Registry", "Store", "Objects", "TestSupport"]),
        .target(
            name: "ClientTestSupport",
            dependencies: [
                .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
                .product(name: "NIOHTTP1", package: nio), .product(name: "NIOWebSocket", package: nio),
            ],
            path: "Tests/ClientTestSupport"),
        .testTarget(name: "ClientTests", dependencies: ["Client", "Objects", "ClientTestSupport"]),
        .testTarget(name: "CLITests", dependencies: ["CLI", "Client", "Objects", "ClientTestSupport"]),
    ]
)

// Measurements use `package` API, so they are a target here and not a package of their own; nobody else needs them.
if Context.environment["BERTH_BENCH"] == "1" {
    package.targets.append(
        .target(name: "RawLMDB", dependencies: ["CLMDB"], path: "Benchmarks/RawLMDB"))
    package.targets.append(
        .executableTarget(name: "StoreBench", dependencies: ["Store", "RawLMDB"], path: "Benchmarks/StoreBench"))
    package.targets.append(.executableTarget(name: "EtcdLoad", path: "Benchmarks/EtcdLoad"))
}

// scripts/fuzz: the fuzzer brings its own main, and what it calls is instrumented.
if Context.environment["BERTH_FUZZ"] == "1" {
    package.products.append(.executable(name: "EtcdFuzzer", targets: ["EtcdFuzzer"]))
    package.targets.append(
        .executableTarget(
            name: "EtcdFuzzer", dependencies: ["EtcdFuzzing"], path: "Tests/EtcdFuzzer",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
    for target in package.targets where ["EtcdFuzzer", "EtcdFuzzing", "EtcdAPI"].contains(target.name) {
        target.swiftSettings = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
    }
}

// BERTH_STRICT=1 (CI) turns warnings into errors; a developer's half-finished edit should still build.
let strict = Context.environment["BERTH_STRICT"] == "1"
let cTargets: Set = ["CLMDB", "CZlib", "CStore", "CNode", "EtcdLoad", "RawLMDB"]
for target in package.targets where !cTargets.contains(target.name) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .swiftLanguageMode(.v6),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .enableUpcomingFeature("InferIsolatedConformances"),
        ] + (strict ? [.treatAllWarnings(as: .error)] : [])
}

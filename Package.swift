// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target is compiled with. Warnings are errors, so that none is ever left for later.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "attune",
  products: [.executable(name: "attune", targets: ["attune"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "CProcess"),

    // Optimised where the rest is not: tests make thousands of decisions, and a model is slow without.
    .target(name: "Search", swiftSettings: strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .target(
      name: "Artifacts",
      dependencies: ["Search", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(
      name: "Compiler", dependencies: ["Search", "Artifacts"], resources: [.embedInCode("Schemas")],
      swiftSettings: strict),
    .target(
      name: "Store",
      dependencies: [
        "Artifacts", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Execution",
      dependencies: ["Search", "Artifacts", "Store", "CProcess"],
      swiftSettings: strict),
    .target(name: "Report", dependencies: ["Search", "Artifacts"], swiftSettings: strict),
    .executableTarget(
      name: "attune",
      dependencies: [
        "Search", "Artifacts", "Compiler", "Store", "Execution", "Report",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Search", "Artifacts", "Compiler"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "SearchTests", dependencies: ["Search", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ArtifactsTests", dependencies: ["Artifacts", "Search", "TestSupport"],
      swiftSettings: strict),
    // The tests ask libyaml for a second opinion on what is YAML.
    .systemLibrary(
      name: "CLibYAML", path: "Tests/CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .testTarget(
      name: "CompilerTests", dependencies: ["Compiler", "CLibYAML", "Artifacts", "Search", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "StoreTests",
      dependencies: ["Store", "Artifacts", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .testTarget(
      name: "ExecutionTests",
      dependencies: ["Execution", "Store", "Artifacts", "Search", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportTests", dependencies: ["Report", "Artifacts", "Search", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "AttuneTests", dependencies: ["attune", "Artifacts", "Compiler", "Search", "TestSupport"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// For `make fuzz`: libFuzzer sees which branches an input takes.
if Context.environment["ATTUNE_FUZZ"] != nil {
  let sanitizers = ["-sanitize=fuzzer,address"]
  for target in package.targets where ["Search", "Artifacts", "Compiler"].contains(target.name) {
    target.swiftSettings = strict + [.unsafeFlags(sanitizers)]
  }
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .target(
      name: "FuzzSupport", dependencies: ["Compiler", "Artifacts", "Search", "CLibFuzzer"], path: "Tests/Fuzz/Support",
      swiftSettings: strict),
  ]
  package.targets += ["Bytes", "Structure"].map {
    .executableTarget(
      name: "Fuzz\($0)", dependencies: ["FuzzSupport", "Compiler"], path: "Tests/Fuzz/\($0)", swiftSettings: strict,
      // The linker gold would keep the counters of some files only.
      linkerSettings: [.unsafeFlags(sanitizers + ["-use-ld=lld"])])
  }
}

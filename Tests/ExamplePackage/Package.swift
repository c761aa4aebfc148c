// swift-tools-version: 6.2
import PackageDescription

/// A program of one's own, as a user of Lockstep would write it: a package outside of Lockstep's.
let package = Package(
    name: "trainer",
    products: [.executable(name: "trainer", targets: ["Trainer"])],
    dependencies: [.package(name: "lockstep", path: "../..")],
    targets: [
        .executableTarget(
            name: "Trainer", dependencies: [.product(name: "Lockstep", package: "lockstep")],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)

import Benchmarks
import Foundation
import Testing

/// The same step in SimGrid, which simulates each message: only where it is installed (Debian: libsimgrid-dev, g++).
@Suite("Projections beside a simulation by SimGrid", .enabled(if: Simulation.isPossible))
struct SimGridTests {
    private let buckets: [(bytes: Double, readiness: Double)] = [
        (1e6, 0.1), (1e6, 0.4), (2e6, 0.7), (0.5e6, 0.9), (1e6, 1),
    ]
    private let passes = 0.03
    private let backwardShare = 2.0 / 3
    private let summingRate = 5e9
    private let hostRate = 8e9

    private func projected(_ hosts: Int, _ network: Network) -> Double {
        let cost = ComputeCost(
            fixed: passes, perSample: 0, backwardShare: backwardShare, update: 0,
            buckets: buckets.map { .init(bytes: $0.bytes, readiness: $0.readiness) }, samples: 1)
        let cluster = Cluster(
            ranksPerHost: 2, bandwidth: network.bandwidth, latency: network.latency, overhead: network.overhead,
            hostReduction: .init(bytesPerSecond: hostRate), summingRate: summingRate)
        let projection = ClusterProjection(cost, on: cluster, hosts: [hosts], weakSamples: 1, strongBatch: 1)
        return projection.rows[0].weak.step * 1e-3
    }

    private func simulated(_ simulation: Simulation, _ model: String, _ hosts: Int, _ network: Network) throws -> Double
    {
        try simulation.run(
            [model, "\(hosts)"]
                + [
                    network.bandwidth, network.latency, network.overhead, summingRate, passes * (1 - backwardShare),
                    passes * backwardShare,
                ].map { "\($0)" } + buckets.flatMap { ["\($0.bytes)", "\($0.readiness)", "\($0.bytes / hostRate)"] })
    }

    @Test("Steps agree within one part in a hundred, hidden or bound by bandwidth, by overhead or by latency")
    func agree() throws {
        let simulation = try Simulation()
        for network in Network.all {
            for hosts in [2, 5, 24] {
                let (ours, theirs) = (projected(hosts, network), try simulated(simulation, "ideal", hosts, network))
                #expect(abs(ours / theirs - 1) < 0.01, "\(hosts) hosts, \(network): \(ours) and \(theirs)")
                // with the losses of TCP that SimGrid's authors have measured steps are longer, by no more than a quarter
                let tcp = try simulated(simulation, "tcp", hosts, network)
                #expect((0.995..<1.25).contains(tcp / ours), "\(hosts) hosts, \(network): \(ours) and \(tcp)")
            }
        }
    }
}

struct Network {
    let bandwidth, latency, overhead: Double

    static let all = [
        Network(bandwidth: 125e6, latency: 20e-6, overhead: 2e-6),
        Network(bandwidth: 1.25e9, latency: 10e-6, overhead: 1e-6),
        Network(bandwidth: 12.5e9, latency: 2e-6, overhead: 300e-6),
        Network(bandwidth: 3.125e9, latency: 100e-6, overhead: 0),
    ]
}

/// The program beside this file, built anew.
final class Simulation {
    private let program = NSTemporaryDirectory() + "lockstep-simgrid-\(UUID().uuidString)"

    static var isPossible: Bool {
        ["/usr/include/simgrid/s4u.hpp", "/usr/bin/g++"].allSatisfy(FileManager.default.fileExists)
    }

    init() throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "simgrid_step.cpp").path
        _ = try Self.run("/usr/bin/g++", ["-O1", "-std=c++17", "-o", program, source, "-lsimgrid"])
    }

    deinit { try? FileManager.default.removeItem(atPath: program) }

    /// The seconds of a step.
    func run(_ arguments: [String]) throws -> Double {
        let output = try Self.run(program, arguments + ["--log=root.thresh:error"])
        return try #require(Double(output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(output)")
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        (process.executableURL, process.arguments) = (URL(filePath: program), arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments)")
        return String(decoding: output, as: UTF8.self)
    }
}

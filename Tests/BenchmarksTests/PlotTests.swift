import Benchmarks
import Foundation
import Testing
import Training

@Suite("Pictures of benchmarks")
struct PlotTests {
    @Test("Only .svg and .png are drawn; the path is checked before anything is measured")
    func endings() {
        for path in ["plot", "plot.pdf", "svg"] {
            do {
                try Plot.check(path)
                Issue.record("\(path) was taken")
            } catch { #expect("\(error)".contains(".svg or .png"), "\(error)") }
        }
    }

    @Test(
        "gnuplot draws scaling and projection, where it is installed", .enabled(if: Self.hasGnuplot),
        arguments: ["svg", "png"])
    func drawn(ending: String) throws {
        let path = NSTemporaryDirectory() + "it's a plot \(UUID().uuidString).\(ending)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try ScalingBenchmark.run(
            ScalingPlan(ranks: [1, 2], modes: [.strong, .weak], strongBatch: 4, weakBatch: 4)
        ) {
            try steps(ranks: $0.ranks, globalBatch: $0.globalBatch, milliseconds: 3, isIndependent: $0.isIndependent)
        }
        try result.plot.write(to: path)
        let data = try Data(contentsOf: URL(filePath: path))
        #expect(data.count > 2000)
        if ending == "png" {
            #expect(data.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
        } else {
            let text = String(decoding: data, as: UTF8.self)
            for part in ["<svg", "</svg>", "Speedup: r, m", "strong scaling", "bound of the machine, weak"] {
                #expect(text.contains(part), "\(part)")
            }
        }
    }

    @Test("A logarithmic axis reaches beyond its last tick, which gnuplot leaves out at the very end")
    func lastTick() throws {
        let cost = ComputeCost(
            fixed: 0, perSample: 1e-3, backwardShare: 0.5, update: 0, buckets: [.init(bytes: 4, readiness: 1)],
            samples: 1)
        let cluster = Cluster(
            ranksPerHost: 8, bandwidth: 1e9, latency: 1e-6, overhead: 1e-6,
            hostReduction: .init(bytesPerSecond: 1e9), summingRate: 1e9)
        let projection = ClusterProjection(cost, on: cluster, hosts: [1, 1024], weakSamples: 1, strongBatch: 8192)
        let script = projection.plot.script("p.svg")
        let range = try #require(script.firstMatch(of: /set xrange \[([0-9.]+):([0-9.]+)\]/))
        #expect(try #require(Double(range.1)) < 8)
        #expect(try #require(Double(range.2)) > 8192)
    }

    private static var hasGnuplot: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot") }
}

import Benchmarks
import Foundation
import Testing
import Training

/// A cost in round numbers: 1 ms + 1 ms for each sample, two thirds of it backward, and 0.5 ms for the update.
private let cost = ComputeCost(
    fixed: 1e-3, perSample: 1e-3, backwardShare: 2.0 / 3, update: 0.5e-3,
    buckets: [.init(bytes: 8e6, readiness: 0.5), .init(bytes: 4e6, readiness: 1)], samples: 8)

private func cluster(
    ranksPerHost: Int = 1, bandwidth: Double = 1e9, latency: Double = 0, overhead: Double = 0,
    hostRate: Double = 8e9, summingRate: Double = .infinity
) -> Cluster {
    Cluster(
        ranksPerHost: ranksPerHost, bandwidth: bandwidth, latency: latency, overhead: overhead,
        hostReduction: .init(bytesPerSecond: hostRate), summingRate: summingRate)
}

@Suite("Projections to clusters")
struct ClusterProjectionTests {
    @Test("Alone there is no communication; two hosts exchange what they have once")
    func twoHosts() throws {
        let projection = ClusterProjection(cost, on: cluster(), hosts: [1, 2], weakSamples: 8, strongBatch: 8)
        let alone = projection.rows[0].weak
        #expect(abs(alone.step - 9.5) < 1e-9)
        #expect(abs(alone.communication) < 1e-9 && abs(alone.efficiency - 1) < 1e-9)
        // Passes of 9 ms, 6 of them backward. The first bucket is full 3 ms before its end and takes 2 · 4 MB at 1 GB/s:
        // 8 ms, until 5 ms after the end; the second 4 ms more.
        let weak = projection.rows[1].weak
        #expect(abs(weak.communication - 12) < 1e-9)
        #expect(abs(weak.exposed - 9) < 1e-9)
        #expect(abs(weak.step - 18.5) < 1e-9)
        #expect(abs(weak.efficiency - 9.5 / 18.5) < 1e-9)
        // Strong: 4 samples each, 5 ms, 10/3 of them backward; the first bucket 5/3 before its end.
        let strong = try #require(projection.rows[1].strong)
        #expect(strong.samplesPerRank == 4)
        #expect(abs(strong.exposed - (12 - 5.0 / 3)) < 1e-9)
        #expect(abs(strong.efficiency - 9.5 / 2 / strong.step) < 1e-9)
    }

    @Test("Many hosts send 2(H−1)/H of the bytes, and messages that are too small for the wire cost their overhead")
    func manyHosts() {
        let wide = ClusterProjection(cost, on: cluster(), hosts: [100], weakSamples: 8, strongBatch: 8)
        #expect(abs(wide.rows[0].weak.communication - 24 * 0.99) < 1e-9)
        #expect(wide.rows[0].strong == nil)
        // 8 MB / 1000 take 8 µs, 4 MB / 1000 take 4 µs: with an overhead of 20 µs each of 2 · 999 messages takes that
        let slow = ClusterProjection(
            cost, on: cluster(latency: 1e-3, overhead: 20e-6), hosts: [1000], weakSamples: 8, strongBatch: 8)
        #expect(abs(slow.rows[0].weak.communication - 2 * (2 * 999 * 0.020 + 2 * 1)) < 1e-6)
    }

    @Test("Where cores move the bytes, what is hidden makes the backward pass longer")
    func movingBytes() {
        var slow = cluster()
        slow.movingRate = 2e9
        let projection = ClusterProjection(cost, on: slow, hosts: [1, 2], weakSamples: 8, strongBatch: 8)
        #expect(abs(projection.rows[0].weak.step - 9.5) < 1e-9)
        // Of 12 ms 3 were hidden: a quarter of the 6 ms that 12 MB take. Backward is then 7.5 ms, the first bucket full after
        // 3.75, and both are summed 12 ms later.
        #expect(abs(projection.rows[1].weak.exposed - 8.25) < 1e-9)
        #expect(abs(projection.rows[1].weak.computing - 11) < 1e-9)
        #expect(abs(projection.rows[1].weak.step - 19.25) < 1e-9)
        slow.ranksPerHost = 4
        let ranks = ClusterProjection(cost, on: slow, hosts: [2], weakSamples: 8, strongBatch: 8)
        // 2 of 13.5 ms are hidden; a rank moves a quarter of the bytes
        #expect(abs(ranks.rows[0].weak.computing - (9.5 + 3.5 / 13.5 * 1.5)) < 1e-9)
    }

    @Test("Ranks of one host sum in shared memory, while the hosts sum the bucket before")
    func withinHosts() {
        let one = ClusterProjection(cost, on: cluster(ranksPerHost: 4), hosts: [1], weakSamples: 8, strongBatch: 8)
        // 1 ms for the first, hidden, and 0.5 for the last
        #expect(abs(one.rows[0].weak.exposed - 0.5) < 1e-9)
        let two = ClusterProjection(cost, on: cluster(ranksPerHost: 4), hosts: [2], weakSamples: 8, strongBatch: 8)
        // the first is summed 1 ms after it is full and then takes 8; the second is long summed when it ends
        #expect(abs(two.rows[0].weak.exposed - 10) < 1e-9)
        #expect(two.rows[0].ranks == 8)
    }

    @Test("The wait for the slowest rank is the expected largest of as many draws from the measured steps")
    func variation() {
        let varied = ComputeCost(
            fixed: 0, perSample: 1e-3, backwardShare: 0.5, update: 0, buckets: [], variation: [0.8, 1.2], samples: 10)
        let projection = ClusterProjection(varied, on: cluster(), hosts: [1, 2], weakSamples: 10, strongBatch: 10)
        #expect(abs(projection.rows[0].weak.stepWithVariation - 10) < 1e-9)
        // of two draws the largest is 1.2 in three cases of four: 1.1 in the mean
        #expect(abs(projection.rows[1].weak.stepWithVariation - 11) < 1e-9)
    }

    @Test("Where numbers are exchanged in place of gradients, every rank rebuilds the update from those of all samples")
    func exchange() throws {
        // 1 ms for each member, and 0.25 ms + 0.01 ms for each of all members on every rank; 8 bytes of each are
        // exchanged
        let cost = ComputeCost(
            fixed: 0, perSample: 1e-3, backwardShare: 0, update: 0.25e-3, buckets: [], samples: 16,
            updatePerSample: 0.01e-3, exchangedPerSample: 8)
        let network = cluster(ranksPerHost: 2, bandwidth: 1e6, latency: 40e-6, overhead: 10e-6)
        let projection = ClusterProjection(cost, on: network, hosts: [1, 4], weakSamples: 16, strongBatch: 64)
        // One host of 2 ranks: no time for the exchange; 16 + 0.25 + 32 · 0.01, where one rank takes 16 + 0.25 + 16 ·
        // 0.01.
        let one = projection.rows[0].weak
        #expect(one.communication == 0 && abs(one.step - 16.57) < 1e-9 && abs(one.efficiency - 16.41 / 16.57) < 1e-9)
        // 4 hosts, 8 ranks, 128 members: 4 · 3 rounds of 50 µs, and of 128 · 8 + 8 · 24 = 1216 bytes three quarters to
        // each of 2 ranks over a link of 1 MB/s.
        let weak = projection.rows[1].weak
        #expect(abs(weak.communication - (0.6 + 1.824)) < 1e-9 && weak.exposed == weak.communication)
        #expect(abs(weak.step - (16 + 0.25 + 1.28 + 2.424)) < 1e-9)
        // 64 members: 8 for each rank, an update of 0.89 ms wherever it is made, and 704 bytes
        let strong = try #require(projection.rows[1].strong)
        #expect(abs(strong.step - (8 + 0.89 + 0.6 + 1.056)) < 1e-9)
        #expect(abs(strong.efficiency - (64 + 0.89) / 8 / strong.step) < 1e-9)
        #expect(projection.table.contains("8 bytes of each sample") && projection.table.contains("24 per rank"))
    }

    @Test("The cost of computing is a line through measurements with different batches")
    func costOfMeasurements() throws {
        // passes of 11.5 and 3.5 ms for 20 and 4 samples: 1.5 + 0.5 per sample
        let found = try ComputeCost([
            try steps(ranks: 1, globalBatch: 20, milliseconds: 12),
            try steps(ranks: 1, globalBatch: 4, milliseconds: 4),
        ])
        #expect(abs(found.fixed - 1.5e-3) < 1e-12 && abs(found.perSample - 0.5e-3) < 1e-12)
        #expect(abs(found.backwardShare - 2.0 / 3) < 1e-12 && abs(found.update - 0.5e-3) < 1e-12)
        #expect(found.samples == 20)
        // full 1 ms before the end of 23/3 ms of backward
        #expect(abs(found.buckets[0].readiness - (1 - 3.0 / 23)) < 1e-12 && found.buckets[1].readiness == 1)
        let single = try ComputeCost([try steps(ranks: 2, globalBatch: 20, milliseconds: 12)])
        #expect(single.fixed == 0 && abs(single.perSample - 1.15e-3) < 1e-12 && single.samples == 10)
        #expect(throws: (any Error).self) { try ComputeCost([]) }
    }

    @Test("Measured sums within a host are taken by size, between two sizes in between")
    func measuredReduction() throws {
        let text = """
            {"ranks": 2, "hosts": 1, "left_out": {}, "rows": [\(row(1 << 20, 0.1)), \(row(1 << 22, 0.7))]}
            """
        let path = "/tmp/lockstep-reductions-\(UInt64.random(in: 0...(.max))).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let reduction = try #require(Cluster.HostReduction(try MeasurementFile.allreduce(path)))
        var cluster = cluster(ranksPerHost: 2)
        cluster.hostReduction = reduction
        for (bytes, milliseconds) in [(1 << 10, 0.1), (1 << 20, 0.1), (5 << 19, 0.4), (1 << 22, 0.7), (1 << 23, 1.4)] {
            let cost = ComputeCost(
                fixed: 0, perSample: 1, backwardShare: 0.5, update: 0,
                buckets: [.init(bytes: Double(bytes), readiness: 1)], samples: 1)
            let found = ClusterProjection(cost, on: cluster, hosts: [1], weakSamples: 1, strongBatch: 1)
            #expect(abs(found.rows[0].weak.communication - milliseconds) < 1e-9, "\(bytes)")
        }
    }

    private func row(_ bytes: Int, _ milliseconds: Double) -> String {
        """
        {"bytes": \(bytes), "path": "shared_memory", "milliseconds": \(milliseconds), "least_milliseconds": 0, \
        "algorithm_bandwidth": 0, "bus_bandwidth": 0, "share_of_copy": 0}
        """
    }

    @Test("A file that holds no figures is refused, and the command that makes them is named")
    func noFigures() {
        #expect(throws: (any Error).self) { try MeasurementFile.steps("/nowhere.json") }
        do { _ = try MeasurementFile.steps("/etc/hostname") } catch {
            #expect("\(error)".contains("benchmark step --json"), "\(error)")
        }
    }

    @Test("Published efficiencies stand beside predicted ones, which the model bounds from above")
    func published() {
        for run in PublishedScaling.all {
            for point in run.efficiencies {
                let found = run.prediction(hosts: point.hosts).efficiency
                #expect(found > point.published - 0.1 && found < 1, "\(run.workload) on \(point.hosts)")
            }
            #expect(PublishedScaling.table.contains(run.source))
            #expect(run.prediction(hosts: 2).efficiency >= run.prediction(hosts: 1024).efficiency)
        }
    }
}

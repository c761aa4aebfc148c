import Diagnosis
import Benchmarks
import Foundation
import Testing
import Training

/// Steps that all take `milliseconds`, as `benchmark step --json` tells of them.
func steps(
    ranks: Int, globalBatch: Int?, milliseconds: Double, isIndependent: Bool = false, exposed: Double = 0,
    first: Double? = nil
) throws -> StepBenchmark {
    let globalBatch = try #require(globalBatch)
    let other = Double(globalBatch) / milliseconds * 1000
    let perSecond = isIndependent ? other * Double(ranks - 1) + other * milliseconds / (first ?? milliseconds) : other
    func repeated(_ value: Double) -> String { "[\(value), \(value), \(value)]" }
    let passes = milliseconds - exposed - 0.5
    func rank(_ milliseconds: Double) -> String {
        """
        {"host": "h", "milliseconds": \(repeated(milliseconds)), "data": \(repeated(0)), \
        "forward": \(repeated(passes / 3)), "backward": \(repeated(passes * 2 / 3)), "packing": \(repeated(0)), \
        "exposed_communication": \(repeated(exposed)), "optimizer": \(repeated(0.5)), "hidden_communication": \(repeated(0))}
        """
    }
    let all = (0..<ranks).map { rank($0 == 0 ? first ?? milliseconds : milliseconds) }
    let spread = """
        {"median": \(milliseconds), "mean": \(milliseconds), "least": \(milliseconds), "most": \(milliseconds)}
        """
    let text = """
        {"recipe": "r", "model": "m", "parameters": 1000, "ranks": \(ranks), "threads": 1, "global_batch": \(globalBatch), \
        "shards": \(ranks), "steps": 3, "step": \(spread), "samples_per_second": \(perSecond), "phases": [], \
        "system_allocations": 0, "peak_memory_bytes": [1], "is_independent": \(isIndependent), \
        "rank_steps": [\(all.joined(separator: ", "))], \
        "buckets": [{"bytes": 3000, "lead": 1.0}, {"bytes": 1000, "lead": 0.0}]}
        """
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(StepBenchmark.self, from: Data(text.utf8))
}

@Suite("The benchmark of scaling")
struct ScalingBenchmarkTests {
    private let plan = ScalingPlan(
        ranks: [4, 1, 2], modes: [.strong, .weak], strongBatch: 10, weakBatch: 10)

    @Test("Each training is measured once, beside as many processes with the part of its largest rank")
    func measurements() throws {
        var seen: [ScalingPlan.Measurement] = []
        _ = try ScalingBenchmark.run(plan) {
            seen.append($0)
            return try steps(
                ranks: $0.ranks, globalBatch: $0.globalBatch, milliseconds: 1, isIndependent: $0.isIndependent)
        }
        func measurement(_ ranks: Int, _ batch: Int, _ isIndependent: Bool) -> ScalingPlan.Measurement {
            ScalingPlan.Measurement(ranks: ranks, globalBatch: batch, isIndependent: isIndependent)
        }
        #expect(
            seen == [
                measurement(1, 10, false),  // both ways
                measurement(2, 10, false), measurement(2, 5, true),
                measurement(4, 10, false), measurement(4, 3, true),  // of 10 samples, ranks have 3 and 2
                measurement(2, 20, false), measurement(2, 10, true),
                measurement(4, 40, false), measurement(4, 10, true),
            ])
    }

    @Test("A setting that counts the samples grows in weak scaling; independent processes have the part of a rank")
    func scaledSetting() throws {
        let plan = ScalingPlan(
            ranks: [1, 2], modes: [.strong, .weak], strongBatch: nil, weakBatch: nil,
            scaled: .init(key: "nuts.chains", value: 5))
        var seen: [ScalingPlan.Measurement] = []
        let result = try ScalingBenchmark.run(plan) {
            seen.append($0)
            let chains = try #require($0.scaled?.value)
            // a chain takes 1 ms, and two ranks are together as fast as two processes
            return try steps(
                ranks: $0.ranks, globalBatch: chains,
                milliseconds: Double(chains) / Double($0.isIndependent ? 1 : $0.ranks),
                isIndependent: $0.isIndependent)
        }
        func measurement(_ ranks: Int, _ chains: Int, _ isIndependent: Bool) -> ScalingPlan.Measurement {
            .init(
                ranks: ranks, globalBatch: nil, isIndependent: isIndependent,
                scaled: .init(key: "nuts.chains", value: chains))
        }
        #expect(
            seen == [
                measurement(1, 5, false), measurement(2, 5, false), measurement(2, 3, true),
                measurement(2, 10, false), measurement(2, 5, true),
            ])
        #expect(result.points.map(\.globalBatch) == [5, 5, 5, 10])
        let words = RankLauncher(program: "/p", hostfile: nil, arguments: ["x"]).command(seen[2]).words
        #expect(
            words.suffix(7) == ["--global-batch", "full", "--json", "-", "--set", "nuts.chains=3", "--independent"])
        // of five chains a rank has three: the bound counts only the five that there are
        #expect(result.points.map(\.boundSpeedup) == [1, 5.0 / 3, 1, 2])
        #expect(result.points.map(\.speedup) == [1, 2, 1, 2])
    }

    @Test("Shards are dealt by the speeds of the ranks alone, and compared with the sum of these")
    func balanced() throws {
        var seen: [ScalingPlan.Measurement] = []
        let plan = ScalingPlan(ranks: [2], modes: [.strong], strongBatch: 12, weakBatch: 12, shards: 12)
        let result = try ScalingBenchmark.run(plan, repetitions: 2) { measurement in
            seen.append(measurement)
            // the second rank needs twice as long
            return try steps(
                ranks: measurement.ranks, globalBatch: measurement.globalBatch,
                milliseconds: measurement.speeds == nil ? 12 : 9, isIndependent: measurement.isIndependent,
                first: measurement.isIndependent ? 6 : nil)
        }
        #expect(seen[1] == .init(ranks: 2, globalBatch: 6, isIndependent: true, shards: 6))
        #expect(seen[2] == .init(ranks: 2, globalBatch: 12, isIndependent: false, shards: 12, speeds: [20, 10]))
        #expect(seen.count == 6 && seen[5] == seen[2])
        let balanced = try #require(result.points[0].balanced)
        #expect(balanced.speeds == [20, 10] && balanced.stepMilliseconds == 9)
        #expect(abs(balanced.shareOfSum - 12.0 / 9 * 1000 / 1500) < 1e-9)
        #expect(result.table.contains("(20 : 10): 88.9 % of the sum of the speeds, 66.7 % without"), "\(result.table)")
        let launcher = RankLauncher(program: "/p", hostfile: nil, arguments: ["x"])
        #expect(
            launcher.command(seen[2]).words.suffix(6).joined(separator: " ")
                == "--set shards=12 --set balance.mode=fixed --set balance.speeds=[20, 10]")
    }

    @Test("Speedup, efficiency and the bound follow from the throughputs")
    func points() throws {
        let result = try ScalingBenchmark.run(plan) { measurement in
            let milliseconds: Double =
                switch (measurement.ranks, measurement.globalBatch, measurement.isIndependent) {
                case (1, _, _): 12
                case (2, 10, false): 8
                case (2, 5, true): 6.4
                case (2, 20, false): 15
                case (2, 10, true): 12.5
                default: 20
                }
            return try steps(
                ranks: measurement.ranks, globalBatch: measurement.globalBatch, milliseconds: milliseconds,
                isIndependent: measurement.isIndependent, exposed: measurement.ranks > 1 ? 1 : 0)
        }
        #expect(result.points.map(\.ranks) == [1, 2, 4, 1, 2, 4])
        let strong = result.points[1]
        #expect(abs(strong.speedup - 12.0 / 8) < 1e-9)
        #expect(abs(strong.efficiency - 0.75) < 1e-9)
        // two processes take 6.4 for 5 samples each
        #expect(abs(strong.boundSpeedup - 12 / 6.4) < 1e-9)
        #expect(abs(strong.shareOfBound - 6.4 / 8) < 1e-9)
        let weak = result.points[4]
        #expect(abs(weak.speedup - 2 * 12.0 / 15) < 1e-9)
        #expect(abs(weak.boundSpeedup - 2 * 12 / 12.5) < 1e-9)
        #expect(abs(weak.shareOfBound - 12.5 / 15) < 1e-9)
        // 1 of 15 is exposed communication
        #expect(weak.lostTime.mainCause == .communication)
        #expect(weak.verdict == weak.lostTime.sentence)
        #expect(result.table.contains("2 ranks: the main cause is exposed communication"))
        // ranks with 3 and 2 samples: as if the bound's four had computed 10 and not 12
        #expect(abs(result.points[2].boundSamplesPerSecond - 4 * 3 / 0.020 * 10 / 12) < 1e-6)
        // four processes take 20 for 10 samples each where one takes 12: the machine is the first cause
        #expect(result.points[5].verdict.hasPrefix("even 4 independent processes are only 2.4 times as fast as one"))
        #expect(try result.json.contains("\"share_of_bound\""))
    }

    @Test("Of repeated measurements the median counts")
    func repetitions() throws {
        var times = [5.0, 1.0, 3.0]
        let result = try ScalingBenchmark.run(
            ScalingPlan(ranks: [1], modes: [.weak], strongBatch: 4, weakBatch: 4), repetitions: 3
        ) {
            try steps(ranks: 1, globalBatch: $0.globalBatch, milliseconds: times.removeLast())
        }
        #expect(result.points[0].stepMilliseconds == 3)
    }
}

public import Diagnosis

/// Strong and weak scaling of training over ranks, the bound of the machine, and the causes of lost time.
public struct ScalingBenchmark: Codable, Sendable, Equatable {
    /// One measured number of ranks.
    public struct Point: Codable, Sendable, Equatable {
        /// Strong or weak scaling.
        public let mode: ScalingPlan.Mode
        /// The number of ranks, and the global batch.
        public let ranks, globalBatch: Int
        /// Median time of a step.
        public let stepMilliseconds: Double
        /// Samples per second over all ranks.
        public let samplesPerSecond: Double
        /// The throughput over that of the fewest ranks, times their number.
        public let speedup: Double
        /// The speedup over the number of ranks.
        public let efficiency: Double
        /// Samples per second of as many independent processes that each do the part of one rank without
        /// communication: what the machines can do at most.
        public let boundSamplesPerSecond: Double
        /// That bound as a speedup.
        public let boundSpeedup: Double
        /// The throughput over the bound.
        public let shareOfBound: Double
        /// The parts of the step's time.
        public let lostTime: LostTime
        /// What can be done, and what a step would take then.
        public let remedies: [LostTime.Remedy]
        /// The main cause in a sentence.
        public let verdict: String
        /// The same with shards dealt by the ranks' speeds; nil where that was not measured.
        public var balanced: Balanced?
    }

    /// A training whose shards are dealt by the speeds of its ranks.
    public struct Balanced: Codable, Sendable, Equatable {
        /// By rank, relative to the slowest, which has 10.
        public let speeds: [Int]
        /// Median time of a step, and samples per second over all ranks.
        public let stepMilliseconds, samplesPerSecond: Double
        /// The throughput over the sum of the ranks' speeds, each alone.
        public let shareOfSum: Double
    }

    /// The recipe, and its model in a few words.
    public let recipe, model: String
    /// By mode, then by ranks.
    public let points: [Point]

    /// Takes all measurements of `plan`, `repetitions` times in turn, and of each the one with the median throughput.
    /// - Parameter measure: runs one of them.
    public static func run(
        _ plan: ScalingPlan, repetitions: Int = 1,
        measure: (ScalingPlan.Measurement) throws -> StepBenchmark
    ) throws -> ScalingBenchmark {
        var taken: [ScalingPlan.Measurement: [StepBenchmark]] = [:]
        // as found in the first round
        var speeds: [ScalingPlan.Measurement: [Int]] = [:]
        for _ in 0..<repetitions {
            for measurement in plan.measurements { taken[measurement, default: []].append(try measure(measurement)) }
            for row in plan.rows where plan.balances && row.training.ranks > 1 {
                var balanced = row.training
                balanced.speeds = speeds[row.bound] ?? taken[row.bound]?.first.map(relativeSpeeds)
                speeds[row.bound] = balanced.speeds
                taken[balanced, default: []].append(try measure(balanced))
            }
        }
        let results = taken.compactMapValues { all in
            all.sorted { $0.samplesPerSecond < $1.samplesPerSecond }[all.count / 2]
        }
        let all = ScalingPlan.Mode.allCases.flatMap { mode in
            points(plan.rows.filter { $0.mode == mode }, results)
        }
        return ScalingBenchmark(
            recipe: results.values.first?.recipe ?? "", model: results.values.first?.model ?? "", points: all)
    }

    /// The speeds of processes that train by themselves, relative to the slowest, which has 10.
    private static func relativeSpeeds(_ independent: StepBenchmark) -> [Int] {
        let times = independent.rankSteps.map { steps in
            let sorted = steps.milliseconds.sorted()
            return sorted.isEmpty ? 1 : max(sorted[sorted.count / 2], 1e-6)
        }
        let slowest = times.max() ?? 1
        return times.map { Int((10 * slowest / $0).rounded()) }
    }

    /// The verdict of `lost`, preceded by how much slower the machine itself is with more processes.
    private static func verdict(_ lost: LostTime, ranks: Int, bound: Double) -> String {
        guard bound < 0.9 * Double(ranks) else { return lost.sentence }
        let speedup = Double((bound * 100).rounded() / 100)
        return
            "even \(ranks) independent processes are only \(speedup) times as fast as one: they share cores, caches and memory, or have too little to do each; beyond that, \(lost.sentence)"
    }

    /// The points of one mode.
    private static func points(
        _ rows: [ScalingPlan.Row], _ results: [ScalingPlan.Measurement: StepBenchmark]
    ) -> [Point] {
        guard let first = rows.first, let base = results[first.training] else { return [] }
        let perRank = base.samplesPerSecond / Double(first.training.ranks)
        return rows.compactMap { row in
            guard let training = results[row.training], let bound = results[row.bound] else { return nil }
            let ranks = row.training.ranks
            let speedup = training.samplesPerSecond / perRank
            // Where ranks have unequal parts, the bound is that of ranks that all have the largest: count only the
            // samples that there are.
            let computed = Double(bound.globalBatch * (row.bound.isIndependent ? ranks : 1))
            let boundSpeed = bound.samplesPerSecond * Double(training.globalBatch) / computed
            let lost = training.lostTime
            let balanced = results.first { key, _ in
                var plain = key
                plain.speeds = nil
                return key.speeds != nil && plain == row.training
            }
            var point = Point(
                mode: row.mode, ranks: ranks, globalBatch: training.globalBatch,
                stepMilliseconds: training.step.median, samplesPerSecond: training.samplesPerSecond, speedup: speedup,
                efficiency: speedup / Double(ranks), boundSamplesPerSecond: boundSpeed,
                boundSpeedup: boundSpeed / perRank, shareOfBound: training.samplesPerSecond / boundSpeed,
                lostTime: lost, remedies: lost.remedies,
                verdict: verdict(lost, ranks: ranks, bound: boundSpeed / perRank))
            point.balanced = balanced.map { key, result in
                Balanced(
                    speeds: key.speeds ?? [], stepMilliseconds: result.step.median,
                    samplesPerSecond: result.samplesPerSecond, shareOfSum: result.samplesPerSecond / boundSpeed)
            }
            return point
        }
    }
}

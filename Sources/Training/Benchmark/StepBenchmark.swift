import Communication
import DataParallel
import Datasets
import Kernels
public import TensorEngine

/// How long the training steps of a recipe take, by phase. Times are in milliseconds.
public struct StepBenchmark: Codable, Sendable, Equatable {
    /// The median of some values, with the smallest and the largest.
    public struct Spread: Codable, Sendable, Equatable {
        /// Half of the values are at most this.
        public let median: Double
        /// The mean.
        public let mean: Double
        /// The smallest.
        public let least: Double
        /// The largest.
        public let most: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            (median, least, most) = (sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
            mean = sorted.reduce(0, +) / Double(sorted.count)
        }
    }

    /// The recipe, and its model in a few words.
    public let recipe, model: String
    /// The number of trained numbers.
    public let parameters: Int
    /// Ranks, threads of each, samples of a step over all ranks, and logical shards.
    public let ranks, threads, globalBatch, shards: Int
    /// How many steps were measured, after those that warmed up.
    public let steps: Int
    /// A whole step.
    public let step: Spread
    /// Samples per second over all ranks, at the median.
    public let samplesPerSecond: Double
    /// The phases of a step, in their order: name and time on rank 0.
    public let phases: [Phase]
    /// Buffers that came from the system in the measured steps, over all ranks.
    public let systemAllocations: Int
    /// The most memory that each rank has held, in bytes.
    public let peakMemoryBytes: [Int]
    /// Bytes of gradients that all ranks together sent in a step, and those to sum Float32, where they were compressed.
    public let sentBytes, uncompressedBytes: Int?
    /// The time of rank 0 by operation over all measured steps, when that was asked for; the longest first.
    public let operations: [OperationProfile.Entry]?

    /// One phase of a step.
    public struct Phase: Codable, Sendable, Equatable {
        /// Such as `forward`.
        public let name: String
        /// Its time.
        public let milliseconds: Spread
    }
}

extension TrainingLoop {
    /// Trains `warmUp` steps, then measures `steps` more. Nothing is evaluated or saved. *Collective.*
    func benchmark(warmUp: Int, steps: Int, byOperation: Bool) throws -> StepBenchmark {
        let loader = BatchLoader(
            task.trainingData, sampler: sampler, shards: localShards, from: 0,
            until: sampler.samplesConsumed(afterSteps: warmUp + steps))
        defer { loader.stop() }
        var times: [Double] = []
        var reports: [StepReport] = []
        var allocations = 0
        measured.begin()
        var stopwatch = Stopwatch()
        while let batch = try measured.loading({ try loader.next() }) {
            try take(batch)
            let report = measured.report(step: step, epoch: epoch, samples: samples)
            let milliseconds = stopwatch.lap()
            if step == warmUp {
                allocations = BufferStatistics.current.systemAllocations
                if byOperation { OperationProfile.start() }
            }
            guard step > warmUp else { continue }
            times.append(milliseconds)
            reports.append(report)
        }
        allocations = BufferStatistics.current.systemAllocations - allocations
        let operations = byOperation ? OperationProfile.stop() : nil
        let phases: [(String, (StepReport) -> Double?)] = [
            ("data", \.dataMilliseconds), ("forward", \.forwardMilliseconds), ("backward", \.backwardMilliseconds),
            ("packing", \.packingMilliseconds), ("exposed communication", \.exposedCommunicationMilliseconds),
            ("optimizer", \.optimizerMilliseconds), ("hidden communication", \.hiddenCommunicationMilliseconds),
        ]
        let spread = StepBenchmark.Spread(times)
        let (sent, uncompressed) = try messageBytes() ?? (nil, nil)
        return StepBenchmark(
            recipe: settings.recipe, model: task.modelSummary, parameters: state.arena.elementCount,
            ranks: communicator.size, threads: settings.threads, globalBatch: sampler.globalBatch,
            shards: sampler.shards, steps: times.count, step: spread,
            samplesPerSecond: Double(min(sampler.globalBatch, sampler.count)) / (spread.median / 1000),
            phases: phases.map { name, value in
                StepBenchmark.Phase(name: name, milliseconds: .init(reports.map { value($0) ?? 0 }))
            },
            systemAllocations: Int(try communicator.allGather(UInt64(allocations)).reduce(0, +)),
            peakMemoryBytes: try communicator.allGather(UInt64(ProcessMeasurements.peakMemory)).map { Int($0) },
            sentBytes: sent, uncompressedBytes: uncompressed, operations: operations)
    }
}

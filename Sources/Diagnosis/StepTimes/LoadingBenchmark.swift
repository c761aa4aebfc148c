import Communication
import DataParallel
import Datasets
import Foundation
import RunRecords
public import Training

/// How fast the batches of a recipe are read, decoded and augmented, without training on them.
public struct LoadingBenchmark: Codable, Sendable, Equatable {
    /// The recipe, and its data in a few words.
    public let recipe, data: String
    /// The number of ranks, and samples of a step over all of them.
    public let ranks, globalBatch: Int
    /// Seconds until the data were ready, on the slowest rank.
    public let startSeconds: Double
    /// Samples of each pass over the training data, and the seconds that it took on the slowest rank.
    public let samples: Int
    public let seconds: [Double]
    /// The memory of each rank at the end in bytes, without the pages of files that it has mapped.
    public let memoryBytes: [Int]

    /// Samples per second over all ranks in each pass.
    public var samplesPerSecond: [Double] { seconds.map { Double(samples) / $0 } }

    /// The figures as one JSON object, with sorted keys.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension TrainingProgram {
    /// Measures how fast the request's training data are loaded. *Collective.*
    /// - Parameters:
    ///   - passes: over the training data.
    ///   - limit: the most samples of a pass; nil: all.
    public func benchmarkLoading(passes: Int, samples limit: Int? = nil) throws -> LoadingBenchmark {
        let start = ContinuousClock.now
        let hostnames = try hostnames()
        let loader = try communicator.hostLoader(HostMap(names: hostnames))
        let (settings, plan, task) = try communicator.agree {
            try prepare(preparation: nil, hostnames, loader) { try request.settings(catalog) }
        }
        let ready = start.duration(to: .now)
        return try benchmarkLoading(task, settings, plan, passes: passes, limit: limit, ready: ready)
    }

    private func benchmarkLoading<Task: TrainingTask>(
        _ task: Task, _ settings: Settings, _ plan: ShardPlan, passes: Int, limit: Int?, ready: Duration
    ) throws -> LoadingBenchmark {
        let count = task.trainingData.count
        let sampler = ShardedSampler(
            count: count, globalBatch: settings.globalBatch(of: count), shards: plan.shards, seed: settings.seed)
        let shards = plan.run(of: communicator.rank)
        var (seconds, samples) = ([Double](), 0)
        for pass in 0..<passes {
            let begin = sampler.samplesConsumed(afterSteps: sampler.stepsPerEpoch * pass)
            let end = begin + min(count, limit ?? count)
            try communicator.barrier()
            let clock = ContinuousClock.now
            let batches = BatchLoader(task.trainingData, sampler: sampler, shards: shards, from: begin, until: end)
            var consumed = begin
            let failure = Result<Void, any Error> {
                while let step = try batches.next() { consumed = step.global.consumedAfter }
            }
            batches.stop()
            try communicator.agree { try failure.get() }
            seconds.append(clock.duration(to: .now) / .seconds(1))
            samples = consumed - begin
        }
        let own = [ready / .seconds(1)] + seconds
        let all = try communicator.allGather(own)
        let slowest = own.indices.map { index in all.map { $0[index] }.max() ?? 0 }
        return LoadingBenchmark(
            recipe: settings.recipe, data: task.dataSummary, ranks: communicator.size,
            globalBatch: settings.globalBatch(of: count), startSeconds: slowest[0], samples: samples,
            seconds: Array(slowest.dropFirst()),
            memoryBytes: try communicator.allGather(UInt64(ProcessMeasurements.ownMemory)).map { Int($0) })
    }
}

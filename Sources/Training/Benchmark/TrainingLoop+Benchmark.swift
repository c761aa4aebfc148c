import Communication
import DataParallel
import Datasets
import Kernels
import TensorEngine

extension TrainingLoop {
    /// Trains `warmUp` steps, then measures `steps` more. Nothing is evaluated or saved.
    ///
    /// *Collective over `world`*: the ranks that are measured at the same time, which may each train by itself.
    func benchmark(
        warmUp: Int, steps: Int, byOperation: Bool, world: any Communicator, hostname: String
    ) throws -> StepBenchmark {
        let loader = BatchLoader(
            task.trainingData, sampler: sampler, shards: localShards, from: 0,
            until: sampler.samplesConsumed(afterSteps: warmUp + steps))
        defer { loader.stop() }
        var own = RankSteps(host: hostname)
        var leads: [[Double]] = []
        var allocations = 0
        func beginMeasuring() throws {
            try world.barrier()
            allocations = BufferStatistics.current.systemAllocations
            if byOperation { OperationProfile.start() }
        }
        if warmUp == 0 { try beginMeasuring() }
        measured.begin()
        var stopwatch = Stopwatch()
        while let batch = try measured.loading({ try loader.next() }) {
            try take(batch)
            let milliseconds = stopwatch.lap()
            if step > warmUp {
                own.append(milliseconds: milliseconds, measured.last)
                leads.append(
                    dataParallel.bucketTimings.map {
                        Double(dataParallel.backwardEnd - min($0.filled, dataParallel.backwardEnd)) * 1e-6
                    })
            } else if step == warmUp {
                try beginMeasuring()
                _ = stopwatch.lap()
            }
        }
        allocations = BufferStatistics.current.systemAllocations - allocations
        let operations = byOperation ? OperationProfile.stop() : nil
        let isIndependent = world.size > communicator.size
        let spread = StepBenchmark.Spread(own.milliseconds)
        let rankSteps = try RankSteps.gather(own, over: world)
        let (sent, uncompressed) = try messageBytes() ?? (nil, nil)
        let samples = Double(min(sampler.globalBatch, sampler.count)) * 1000
        let speeds = rankSteps.map { samples / StepBenchmark.Spread($0.milliseconds).median }
        return StepBenchmark(
            recipe: settings.recipe, model: task.modelSummary, parameters: state.arena.elementCount,
            ranks: world.size, threads: settings.threads, globalBatch: sampler.globalBatch,
            shards: sampler.shards, steps: own.milliseconds.count, step: spread,
            samplesPerSecond: isIndependent ? speeds.reduce(0, +) : speeds[0],
            phases: own.phases.map { StepBenchmark.Phase(name: $0.name, milliseconds: .init($0.values)) },
            systemAllocations: Int(try world.allGather(UInt64(allocations)).reduce(0, +)),
            peakMemoryBytes: try world.allGather(UInt64(ProcessMeasurements.peakMemory)).map { Int($0) },
            sentBytes: sent, uncompressedBytes: uncompressed, operations: operations, isIndependent: isIndependent,
            rankSteps: rankSteps,
            buckets: dataParallel.bucketTimings.enumerated().map { place, bucket in
                StepBenchmark.Bucket(
                    bytes: bucket.bytes, lead: StepBenchmark.Spread(leads.map { $0[place] }).median)
            })
    }
}

import Communication
import DataParallel
import Datasets
import Kernels
import TensorEngine
import Training

extension AssembledRun {
    /// Trains `warmUp` steps, then measures `steps` more. Nothing is evaluated or saved.
    ///
    /// *Collective over `world`*: the ranks that are measured at the same time, which may each train by itself.
    func benchmark(
        warmUp: Int, steps: Int, byOperation: Bool, world: any Communicator, hostname: String
    ) throws -> StepBenchmark {
        let (clock, dataParallel) = (context.clock, learner.dataParallel)
        try source.begin(after: source.position(afterSteps: 0))
        defer { source.stop() }
        var own = RankSteps(host: hostname)
        var leads: [[Double]] = []
        var allocations = 0
        let profile = byOperation ? OperationProfile() : nil
        func beginMeasuring() throws {
            try world.barrier()
            allocations = BufferStatistics.current.systemAllocations
            if let profile { dataParallel.observers.append(profile) }
        }
        if warmUp == 0 { try beginMeasuring() }
        clock.begin()
        var stopwatch = Stopwatch()
        while let step = try clock.loading(source.next) {
            clock.stepDidEnd(try rule.take(step), samples: step.samples)
            let milliseconds = stopwatch.lap()
            if step.number > warmUp {
                own.append(milliseconds: milliseconds, clock.last)
                leads.append(
                    dataParallel.bucketTimings.map {
                        Double(dataParallel.backwardEnd - min($0.filled, dataParallel.backwardEnd)) * 1e-6
                    })
            } else if step.number == warmUp {
                try beginMeasuring()
                _ = stopwatch.lap()
            }
        }
        allocations = BufferStatistics.current.systemAllocations - allocations
        let operations = profile?.entries
        let sampler = setup.length.sampler
        let isIndependent = world.size > context.communicator.size
        let rankSteps = try RankSteps.gather(own, over: world)
        let bytes = try rule.learners.messageBytes(over: context.communicator)
        let samples = Double(min(sampler.globalBatch, sampler.count)) * 1000
        let speeds = rankSteps.map { samples / StepBenchmark.Spread($0.milliseconds).median }
        return StepBenchmark(
            recipe: settings.recipe, model: task.modelSummary, parameters: parameterCount, ranks: world.size,
            threads: settings.threads, globalBatch: sampler.globalBatch, shards: sampler.shards,
            steps: own.milliseconds.count, step: StepBenchmark.Spread(own.milliseconds),
            samplesPerSecond: isIndependent ? speeds.reduce(0, +) : speeds[0],
            phases: own.phases.map { StepBenchmark.Phase(name: $0.name, milliseconds: .init($0.values)) },
            systemAllocations: Int(try world.allGather(UInt64(allocations)).reduce(0, +)),
            peakMemoryBytes: try world.allGather(UInt64(ProcessMeasurements.peakMemory)).map { Int($0) },
            sentBytes: bytes?.sent, uncompressedBytes: bytes?.uncompressed,
            exchangedBytesPerSample: rule.exchange?.bytesPerSample, operations: operations,
            isIndependent: isIndependent, rankSteps: rankSteps,
            buckets: dataParallel.bucketTimings.enumerated().map { index, bucket in
                StepBenchmark.Bucket(
                    bytes: bucket.bytes, lead: StepBenchmark.Spread(leads.map { $0[index] }).median)
            })
    }
}

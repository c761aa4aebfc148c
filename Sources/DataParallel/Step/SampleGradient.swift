import CKernels
import Communication
import Kernels
import Preconditions
public import TensorEngine

/// The gradient of one sample's loss, before it is added to those of the others.
public struct SampleGradient {
    /// The number of the sample's shard, and the sample's index in it.
    public let shard, index: Int
    private let trained: TrainedParts
    /// In the layout of the arena.
    private let buffer: Buffer

    init(shard: Int, index: Int, _ trained: TrainedParts, _ buffer: Buffer) {
        (self.shard, self.index, self.trained, self.buffer) = (shard, index, trained, buffer)
    }

    private var ranges: ArraySlice<Range<Int>> { trained.ranges.prefix(trained.parameters.count) }

    /// The Euclidean norm over all trained parameters.
    public var norm: Double {
        ranges.reduce(0.0) { $0 + lockstep_sum_of_squares(buffer.pointer + $1.lowerBound, $1.count) }.squareRoot()
    }

    /// Multiplies the gradient by `factor`.
    public mutating func scale(by factor: Float) {
        for range in ranges {
            let elements = buffer.pointer + range.lowerBound
            lockstep_affine(elements, factor, 0, elements, range.count)
        }
    }

    /// Scales the gradient g by min(1, limit / ‖g‖).
    ///
    /// Source: Abadi and others, "Deep learning with differential privacy", 2016, algorithm 1.
    public mutating func clip(toNorm limit: Double) {
        require(limit > 0, "SampleGradient.clip: the norm must be above 0, found \(limit)")
        let norm = norm
        if norm > limit { scale(by: Float(limit / norm)) }
    }

    /// The gradient with respect to the trained parameter number `index`, of its shape.
    public subscript(index: Int) -> Tensor {
        get {
            let range = trained.ranges[index]
            return Tensor(shape: trained.parameters[index].shape) {
                $0.baseAddress?.update(from: buffer.pointer + range.lowerBound, count: range.count)
            }
        }
        set {
            let (range, shape) = (trained.ranges[index], trained.parameters[index].shape)
            require(
                newValue.shape == shape, "SampleGradient: the shape \(newValue.shape) was given, \(shape) is needed")
            (buffer.pointer + range.lowerBound).update(from: newValue.buffer.pointer, count: range.count)
        }
    }
}

extension DataParallelStep {
    /// Runs forward and backward on each sample by itself, and sums what `transform` makes of their gradients. *Collective.*
    ///
    /// The gradients of a shard are added in the order of its samples, those of the shards along the shard tree: the bits depend
    /// on the samples of the shards alone. For private training (DP-SGD), `transform` clips each gradient, and `noisyGradients`
    /// adds the noise to the total. A step of as many passes as there are samples is slower than `run(_:)`.
    /// - Parameters:
    ///   - samples: those of each local shard, in order; nil or empty for a shard without samples.
    ///   - updatesStatistics: whether the running statistics take the samples in.
    ///   - transform: changes a sample's gradient before it is added; frozen parameters have none.
    ///   - loss: the summed loss of one sample.
    public func run<Sample>(
        samples: [[Sample]?], updatesStatistics: Bool = true, transform: (inout SampleGradient) throws -> Void,
        loss: (Sample) throws -> SummedLoss
    ) throws -> Outcome {
        requireBatches(samples.count)
        require(
            passes == nil,
            "DataParallelStep.run(samples:): samples have gradients of their own only where shards do not exchange")
        try compareStart()
        var phases = Phases()
        var metrics = samples.map { _ in [NamedSum]() }
        let (one, total) = (arena.zeros(), arena.zeros())
        let sink = makeSink()
        let batches: [[Sample]?] = samples.map { ($0 ?? []).isEmpty ? nil : $0 }
        try forEachShard(batches, whenEmpty: { sink.acceptEmpty(shard: $0, requests: requests(of: $0)) }) {
            place, samples in
            let shard = localShards.lowerBound + place
            var (lossSum, count) = (0.0, 0.0)
            var metricsOfSamples: [[NamedSum]] = []
            status?.set(.forward)
            for (index, sample) in samples.enumerated() {
                var stopwatch = Stopwatch()
                _ = try valueAndGradients(
                    of: trained.parameters,
                    whenReady: { index, gradient in
                        (one.pointer + trained.ranges[index].lowerBound)
                            .update(from: gradient.buffer.pointer, count: gradient.shape.count)
                    },
                    loss: {
                        let loss = try loss(sample)
                        phases.forward += stopwatch.lap()
                        lossSum += Double(loss.sum.scalar)
                        count += loss.count
                        metricsOfSamples.append(loss.metrics)
                        return loss.sum
                    })
                var gradient = SampleGradient(shard: shard, index: index, trained, one)
                try transform(&gradient)
                for range in trained.ranges.prefix(trained.parameters.count) {
                    let (from, into) = (one.pointer + range.lowerBound, total.pointer + range.lowerBound)
                    if index == 0 {
                        into.update(from: from, count: range.count)
                    } else {
                        lockstep_add(into, from, into, range.count)
                    }
                }
                phases.backward += stopwatch.lap()
            }
            metrics[place] = .total(of: metricsOfSamples)
            var stopwatch = Stopwatch()
            sink.acceptSums(
                ShardSums(lossSum: Float(lossSum), count: count, requests: requests(of: shard)), shard: shard)
            for (index, statistic) in trained.statistics.enumerated() {
                sink.acceptStatistic(statistic.takeRecord(), index: index, shard: shard)
            }
            for (index, parameter) in trained.parameters.enumerated().reversed() {
                let sum = Tensor(buffer: Buffer(sliceOf: total, trained.ranges[index]), shape: parameter.shape)
                sink.accept(sum, index: index, shard: shard)
            }
            phases.packing += stopwatch.lap()
        }
        return try finishSums(phases, metrics, updatesStatistics: updatesStatistics)
    }

    /// The sums of gradients over all shards with normal noise added to each element of the trained parameters; a copy.
    ///
    /// The noise is keyed by seed, step and parameter: the same on every rank, whatever their number. *Local.*
    /// - Parameter deviation: the standard deviation; of DP-SGD the noise multiplier times the norm to which gradients are clipped.
    public func noisyGradients(deviation: Float, seed: UInt64, step: Int) -> GradientBuffer {
        require(deviation >= 0, "DataParallelStep.noisyGradients: the deviation must be at least 0, found \(deviation)")
        let sums = gradients.buffer
        let noisy = Buffer(count: sums.count)
        noisy.pointer.update(from: sums.pointer, count: sums.count)
        for (index, range) in trained.ranges.prefix(trained.parameters.count).enumerated() {
            var generator = PhiloxGenerator(
                seed: seed, purpose: .gradientNoise, stream: UInt64(step) << 32 | UInt64(index))
            let noise = Buffer(count: range.count)
            generator.fill(noise.elements, mean: 0, deviation: deviation)
            let target = noisy.pointer + range.lowerBound
            lockstep_add(target, noise.pointer, target, range.count)
        }
        return GradientBuffer(noisy)
    }
}

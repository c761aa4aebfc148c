import Kernels
public import Layers
public import TensorEngine

/// What one shard of a step comes to by itself, before any sum over shards: for a step that went wrong.
public struct ShardExamination: Sendable, Equatable {
    /// The number of the shard.
    public let shard: Int
    /// The sum of the loss over the shard's terms.
    public let lossSum: Float
    /// The number of terms, or the sum of their weights.
    public let count: Double
    /// A 64-bit hash of the bits of the shard's gradient, in the layout of the arena.
    public let gradientHash: UInt64
    /// The first parameter whose gradient is not finite.
    public let gradient: String?
    /// The first operation that was not finite: of the forward pass where the loss is not, else of the backward pass.
    public let operation: NonFiniteOperation?
    /// Whether loss and gradient are finite.
    public var isFinite: Bool { lossSum.isFinite && gradient == nil }
}

extension DataParallelStep {
    /// Runs forward and backward on each of this rank's shards by itself, with a look at each operation. *Collective.*
    ///
    /// The sums of the last step, the weights and the running statistics stay as they are.
    /// - Parameters:
    ///   - batches: one for each local shard, in order; nil for a shard without samples.
    ///   - loss: the summed loss of a shard's batch.
    public func examine<Batch>(
        _ batches: [Batch?], loss: (Batch) throws -> SummedLoss
    ) throws -> [ShardExamination?] {
        let gradient = arena.zeros()
        return try zip(localShards, batches).map { shard, batch in
            guard let batch else {
                try ranks?.attend()
                return nil
            }
            var (sum, count) = (Float(0), 0.0)
            let search = NonFiniteSearch(in: arena)
            _ = try valueAndGradients(
                of: trained.parameters, observers: [search],
                whenReady: { index, value in
                    (gradient.pointer + trained.ranges[index].lowerBound)
                        .update(from: value.buffer.pointer, count: value.shape.count)
                },
                loss: {
                    let loss = try loss(batch)
                    (sum, count) = (loss.sum.scalar, loss.count)
                    return loss.sum
                })
            let findings = search.findings
            for statistic in trained.statistics { _ = statistic.takeRecord() }
            try ranks?.endStep()
            return ShardExamination(
                shard: shard, lossSum: sum, count: count, gradientHash: gradient.bitHash,
                gradient: arena.firstNonFinite(of: GradientBuffer(gradient)),
                operation: sum.isFinite ? findings.backward : findings.forward)
        }
    }
}

import Kernels
public import TensorEngine

/// The loss and gradient of one shard, before any sum over shards: for the diagnosis of a step that is not finite.
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
    /// The loss and gradient of each of this rank's shards, with the first operation that is not finite. *Collective.*
    ///
    /// The sums of the last step, the weights and the running statistics stay as they are.
    /// - Parameters:
    ///   - batches: one for each local shard, in order; nil for a shard without samples.
    ///   - loss: the summed loss of a shard's batch.
    public func examine<Batch>(
        _ batches: [Batch?], loss: (Batch) throws -> SummedLoss
    ) throws -> [ShardExamination?] {
        requireBatches(batches.count)
        var examinations = batches.map { _ in ShardExamination?.none }
        try forEachShard(batches) { index, batch in
            let gradient = arena.zeros()
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
                    return loss.sum.joined(with: passes?.takeTokens() ?? [])
                })
            let findings = search.findings
            for statistic in trained.statistics { _ = statistic.takeRecord() }
            examinations[index] = ShardExamination(
                shard: localShards.lowerBound + index, lossSum: sum, count: count, gradientHash: gradient.bitHash,
                gradient: arena.firstNonFinite(of: GradientBuffer(gradient)),
                operation: sum.isFinite ? findings.backward : findings.forward)
        }
        return examinations
    }
}

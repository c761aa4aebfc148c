public import Layers
public import Optimizers
import Preconditions
public import TensorEngine

extension DataParallelStep {
    /// Computes the products of the loss's Hessian with a vector on this rank's shards, and sums over all. *Collective.*
    ///
    /// The result is valid until the next call; running statistics stay as they are.
    /// - Parameters:
    ///   - vector: one tensor for each trained parameter; the same on every rank.
    ///   - batches: one for each local shard, in order; nil for a shard without samples.
    ///   - loss: the summed loss of a shard's batch.
    public func hessianVectorProduct<Batch>(
        with vector: [Tensor], _ batches: [Batch?], loss: (Batch) throws -> SummedLoss
    ) throws -> (products: GradientBuffer, count: Double) {
        require(
            batches.count == localShards.count,
            "DataParallelStep: \(batches.count) batches were given for \(localShards.count) shards")
        try compareStart()
        let reducer = try reducerOfProducts()
        for (shard, batch) in zip(localShards, batches) {
            guard let batch else {
                reducer.acceptEmpty(shard: shard)
                continue
            }
            var count = 0.0
            let products = try TensorEngine.hessianVectorProduct(of: trained.parameters, with: vector) {
                let loss = try loss(batch)
                count = loss.count
                return loss.sum
            }
            reducer.acceptTail(Self.parts(of: count), shard: shard)
            for (index, statistic) in trained.statistics.enumerated() {
                _ = statistic.takeRecord()
                reducer.acceptStatistic(nil, index: index, shard: shard)
            }
            for index in products.indices.reversed() {
                reducer.accept(products[index], index: index, shard: shard)
            }
        }
        let sums = try reducer.finish()
        return (reducer.gradients, Double(sums[0]) + Double(sums[1]))
    }

    /// The mean loss over the samples of all shards, and the penalty l2/2·Σw², as a function of the weights.
    ///
    /// Its calls are *collective*; with equal shards every rank, and every number of ranks, has the same bits. Of its
    /// evaluations only the first is taken in by running statistics.
    /// - Parameters:
    ///   - l2: is not for what `groups`, which this step was made with, takes out of it.
    ///   - observe: is told the outcome of each evaluation.
    public func objective<Batch>(
        _ batches: [Batch?], l2: Double = 0, groups: ParameterGroups = ParameterGroups(),
        observe: @escaping (Outcome) throws -> Void = { _ in }, loss: @escaping (Batch) throws -> SummedLoss
    ) -> Objective {
        var isFirst = true
        return Objective(
            arena, l2: l2, groups: groups,
            gradient: { [self] in
                let outcome = try run(batches, updatesStatistics: isFirst, loss: loss)
                isFirst = false
                try observe(outcome)
                return (outcome.lossSum, gradients, outcome.count)
            },
            hessianProduct: { [self] vector in
                try hessianVectorProduct(with: vector, batches, loss: loss)
            })
    }
}

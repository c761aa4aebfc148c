import Communication
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
        requireBatches(batches.count)
        require(
            passes == nil,
            "DataParallelStep.hessianVectorProduct: exchanges between shards have first derivatives only, and this step's shards exchange"
        )
        try compareStart()
        let reducer = try reducerOfProducts()
        status?.set(.backward)
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
            reducer.acceptSums(ShardSums(count: count), shard: shard)
            for (index, statistic) in trained.statistics.enumerated() {
                _ = statistic.takeRecord()
                reducer.acceptStatistic(nil, index: index, shard: shard)
            }
            for index in products.indices.reversed() {
                reducer.accept(products[index], index: index, shard: shard)
            }
        }
        let sums = try reducer.finish()
        return (reducer.gradients, sums.count)
    }
}

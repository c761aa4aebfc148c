public import DataParallel
public import Optimizers
public import TensorEngine

extension DataParallelStep {
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

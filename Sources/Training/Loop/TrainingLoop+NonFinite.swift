import Communication
import DataParallel
import Datasets
import Foundation
import TensorEngine

extension TrainingLoop {
    /// The failure of a step whose loss or gradient is not finite, which all ranks have found. *Collective.*
    ///
    /// The step is computed once more, with a look at the result of each operation.
    func nonFiniteLoss(_ batch: LoadedStep<Task.Samples.Batch>, step: Int, loss: Double) throws -> RankFailure {
        var origin = state.arena.firstNonFinite.map { NonFiniteLoss.Origin.weights($0) }
        if origin == nil, !loss.isFinite {
            origin = try firstNonFiniteOperation(batch, step: step).map { .operation($0) }
        }
        let gradient = state.arena.firstNonFinite(of: dataParallel.gradients).map { NonFiniteLoss.Origin.gradient($0) }
        return communicator.agreedFailure(
            NonFiniteLoss(
                step: step, loss: loss, origin: origin ?? gradient ?? .sum,
                isSecondOrder: settings.optimizer.name.isSecondOrder))
    }

    /// The first operation that is not finite in the shard of the lowest number that has one; the same on every rank.
    /// *Collective.*
    private func firstNonFiniteOperation(
        _ batch: LoadedStep<Task.Samples.Batch>, step: Int
    ) throws -> NonFiniteLoss.Operation? {
        var own: NonFiniteOperation?
        _ = try dataParallel.run(batch.shardBatches, updatesStatistics: false) { shard in
            let (loss, found) = NonFiniteOperation.first(of: state.arena) { self.loss(of: shard, step: step) }
            own = own ?? found
            return loss
        }
        let described = own.map {
            NonFiniteLoss.Operation(
                name: $0.operation, number: $0.number, parameters: $0.parameters, shape: $0.shape.sizes,
                isOfData: $0.isOfData)
        }
        // a rank has shards of lower numbers than the ranks after it
        let all = try communicator.allGather(try described.map { Array(try JSONEncoder().encode($0)) } ?? [])
        return try all.first { !$0.isEmpty }.map {
            try JSONDecoder().decode(NonFiniteLoss.Operation.self, from: Data($0))
        }
    }
}

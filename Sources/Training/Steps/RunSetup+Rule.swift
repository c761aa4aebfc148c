import Communication
import DataParallel
public import Datasets
public import Layers
import Optimizers
public import TensorEngine

extension RunSetup {
    /// The rule that the settings ask for: gradient descent, a second-order method or local SGD. *Collective.*
    /// - Parameters:
    ///   - tree: the parameters that learn.
    ///   - exchangesShards: whether the loss or its layers call `ForwardContext.allGather` or `allReduce`.
    ///   - loss: the summed loss of a shard's batch.
    public func makeRule<Batch: Sendable>(
        _ tree: ParameterTree, exchangesShards: Bool = false,
        loss: @escaping (Batch, ForwardContext) throws -> SummedLoss
    ) throws -> any StepRule<LoadedStep<Batch>> {
        if let plan = try settings.localPlan(ranks: context.communicator.size) {
            return try makeLocalStep(tree, plan, exchangesShards: exchangesShards, loss)
        }
        guard settings.usesSecondOrder else {
            return GradientStep(try makeLearner(tree, exchangesShards: exchangesShards), nonFinite, loss: loss)
        }
        let (weights, optimizer) = try makeWeights(tree, isShared: false) { arena in
            try context.communicator.agree { try settings.makeSecondOrderOptimizer(arena) }
        }
        let learner = try makeLearner(weights, optimizer, exchangesShards: exchangesShards)
        return SecondOrderStep(learner, optimizer, nonFinite, settings, loss: loss)
    }

    private func makeLocalStep<Batch: Sendable>(
        _ tree: ParameterTree, _ plan: LocalWorkers.Plan, exchangesShards: Bool,
        _ loss: @escaping (Batch, ForwardContext) throws -> SummedLoss
    ) throws -> any StepRule<LoadedStep<Batch>> {
        let (weights, workers) = try makeWeights(tree, isShared: false) { arena in
            try LocalWorkers(
                arena, plan: plan, communicator: context.communicator, hosts: hosts,
                path: settings.communication.path, groups: settings.parameterGroups,
                makeOptimizer: { settings.makeOptimizer(arena) })
        }
        let learner = try makeLearner(weights, workers, workers: workers, exchangesShards: exchangesShards)
        return LocalStep(learner, workers, context, period: settings.local.steps, loss: loss)
    }
}

extension Settings {
    /// The workers of local SGD that the settings ask for; nil where all ranks make each step together. *Local.*
    func localPlan(ranks: Int) throws -> LocalWorkers.Plan? {
        guard local.steps > 0 else { return nil }
        return try LocalWorkers.Plan(
            workers: local.workers > 0 ? local.workers : shards, shards: shards, ranks: ranks, rate: local.outerRate,
            momentum: local.outerMomentum)
    }
}

extension RunSetup {
    /// Throws where ranks would make steps of their own (local SGD): for rules that need all ranks in each step. *Collective.*
    public func refuseLocalWorkers() throws {
        try context.communicator.agree {
            guard settings.local.steps == 0 else { throw LocalWorkersRefused(recipe: settings.recipe) }
        }
    }
}

/// Local SGD was asked for in a recipe whose ranks make each step together.
struct LocalWorkersRefused: Error, CustomStringConvertible {
    let recipe: String
    var description: String {
        "local.steps is above 0, and in \(recipe) all ranks make each step together; set local.steps to 0"
    }
}

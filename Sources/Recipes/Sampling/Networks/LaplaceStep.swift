import Communication
import DataParallel
import Datasets
import TensorEngine
import Training

/// Gradient descent to the most probable weights, and after its last step the curvature there, summed over all training
/// samples.
///
/// Each shard has its part of the samples; the sums follow the shard tree.
final class LaplaceStep: StepRule {
    private let network: LaplaceNetwork
    private let objective: BayesObjective
    private let learner, keeper: Learner
    private let nonFinite: NonFiniteGuard
    private let communicator: any Communicator
    private let collectives: ShardCollectives
    private let shards, lastStep, every: Int

    init(
        _ setup: RunSetup, _ network: LaplaceNetwork, _ objective: BayesObjective, learner: Learner, keeper: Learner
    ) {
        (self.network, self.objective, self.learner, self.keeper) = (network, objective, learner, keeper)
        (nonFinite, communicator) = (setup.nonFinite, setup.context.communicator)
        collectives = ShardCollectives(over: communicator, plan: setup.plan)
        (shards, lastStep, every) = (setup.plan.shards, setup.length.lastStep, setup.settings.bayes.fitEvery)
    }

    var learners: [Learner] { [learner, keeper] }

    func take(_ step: Step<LoadedStep<BayesBatch>>) throws -> StepOutcome {
        let outcome = try learner.gradientStep(step, guardedBy: nonFinite, loss: objective.loss)
        if step.number == lastStep || (every > 0 && step.number % every == 0) {
            try fit()
        } else {
            network.forget()
        }
        return outcome
    }

    /// *Collective.*
    private func fit() throws {
        let count = objective.data.count
        let samples = Array(0..<count)
        let parts = collectives.localShards.map { shard -> Tensor? in
            let own = samples[count * shard / shards..<count * (shard + 1) / shards]
            return own.isEmpty ? nil : network.sums(own, of: objective)
        }
        let sums = try collectives.allReduce(parts)
        let factors = try communicator.agree("fitting the posterior") {
            try network.factors(of: sums, count: count)
        }
        network.keep(factors, count: count)
    }
}

import DataParallel
import Datasets
import Environments
import Settings
import TensorEngine
import Training

/// A step on transitions of the present rollout; before the first step of an iteration, the rollout.
final class PolicyGradientStep: StepRule {
    private let task: PolicyGradientTask
    private let environments: ShardedEnvironments
    private let learner: Learner
    private let nonFinite: NonFiniteGuard

    init(
        _ task: PolicyGradientTask, _ environments: ShardedEnvironments, _ learner: Learner, _ nonFinite: NonFiniteGuard
    ) {
        (self.task, self.environments, self.learner, self.nonFinite) = (task, environments, learner, nonFinite)
    }

    var learners: [Learner] { [learner] }
    var persistents: [any Persistent] { [environments, task.rollout.kept] }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        if step.work.global.consumedBefore % task.trainingData.perIteration == 0 { try collect() }
        var outcome = try learner.gradientStep(step, guardedBy: nonFinite) { [task] (numbers: [Int], context) in
            task.loss(of: task.rollout.rows(numbers), context)
        }
        outcome.shardMetrics = zip(outcome.shardMetrics, environments.metrics).map { $0 + $1 }
        outcome.metrics.append(environments.stepsMetric(task.environmentSteps(step, rollout: task.acting.rollout)))
        return outcome
    }

    /// Steps the environments of all shards with the present policy. *Collective.*
    private func collect() throws {
        let collector = RolloutCollector(task)
        let rows = environments.shards.enumerated().map { shard, batch -> Tensor? in
            let (rows, episodes) = collector.collect(batch)
            environments.record(episodes, shard: shard)
            return rows
        }
        // every rank has all transitions: a batch takes them from all environments
        task.rollout.fill(
            try environments.collectives.allGather(rows).tensor, normalizes: task.settings.normalizesAdvantages)
    }
}

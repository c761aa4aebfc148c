import DataParallel
import Datasets
import Environments
import Layers
import Settings
import TensorEngine
import Training

/// A step of the critics, one of the actor, one of the entropy's weight; before the first step of an iteration, new
/// transitions.
final class SACStep: StepRule {
    private let task: SACTask
    private let environments: ShardedEnvironments
    private let critic, actor: Learner
    private let entropy: Learner?
    private let nonFinite: NonFiniteGuard
    private let memory: ReplayMemory
    private let targets: (critic: TargetNetwork, actor: TargetNetwork)

    init(_ task: SACTask, _ environments: ShardedEnvironments, _ setup: RunSetup) throws {
        (self.task, self.environments, nonFinite) = (task, environments, setup.nonFinite)
        critic = try setup.makeLearner(["critic": task.critic], named: "critic")
        actor = try setup.makeLearner(["actor": task.actor], named: "actor")
        entropy = try task.logEntropyCoefficient.map {
            try setup.makeLearner(["log_alpha": $0], named: "alpha")
        }
        memory = ReplayMemory(task.world, task.replay)
        targets = (
            TargetNetwork(of: task.critic.parameters, name: "target_critic"),
            TargetNetwork(of: task.actor.parameters, name: "target_actor")
        )
    }

    var learners: [Learner] { [critic, actor] + [entropy].compactMap { $0 } }
    var persistents: [any Persistent] { [environments, memory, targets.critic, targets.actor] }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        let before = step.work.global.consumedBefore
        if before == 0 { follow(1) }
        if before % task.trainingData.perIteration == 0 { try collect(isFirst: before == 0) }
        let drawn = memory.draw(step.samples, step: step.number, seed: task.seed, importance: 0)
        func rows(_ numbers: [Int]) -> ReplayMemory.Rows { memory.rows(numbers.map { drawn.indices[$0] }) }

        let (task, targets) = (task, targets)
        var outcome = try critic.gradientStep(step, guardedBy: nonFinite) { (numbers: [Int], context) in
            task.criticLoss(rows(numbers), targets, context)
        }
        if task.actor.isRandom || step.number % task.settings.actorEvery == 0 {
            add(
                try actor.gradientStep(step, guardedBy: nonFinite) { (numbers: [Int], context) in
                    task.actorLoss(rows(numbers), context)
                }, to: &outcome)
        }
        if let entropy, let coefficient = task.logEntropyCoefficient {
            add(
                try entropy.gradientStep(step, guardedBy: nonFinite) { (numbers: [Int], context) in
                    task.entropyLoss(rows(numbers), coefficient, context)
                }, to: &outcome)
        }
        follow(Float(task.settings.tau))
        outcome.shardMetrics = zip(outcome.shardMetrics, environments.metrics).map { $0 + $1 }
        let steps = task.environmentSteps(step, rollout: task.acting.rollout, warmup: task.replay.warmup)
        outcome.metrics.append(environments.stepsMetric(steps))
        return outcome
    }

    private func add(_ other: StepOutcome, to outcome: inout StepOutcome) {
        outcome.isRejected = outcome.isRejected || other.isRejected
        outcome.phases += other.phases
        outcome.optimizerMilliseconds += other.optimizerMilliseconds
        outcome.shardMetrics = zip(outcome.shardMetrics, other.shardMetrics).map { $0 + $1 }
    }

    private func follow(_ tau: Float) {
        targets.critic.follow(tau)
        if !task.actor.isRandom { targets.actor.follow(tau) }
    }

    /// Steps the environments of all shards. *Collective.*
    private func collect(isFirst: Bool) throws {
        let acting = task.acting
        if isFirst {
            let steps = (task.replay.warmup + acting.environments - 1) / acting.environments
            if steps > 0 { try collect(steps: steps, isWarmup: true) }
        }
        try collect(steps: acting.rollout, isWarmup: false)
    }

    private func collect(steps: Int, isWarmup: Bool) throws {
        let collector = ContinuousCollector(task)
        let rows = environments.shards.enumerated().map { shard, batch -> Tensor? in
            let (rows, episodes) = collector.collect(batch, steps: steps, isWarmup: isWarmup)
            environments.record(episodes, shard: shard)
            return rows
        }
        memory.append(try environments.collectives.allGather(rows).tensor)
    }
}

import DataParallel
import Datasets
import Environments
import Settings
import TensorEngine
import Training

/// A step on transitions drawn from the replay memory; before the first step of an iteration, new transitions.
final class DQNStep: StepRule {
    private let task: DQNTask
    private let environments: ShardedEnvironments
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private let memory: ReplayMemory
    private let target: TargetNetwork

    init(_ task: DQNTask, _ environments: ShardedEnvironments, _ learner: Learner, _ nonFinite: NonFiniteGuard) {
        (self.task, self.environments, self.learner, self.nonFinite) = (task, environments, learner, nonFinite)
        memory = ReplayMemory(task.world, task.replay)
        target = TargetNetwork(of: task.network.parameters, name: "target")
    }

    var learners: [Learner] { [learner] }
    var persistents: [any Persistent] { [environments, memory, target] }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        let before = step.work.global.consumedBefore
        if before == 0 { target.follow(1) }
        if before % task.trainingData.perIteration == 0 {
            try collect(iteration: before / task.trainingData.perIteration)
        }
        let drawn = memory.draw(
            step.samples, step: step.number, seed: task.seed, importance: task.replay.importance)
        var errors: [Int: [Float]] = [:]
        var outcome = try learner.gradientStep(step, guardedBy: nonFinite) {
            [task, memory, target] (numbers: [Int], context) in
            let found = task.loss(
                memory.rows(numbers.map { drawn.indices[$0] }), weights: numbers.map { drawn.weights[$0] }, target,
                context)
            errors[numbers[0]] = found.errors
            return found.loss
        }
        if task.replay.priority > 0, !outcome.isRejected {
            let tensors = step.work.shardBatches.map { batch in
                batch.flatMap { errors[$0.samples[0]] }.map { Tensor($0) }
            }
            memory.setErrors(try environments.collectives.allGather(tensors).tensor.values, of: drawn.indices)
        }
        if step.number % task.settings.targetEvery == 0 { target.follow(Float(task.settings.tau)) }
        outcome.shardMetrics = zip(outcome.shardMetrics, environments.metrics).map { $0 + $1 }
        let steps = task.environmentSteps(step, rollout: task.acting.rollout, warmup: task.replay.warmup)
        outcome.metrics.append(environments.stepsMetric(steps))
        return outcome
    }

    /// Steps the environments of all shards. *Collective.*
    private func collect(iteration: Int) throws {
        let acting = task.acting
        if iteration == 0 {
            let steps = (task.replay.warmup + acting.environments - 1) / acting.environments
            if steps > 0 { try collect(steps: steps, exploration: 1) }
        }
        let done = Double(task.replay.warmup + iteration * acting.rollout * acting.environments)
        let settings = task.settings
        let part = settings.explorationSteps > 0 ? min(1, done / Double(settings.explorationSteps)) : 1
        try collect(
            steps: acting.rollout,
            exploration: settings.explorationStart + part * (settings.explorationEnd - settings.explorationStart))
    }

    private func collect(steps: Int, exploration: Double) throws {
        let collector = TransitionCollector(task.world, task.network)
        let rows = environments.shards.enumerated().map { shard, batch -> Tensor? in
            let (rows, episodes) = collector.collect(batch, steps: steps, exploration: exploration)
            environments.record(episodes, shard: shard)
            return rows
        }
        memory.append(try environments.collectives.allGather(rows).tensor)
    }
}

import Communication
import DataParallel
import Datasets
import Optimizers
import Settings
import TensorEngine
import Training

/// Gradient descent through a sequence of tasks: at the end of each, the accuracies on all are noted, and what was important
/// for it.
final class ContinualStep: StepRule {
    private let task: ContinualTask
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private let communicator: any Communicator
    private let collectives: ShardCollectives
    private let shards: Int

    init(_ task: ContinualTask, _ setup: RunSetup) throws {
        try setup.refuseLocalWorkers()
        guard task.method != .si || setup.settings.communication.zero == .off else {
            throw SettingsError.conflict(
                "synaptic intelligence follows the gradients of all weights on each rank, which communication.zero divides; set it to off"
            )
        }
        (self.task, nonFinite) = (task, setup.nonFinite)
        learner = try setup.makeLearner(task.model.parameters)
        communicator = setup.context.communicator
        shards = setup.plan.shards
        collectives = ShardCollectives(over: communicator, plan: setup.plan)
    }

    var learners: [Learner] { [learner] }
    var persistents: [any Persistent] { [task.accuracies] + [task.importance].compactMap { $0 } }

    func take(_ step: Step<LoadedStep<TaskImages.Batch>>) throws -> StepOutcome {
        let (phase, number) = (step.number - 1).quotientAndRemainder(dividingBy: task.settings.taskSteps)
        if !task.accuracies.hasBegun { try noteAccuracies() }
        task.accuracies.begin(phase + 1)
        if number == 0 { task.importance?.beginTask() }
        let outcome = try followedStep(step)
        guard number + 1 == task.settings.taskSteps else { return outcome }
        switch task.method {
        case .ewc: task.importance?.add(fisher: try fisher(phase))
        case .si: task.importance?.addPath(damping: Float(task.settings.damping))
        case .naive, .joint, .replay: break
        }
        try noteAccuracies()
        return outcome
    }

    private func followedStep(_ step: Step<LoadedStep<TaskImages.Batch>>) throws -> StepOutcome {
        guard task.method == .si, let importance = task.importance else {
            return try learner.gradientStep(step, guardedBy: nonFinite, loss: task.loss)
        }
        let before = importance.weights()
        let outcome = try learner.gradientStep(step, guardedBy: nonFinite, loss: task.loss)
        if !outcome.isRejected, let count = outcome.loss?.count, count > 0 {
            let (arena, sums) = (learner.weights.arena, learner.dataParallel.gradients)
            importance.follow(
                arena.gradients(in: sums).map { $0 / Float(count) }, from: before, strength: task.strength)
        }
        return outcome
    }

    private func noteAccuracies() throws {
        let result = try task.evaluateTestData(over: communicator)
        task.accuracies.append(
            (1...task.settings.tasks).map { result.metrics[ContinualTask.accuracyName($0)] ?? 0 })
    }

    /// The diagonal of the Fisher information over samples of a task. *Collective.*
    ///
    /// Each shard has its part of them; the sums follow the shard tree.
    private func fisher(_ phase: Int) throws -> [Tensor] {
        let codes = task.trainingData.sample(
            ofTask: phase, atMost: task.settings.fisherSamples, seed: task.seed)
        let parts = collectives.localShards.map { shard -> Tensor? in
            let own = codes[codes.count * shard / shards..<codes.count * (shard + 1) / shards]
            if own.isEmpty { return nil }
            var sum: Tensor?
            for start in stride(from: own.startIndex, to: own.endIndex, by: 500) {
                let block = task.fisher(Array(own[start..<min(start + 500, own.endIndex)]), phase: phase)
                let flat = Tensor.concatenated(block.map { $0.reshaped(to: [$0.shape.count]) }, alongAxis: 0)
                sum = sum.map { $0 + flat } ?? flat
            }
            return sum
        }
        let mean = try collectives.allReduce(parts) / Float(codes.count)
        var next = 0
        return learner.weights.arena.parameters.map { parameter in
            let range = next..<next + parameter.shape.count
            next = range.upperBound
            return mean[range].reshaped(to: parameter.shape)
        }
    }
}

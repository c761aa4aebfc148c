import DataParallel
import Datasets
import Environments
import Layers
import TensorEngine
import Training

/// The environments of a shard with what they remember, for learning in a table.
struct TabularMembers {
    private let task: TabularTask
    let batch: any EnvironmentBatch
    var memories: [TabularRule.Memory]
    private(set) var outcome = BatchOutcome()

    init(_ task: TabularTask, _ batch: any EnvironmentBatch) {
        (self.task, self.batch) = (task, batch)
        memories = batch.numbers.map { _ in TabularRule.Memory() }
        let table = task.values.value.values
        for index in memories.indices { memories[index].action = choose(index, table) }
    }

    private func choose(_ index: Int, _ table: [Float]) -> Int {
        var random = batch.actionRandom(index)
        return task.rule.action(batch.stateNumber(index) ?? 0, exploration: task.exploration, &random) {
            Double(table[$0])
        }
    }

    /// What a step of the shard changes in the table.
    struct Changes {
        /// The sum over the shard's environments, in the shape of the table.
        let sum: Tensor
        /// Half of the squared errors, and the share of the shard in all environments.
        let error, share: Double

        /// A loss whose gradient is minus the changes: their sum over all shards, for the weights of all shards add up
        /// to 1.
        func loss(_ values: Parameter) -> SummedLoss {
            let slope = -(values.value * sum).sum()
            return SummedLoss(sum: Tensor(Float(error)) + (slope - slope.detached), weightSum: share)
        }
    }

    /// Steps all environments of the shard, which are some of `count`.
    mutating func step(of count: Int) -> Changes {
        let (rule, table) = (task.rule, task.values.value.values)
        let states = memories.indices.map { batch.stateNumber($0) ?? 0 }
        let actions = memories.map { Float($0.action) }
        actions.withUnsafeBufferPointer { batch.step($0, &outcome) }
        var (error, sums) = (0.0, [Float](repeating: 0, count: table.count))
        for index in memories.indices {
            let action = memories[index].action
            let next = choose(index, table)
            var coin = batch.actionRandom(index)
            for _ in 0..<3 { _ = coin.nextWord() }
            let changes = rule.learn(
                .init(
                    state: states[index], action: action, reward: Double(outcome.rewards[index]),
                    next: outcome.states[index], isTerminal: outcome.isTerminal[index],
                    isTruncated: outcome.isTruncated[index]),
                nextAction: next, exploration: task.exploration, coin: coin.nextWord() & 1 == 1, &memories[index]
            ) { Double(table[$0]) }
            for change in changes {
                sums[change.cell] += Float(change.amount)
                error += 0.5 * change.amount * change.amount / Double(count)
            }
            memories[index].action = next
        }
        return Changes(
            sum: Tensor(sums, shape: task.values.shape), error: error,
            share: Double(memories.count) / Double(count))
    }
}

/// One step of every environment, and the changes of the table that follow from it.
final class TabularStep: StepRule {
    private let task: TabularTask
    private let environments: ShardedEnvironments
    private let learner: Learner
    private let nonFinite: NonFiniteGuard
    private var members: [TabularMembers]

    init(
        _ task: TabularTask, _ environments: ShardedEnvironments, _ learner: Learner, _ nonFinite: NonFiniteGuard
    ) {
        (self.task, self.environments, self.learner, self.nonFinite) = (task, environments, learner, nonFinite)
        members = environments.shards.map { TabularMembers(task, $0) }
        environments.memory = .init(
            size: TabularRule.Memory.savedSize(task.rule),
            save: { [unowned self] in members[$0].memories[$1].save(task.rule) },
            restore: { [unowned self] shard, index, saved in
                members[shard].memories[index] = .init(saved: saved, task.rule)
            })
    }

    var learners: [Learner] { [learner] }
    var persistents: [any Persistent] { [environments] }

    func take(_ step: Step<LoadedStep<[Int]>>) throws -> StepOutcome {
        var changes: [Int: TabularMembers.Changes] = [:]
        for shard in members.indices {
            changes[members[shard].batch.numbers.lowerBound] = members[shard].step(of: environments.count)
            environments.record(members[shard].outcome.episodes, shard: shard)
        }
        let values = task.values
        var outcome = try learner.gradientStep(step, guardedBy: nonFinite) { (numbers: [Int], _) in
            changes[numbers[0]]?.loss(values) ?? SummedLoss(sum: values.value.sum() * 0, weightSum: 0)
        }
        outcome.shardMetrics = zip(outcome.shardMetrics, environments.metrics).map { $0 + $1 }
        outcome.metrics.append(environments.stepsMetric(step.number))
        return outcome
    }
}

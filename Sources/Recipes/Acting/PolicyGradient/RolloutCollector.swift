import Environments
import Layers
import Settings
import TensorEngine

/// Plays the environments of a shard with the policy, and says how good each action was.
struct RolloutCollector {
    private let task: PolicyGradientTask

    init(_ task: PolicyGradientTask) { self.task = task }

    /// What the environments of a shard have gone through; by step, then by environment.
    private struct Record {
        var observations, actions, logProbabilities, values, rewards: [[Float]]
        /// Whether nothing follows the step, and whether the next one belongs to another episode.
        var isTerminal, isLast: [[Bool]]
    }

    /// The transitions of the next steps of a shard, [environments · steps, numbers], environment by environment, and
    /// the episodes that have ended.
    func collect(_ batch: any EnvironmentBatch) -> (rows: Tensor, episodes: [FinishedEpisode]) {
        let (network, steps, n) = (task.network, task.acting.rollout, batch.numbers.count)
        var record = Record(
            observations: [], actions: [], logProbabilities: [], values: [], rewards: [], isTerminal: [], isLast: [])
        var (outcome, episodes) = (BatchOutcome(), [FinishedEpisode]())
        for _ in 0..<steps {
            let observations = network.observations(batch)
            let drawn = network.draw(batch, observations)
            network.scaled(drawn.actions).withUnsafeBufferPointer { batch.step($0, &outcome) }
            var rewards = outcome.rewards
            if outcome.isTruncated.contains(true) {
                // an episode that was cut off is worth what its last state is worth
                let last = Tensor(outcome.observations, shape: observations.shape)
                let worth = network.value(last, .inference()).values
                for index in 0..<n where outcome.isTruncated[index] {
                    rewards[index] += Float(task.acting.discount) * worth[index]
                }
            }
            record.observations.append(observations.values)
            record.actions.append(drawn.actions)
            record.logProbabilities.append(drawn.logProbabilities)
            record.values.append(drawn.values)
            record.rewards.append(rewards)
            record.isLast.append(zip(outcome.isTerminal, outcome.isTruncated).map { $0 || $1 })
            episodes += outcome.episodes
        }
        let next = network.value(network.observations(batch), .inference()).values
        return (rows(record, next), episodes)
    }

    /// Source: Schulman and others, "High-dimensional continuous control using generalized advantage estimation", 2016:
    /// δ_t = r_t + γ·V_(t+1) - V_t, A_t = δ_t + γλ·A_(t+1).
    private func rows(_ record: Record, _ next: [Float]) -> Tensor {
        let (steps, n) = (record.rewards.count, next.count)
        let (width, gamma) = (Rollout.width(task.world), Float(task.acting.discount))
        let decay = gamma * (task.method == .reinforce ? 1 : Float(task.settings.gaeLambda))
        let (size, actions) = (task.world.observationSize, task.world.actionSpace.size)
        return Tensor(shape: [n * steps, width]) { elements in
            for index in 0..<n {
                var (advantage, following): (Float, Float) = (0, next[index])
                for step in stride(from: steps - 1, through: 0, by: -1) {
                    let isLast = record.isLast[step][index]
                    let value = record.values[step][index]
                    let error = record.rewards[step][index] + (isLast ? 0 : gamma * following) - value
                    advantage = error + (isLast ? 0 : decay * advantage)
                    following = value
                    let start = (index * steps + step) * width
                    for column in 0..<size {
                        elements[start + column] = record.observations[step][index * size + column]
                    }
                    for column in 0..<actions {
                        elements[start + size + column] = record.actions[step][index * actions + column]
                    }
                    elements[start + width - 3] = record.logProbabilities[step][index]
                    elements[start + width - 2] = advantage
                    elements[start + width - 1] = advantage + value
                }
            }
        }
    }
}

import Environments
import Layers
import TensorEngine

/// Plays environments with a network's best actions and random ones.
struct TransitionCollector {
    private let world: any Environment
    private let network: QNetwork

    init(_ world: any Environment, _ network: QNetwork) { (self.world, self.network) = (world, network) }

    /// The transitions of the next steps of a shard, [steps · environments, numbers], step by step, and the episodes
    /// that have ended.
    /// - Parameter exploration: the probability of a random action; 1: the network is not asked.
    func collect(
        _ batch: any EnvironmentBatch, steps: Int, exploration: Double
    ) -> (rows: Tensor, episodes: [FinishedEpisode]) {
        let (n, size) = (batch.numbers.count, world.observationSize)
        var (outcome, episodes, rows) = (BatchOutcome(), [FinishedEpisode](), [Float]())
        for _ in 0..<steps {
            let observations = network.observations(batch)
            var actions =
                exploration < 1
                ? network(observations, .inference()).argmax(alongAxis: 1).values.map(Float.init)
                : [Float](repeating: 0, count: n)
            for index in 0..<n {
                var random = batch.actionRandom(index)
                if random.uniform() < exploration { actions[index] = Float(random.below(network.actions)) }
            }
            actions.withUnsafeBufferPointer { batch.step($0, &outcome) }
            let before = observations.values
            for index in 0..<n {
                ReplayMemory.write(
                    before[index * size..<(index + 1) * size], actions[index..<index + 1],
                    reward: outcome.rewards[index], isTerminal: outcome.isTerminal[index],
                    outcome.observations[index * size..<(index + 1) * size], to: &rows)
            }
            episodes += outcome.episodes
        }
        return (Tensor(rows, shape: [n * steps, ReplayMemory.width(world)]), episodes)
    }
}

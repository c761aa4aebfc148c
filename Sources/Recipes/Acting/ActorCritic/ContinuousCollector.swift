import Environments
import Layers
import Settings
import TensorEngine

/// Plays environments with an actor's actions and noise.
struct ContinuousCollector {
    private let task: SACTask

    init(_ task: SACTask) { self.task = task }

    /// The transitions of the next steps of a shard, [steps · environments, numbers], step by step, and the episodes
    /// that have ended.
    /// - Parameter isWarmup: whether actions are uniformly random.
    func collect(
        _ batch: any EnvironmentBatch, steps: Int, isWarmup: Bool
    ) -> (rows: Tensor, episodes: [FinishedEpisode]) {
        let (n, size, width) = (batch.numbers.count, task.world.observationSize, task.actor.size)
        var (outcome, episodes, rows) = (BatchOutcome(), [FinishedEpisode](), [Float]())
        for _ in 0..<steps {
            let observations = task.actor.observations(batch)
            let actions = isWarmup ? uniform(batch) : self.actions(batch, observations)
            task.actor.scaled(actions).withUnsafeBufferPointer { batch.step($0, &outcome) }
            let before = observations.values
            for index in 0..<n {
                ReplayMemory.write(
                    before[index * size..<(index + 1) * size], actions[index * width..<(index + 1) * width],
                    reward: outcome.rewards[index], isTerminal: outcome.isTerminal[index],
                    outcome.observations[index * size..<(index + 1) * size], to: &rows)
            }
            episodes += outcome.episodes
        }
        return (Tensor(rows, shape: [n * steps, ReplayMemory.width(task.world)]), episodes)
    }

    private func uniform(_ batch: any EnvironmentBatch) -> [Float] {
        batch.numbers.indices.flatMap { number -> [Float] in
            var random = batch.actionRandom(number - batch.numbers.lowerBound)
            return (0..<task.actor.size).map { _ in Float(random.uniform(in: -1...1)) }
        }
    }

    private func actions(_ batch: any EnvironmentBatch, _ observations: Tensor) -> [Float] {
        let (n, context) = (batch.numbers.count, ForwardContext.inference())
        let noise = (0..<n).flatMap { index -> [Float] in
            var random = batch.actionRandom(index)
            return (0..<task.actor.size).map { _ in Float(random.normal()) }
        }
        let tensor = Tensor(noise, shape: [n, task.actor.size])
        if task.actor.isRandom { return task.actor.draw(observations, noise: tensor, context).actions.values }
        let moved = task.actor.best(observations, context) + tensor * Float(task.settings.explorationNoise)
        return moved.clamped(to: -1...1).values
    }
}

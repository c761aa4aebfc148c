import Communication
import Datasets
import Environments
import Settings
import TensorEngine
import Training

/// A task whose samples come from environments: iterations of a rollout and its updates, evaluations by whole episodes.
protocol ActingTask: TrainingTask where Samples == UpdateSamples, Work == LoadedStep<[Int]> {
    /// The environment, and how many of it are stepped together.
    var world: any Environment { get }
    var environmentCount: Int { get }
    /// Plays the test episodes.
    var player: EpisodePlayer { get }
    /// What the agent does without exploration.
    var policy: Policy { get }
    /// Whether each pass over a rollout has an order of its own.
    static var shufflesPasses: Bool { get }

    /// The rule of the run's steps. *Collective.*
    func makeStep(_ environments: ShardedEnvironments, _ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>>
}

extension ActingTask {
    static var shufflesPasses: Bool { false }

    var testData: UpdateSamples { UpdateSamples(episodes: player.count) }

    func makeSource(_ setup: RunSetup) throws -> any StepSource<LoadedStep<[Int]>> {
        IteratedSteps(trainingData, setup, shuffles: Self.shufflesPasses)
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        try setup.refuseLocalWorkers()
        return try makeStep(try ShardedEnvironments(world, count: environmentCount, setup), setup)
    }

    var evaluationBlock: Int { 25 }

    func evaluate(_ batch: [Int]) -> EvaluationSums { player.evaluate(batch, policy) }

    func metrics(_ details: [Double]) -> [String: Double] { EpisodePlayer.metrics(details) }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        let strip = RolloutStrip(player: player, frames: setup.settings.acting.frames)
        return strip.observer(setup, policy)
    }

    /// The steps that each environment has made for the updates of `step`.
    /// - Parameters:
    ///   - rollout: of each iteration.
    ///   - warmup: transitions of all environments before the first iteration.
    func environmentSteps(_ step: Step<LoadedStep<[Int]>>, rollout: Int, warmup: Int = 0) -> Int {
        let iterations = step.work.global.consumedBefore / trainingData.perIteration + 1
        return (warmup + environmentCount - 1) / environmentCount + iterations * rollout
    }

    /// The environments in a few words.
    func summary(_ acting: ActingSettings, _ details: String...) -> String {
        let count = "\(environmentCount) \(environmentCount == 1 ? "environment" : "environments")"
        let episodes = "\(player.count) test \(player.count == 1 ? "episode" : "episodes")"
        return ([acting.environment.rawValue, count] + details + [episodes]).joined(separator: ", ")
    }

    /// Draws episodes of the saved agent.
    func generator(_ recipe: any Recipe, _ settings: Settings) -> any Generator {
        RolloutGenerator(model: model, recipe: recipe.name, settings: settings, policy: policy)
    }
}

import ActingRecipes
import Communication
import DataParallel
import Datasets
import Environments
import Evolution
import Layers
import Optimizers
import Settings
import TensorEngine
import Training

/// The population of the recipe `evolution`. A sample is a member; a step is a generation.
struct EvolutionTask: TrainingTask {
    let trainingData, testData: MemberNumbers
    let modelSummary, dataSummary: String
    private let problem: EvolutionProblem
    private let store: EvolutionStore
    private let evolved: EvolvedModel
    private let frames: Int

    var model: any Parameterized { evolved }

    init(_ settings: Settings) throws {
        let own = settings.evolution
        let method: EvolutionMethod = try EvolutionRecipe().model(settings)
        problem = EvolutionProblem(settings)
        let made = try EvolutionSetup(method, problem, settings)
        guard settings.globalBatch == 0 || settings.globalBatch >= made.population else {
            throw SettingsError.conflict(
                "global_batch is \(settings.globalBatch), but every step evaluates all \(made.population) members (evolution.population); set global_batch to full"
            )
        }
        (store, evolved, modelSummary) = (made.store, made.model, made.summary)
        trainingData = MemberNumbers(count: made.population)
        let members = "\(made.population) members, whose fitness is \(8 * made.population) bytes in each generation"
        switch problem {
        case .function(let function, let dimension):
            testData = MemberNumbers(count: 1)
            dataSummary =
                "\(function.rawValue) in \(dimension) \(dimension == 1 ? "dimension" : "dimensions"); \(members)"
        case .exclusiveOr:
            testData = MemberNumbers(count: 1)
            dataSummary = "exclusive or; \(members)"
        case .environment:
            testData = MemberNumbers(count: settings.acting.testEpisodes)
            dataSummary =
                "\(settings.acting.environment.rawValue), \(own.episodes) \(own.episodes == 1 ? "episode" : "episodes") of each member, \(settings.acting.testEpisodes) test episodes; \(members)"
        }
        frames = settings.acting.frames
    }

    func makeSource(_ setup: RunSetup) throws -> any StepSource<LoadedStep<[Int]>> {
        let sampler = setup.length.sampler
        // in order of their numbers, so that ranks exchange fitness alone
        return SampledSteps(
            trainingData,
            sampler: ShardedSampler(
                count: sampler.count, globalBatch: sampler.globalBatch, shards: sampler.shards, seed: sampler.seed,
                shuffles: false),
            shards: setup.plan.run(of: setup.context.communicator.rank), lastStep: setup.length.lastStep)
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        try setup.refuseLocalWorkers()
        return EvolutionStep(
            store, evolved, learner: try setup.makeLearner(withoutOptimizer: model.parameters),
            communicator: setup.context.communicator)
    }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        guard case .environment(let player, _, _) = problem else { return [] }
        return RolloutStrip(player: player, frames: frames).observer(setup, policy)
    }

    /// Minus the fitness of members of the present generation.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        let sum = batch.reduce(0.0) { $0 - store.fitness(of: $1) }
        // a term of the weights, for those who examine gradients
        let none = model.parameters.named.map { ($0.parameter.value * 0).sum() }.reduce(Tensor(0), +)
        return SummedLoss(sum: Tensor(Float(sum)) + none, count: batch.count)
    }

    // MARK: - The evolved model

    /// Calls `body` with the network that the weights are; nil where they are no network.
    private func withNetwork<Result>(_ body: (inout any EvolvedNetwork) -> Result) -> Result? {
        var network: any EvolvedNetwork
        switch evolved {
        case .point: return nil
        case .perceptron(let widths, _): network = FlatPerceptron(widths: widths, weights: evolved.elements)
        case .genome(let shape, _):
            guard let found = Genome(rows: evolved.elements, shape).flatMap({ NEATNetwork($0, shape) }) else {
                return nil
            }
            network = found
        }
        return body(&network)
    }

    /// What the evolved network does.
    var policy: Policy {
        { batch in
            withNetwork { network in actions(&network, batch) }
                ?? [Float](repeating: 0, count: batch.numbers.count * batch.actionSpace.size)
        }
    }

    private func actions(_ network: inout any EvolvedNetwork, _ batch: any EnvironmentBatch) -> [Float] {
        func act<Network: EvolvedNetwork>(_ network: Network) -> [Float] {
            var network = network
            return problem.actions(of: &network, batch)
        }
        return act(network)
    }

    var evaluationBlock: Int { 25 }

    func evaluate(_ batch: [Int]) -> EvaluationSums {
        switch problem {
        case .function(let function, _):
            let value = function.value(at: evolved.elements.map(Double.init))
            return EvaluationSums(loss: value, terms: 1, correct: nil, samples: 1)
        case .exclusiveOr:
            func errors<Network: EvolvedNetwork>(_ network: Network) -> (errors: [Double], correct: Int) {
                var network = network
                return ExclusiveOr.errors { problem.exclusiveOr(of: &network, $0) }
            }
            let found = withNetwork { errors($0) } ?? (errors: [1, 1, 1, 1], correct: 0)
            return EvaluationSums(
                loss: found.errors.reduce(0) { $0 + $1 * $1 }, terms: 4, correct: found.correct, samples: 4)
        case .environment(let player, _, _):
            return player.evaluate(batch, policy)
        }
    }

    func metrics(_ details: [Double]) -> [String: Double] { EpisodePlayer.metrics(details) }
}

/// Members by their numbers.
struct MemberNumbers: Dataset {
    let count: Int

    func batch(of samples: [Int]) -> [Int] { samples }
}

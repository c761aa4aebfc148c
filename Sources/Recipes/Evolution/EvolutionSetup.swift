import Evolution
import Kernels
import Layers
import Optimizers
import Settings
import TensorEngine
import Training

/// The first generation that the settings describe, and the model that it becomes.
struct EvolutionSetup {
    let store: EvolutionStore
    let model: EvolvedModel
    let population: Int
    let summary: String

    init(_ method: EvolutionMethod, _ problem: EvolutionProblem, _ settings: Settings) throws {
        (store, model, population, summary) =
            method == .neat
            ? try Self.networks(problem, settings) : try Self.vectors(method, problem, settings)
        model.assign(store.population)
    }

    private typealias Parts = (EvolutionStore, EvolvedModel, Int, String)

    private static func networks(_ problem: EvolutionProblem, _ settings: Settings) throws -> Parts {
        let own = settings[NEATSettings.self]
        guard let shape = problem.shape else {
            throw SettingsError.conflict(
                "evolution.task is \(settings.evolution.task.rawValue), and neat evolves networks; set it to xor or environment, or take another model.name"
            )
        }
        let first = (shape.inputs + 1) * shape.outputs
        guard own.linkLimit >= first else {
            throw SettingsError.conflict(
                "neat.link_limit is \(own.linkLimit), and the first networks have \(first) links; set at least \(first)"
            )
        }
        let population = settings.evolution.population > 0 ? settings.evolution.population : 150
        guard population >= 2 else { throw smallPopulation(population, "neat", atLeast: 2) }
        let limit = own.linkLimit
        try MemoryNeed(
            parameters: 10 * Double(population) * Double(limit), settings: "evolution.population and neat.link_limit"
        ).check(settings)
        let networks = NEATPopulation(shape, own.parameters(population: population), seed: settings.seed)
        // genomes of members and of species, each a count and five numbers for a link
        let largest = 10 + (2 * population + 1) * (5 * limit + 4)
        return (
            EvolutionStore(.networks(networks), problem, widths: nil, largest: largest),
            .genome(shape, Parameter(Tensor(repeating: -1, shape: [limit, Genome.rowSize]))), population,
            "neat, \(shape.inputs) inputs and a bias, \(shape.outputs) \(shape.outputs == 1 ? "output" : "outputs"), up to \(limit) links"
        )
    }

    private static func vectors(
        _ method: EvolutionMethod, _ problem: EvolutionProblem, _ settings: Settings
    ) throws -> Parts {
        let (model, mean, widths): (EvolvedModel, [Double], [Int]?)
        let shapeSummary: String
        if let shape = problem.shape {
            let layers = [shape.inputs] + settings.model.hidden + [shape.outputs]
            try MemoryNeed(perceptron: layers).check(settings)
            (model, mean, widths) = (EvolvedModel(widths: layers), firstWeights(layers, settings.seed), layers)
            shapeSummary = layers.map(String.init).joined(separator: "-")
        } else {
            let dimension = settings.evolution.dimension
            mean = [Double](repeating: settings.evolution.start, count: dimension)
            (model, widths) = (.point(Parameter(Tensor(repeating: 0, shape: [dimension]))), nil)
            shapeSummary = "\(dimension) \(dimension == 1 ? "coordinate" : "coordinates")"
        }
        let asked = settings.evolution.population
        let population =
            asked > 0 ? asked : method == .openAI ? 64 : CMAES.usualPopulation(dimension: mean.count)
        let least = method == .cma ? 4 : 2
        guard population >= least else { throw smallPopulation(population, method.rawValue, atLeast: least) }
        let sigma = settings.evolution.sigma
        let distribution: any SearchDistribution
        switch method {
        case .cma:
            // matrices in Float64
            try MemoryNeed(
                parameters: 4 * Double(mean.count) * Double(mean.count),
                settings: "cma-es, whose matrices have \(mean.count)² elements"
            ).check(settings)
            distribution = CMAES(mean: mean, population: population, stepSize: sigma, seed: settings.seed)
        case .openAI:
            guard population % 2 == 0 else {
                throw SettingsError.conflict(
                    "evolution.population is \(population), and openai-es has pairs of members; set an even number")
            }
            distribution = OpenAIES(
                mean: mean, population: population, stepSize: sigma, learningRate: settings.optimizer.learningRate,
                weightDecay: settings.optimizer.weightDecay, rule: try rule(settings), seed: settings.seed)
        case .snes, .neat:
            distribution = SNES(mean: mean, population: population, stepSize: sigma, seed: settings.seed)
        }
        return (
            EvolutionStore(
                .vectors(distribution), problem, widths: widths, largest: 1 + distribution.saved.count), model,
            population, "\(method.rawValue), \(shapeSummary)"
        )
    }

    /// How OpenAI-ES follows its gradient, as the settings of the optimizer say.
    private static func rule(_ settings: Settings) throws -> OpenAIES.Rule {
        switch settings.optimizer.name {
        case AdamSettings.name:
            let adam = settings[AdamSettings.self]
            return .adam(beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon)
        case SGDSettings.name: return .sgd(momentum: settings[SGDSettings.self].momentum)
        default:
            throw SettingsError.conflict(
                "optimizer.name is \(settings.optimizer.name), and openai-es follows its gradient by adam or sgd; set one of them"
            )
        }
    }

    /// Weights uniform in ±1/√inputs, biases 0.
    private static func firstWeights(_ widths: [Int], _ seed: UInt64) -> [Double] {
        var random = InitializationRandom(seed: seed)
        return zip(widths, widths.dropFirst()).flatMap { inputs, outputs -> [Double] in
            var sequence = random.nextSequence()
            let bound = 1 / Double(inputs).squareRoot()
            return (0..<inputs * outputs).map { _ in bound * (2 * Double(sequence.uniform()) - 1) }
                + [Double](repeating: 0, count: outputs)
        }
    }

    private static func smallPopulation(_ population: Int, _ method: String, atLeast least: Int) -> SettingsError {
        .conflict(
            "evolution.population is \(population), and \(method) needs at least \(least) members; set more, or 0")
    }
}

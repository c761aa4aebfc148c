import Datasets
import Layers
import Probability
import Settings
import TensorEngine
import Training

/// The chains of the recipe `nuts`. A sample is a chain, which makes some iterations in each step.
struct NUTSTask: TrainingTask {
    let trainingData, testData: ChainNumbers
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let preparation: Preparation
    private let density: Density
    private let store: ChainStore
    /// The coordinates of the chains, [chains, dimension].
    private let positions: Parameter

    var model: any Parameterized { ParameterTree([("positions", positions)]) }

    init(_ settings: Settings, _ target: NUTSTarget) throws {
        let nuts = settings.nuts
        guard settings.globalBatch == 0 || settings.globalBatch >= nuts.chains else {
            throw ChainsOfSeveralSteps(chains: nuts.chains, globalBatch: settings.globalBatch)
        }
        let iterations = (settings.steps ?? settings.epochs) * nuts.iterations
        guard iterations > nuts.warmup else { throw NoDraws(iterations: iterations, settings: nuts) }
        density = target.density
        store = try ChainStore(density, nuts, seed: settings.seed)
        positions = Parameter(store.positions)
        trainingData = ChainNumbers(count: nuts.chains, checksum: target.checksum)
        testData = ChainNumbers(count: 1)
        (dataNotes, preparation) = (target.notes, target.preparation)
        let dimension = density.dimension
        modelSummary =
            "\(settings.model.name), \(dimension) \(dimension == 1 ? "dimension" : "dimensions"), \(nuts.sampler.rawValue)"
        dataSummary =
            "\(target.summary); \(nuts.chains) \(nuts.chains == 1 ? "chain" : "chains") of \(iterations) iterations, \(nuts.warmup) of them warm-up"
    }

    /// Minus the log density of the chains' positions.
    func loss(_ batch: [Int], _ context: ForwardContext) -> SummedLoss {
        let values = positions.value.values.map(Double.init)
        let dimension = density.dimension
        var gradient = [Double](repeating: 0, count: dimension)
        let sum = batch.reduce(0.0) { sum, chain in
            let position = Array(values[(chain * dimension)..<((chain + 1) * dimension)])
            return sum - density.logDensity(at: position, gradient: &gradient)
        }
        // a term of the weights, for those who examine gradients
        return SummedLoss(sum: Tensor(Float(sum)) + (positions.value * 0).sum(), count: batch.count)
    }

    func makeRule(_ setup: RunSetup) throws -> any StepRule<LoadedStep<[Int]>> {
        try setup.refuseLocalWorkers()
        return ChainStep(
            store, positions, learner: try setup.makeLearner(withoutOptimizer: model.parameters),
            communicator: setup.context.communicator)
    }

    func makeObservers(_ setup: RunSetup) throws -> [any RunObserver] {
        [DrawFiles(store, density, setup.context)]
    }

    /// Convergence of the worst quantity, over the draws of this run so far.
    func evaluate(_ batch: [Int]) -> EvaluationSums {
        let chains = Array(0..<trainingData.count)
        let loss = loss(chains, .inference())
        var details: [Double] = []
        if store.drawsOfChain >= 4 {
            let all = density.quantities.indices.map { store.diagnostics(of: $0) }
            details = [
                all.map(\.rHat).max() ?? .nan, all.map(\.bulkESS).min() ?? .nan, all.map(\.tailESS).min() ?? .nan,
                Double(store.divergences), Double(store.drawsOfChain * chains.count),
            ]
        }
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: Double(chains.count), correct: nil, samples: chains.count,
            details: details)
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 5, details.allSatisfy(\.isFinite) else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: zip(["r_hat_max", "ess_bulk_min", "ess_tail_min", "divergences", "draws"], details))
    }
}

/// Chains by their numbers.
struct ChainNumbers: Dataset {
    let count: Int
    var checksum: UInt32?

    func batch(of samples: [Int]) -> [Int] { samples }
}

/// A step does not have all chains.
struct ChainsOfSeveralSteps: Error, CustomStringConvertible {
    let chains, globalBatch: Int
    var description: String {
        "global_batch is \(globalBatch), but every step moves all \(chains) chains (nuts.chains); set global_batch to full"
    }
}

/// The run ends in its warm-up.
struct NoDraws: Error, CustomStringConvertible {
    let iterations: Int
    let settings: NUTSSettings
    var description: String {
        "the run has \(iterations) iterations (epochs or steps, times nuts.iterations = \(settings.iterations)), and the warm-up alone \(settings.warmup) (nuts.warmup); set more epochs, or a shorter warm-up"
    }
}

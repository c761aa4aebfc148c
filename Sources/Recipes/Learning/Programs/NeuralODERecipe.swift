public import Datasets
import DifferentiablePrograms
import Layers
import TensorEngine
public import Settings
public import Training

/// A neural ordinary differential equation: learns dy/dt of spirals from observations at irregular times.
///
/// Source: Chen, Rubanova, Bettencourt, Duvenaud, "Neural ordinary differential equations", 2018; the data are those
/// of torchdiffeq's example, whose network sees y³, too.
public struct NeuralODERecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "neural-ode"
    public let summary = "learn the differential equation of spirals from observations at irregular times"
    public let settings: [(key: String, value: String)] = [
        ("model.hidden", "[50]"), ("global_batch", "20"), ("epochs", "20"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.003"), ("schedule.name", "cosine"),
    ]
    public let uses = ["model.hidden"]
    public let settingsGroups: [any SettingsGroup.Type] = [ODESettings.self]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try NeuralODETask(settings)
    }

    /// The right side of the differential equation.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let task = try NeuralODETask(settings)
        let network = task.network
        return ModelExport(
            network, task.modelSummary,
            functions: [
                ExportedFunction(
                    "from states y to dy/dt", from: .numbers("states", ["batch", 2]), to: "derivatives",
                    describe: { try network.describe($1.multiply($1.multiply($0, $0), $0), in: $1) },
                    compute: { network($0 * $0 * $0, .inference()) })
            ], metadata: ["equation": "autonomous: the derivatives do not depend on the time"])
    }
}

/// The model and the trajectories of the recipe `neural-ode`.
struct NeuralODETask: NetworkTask {
    let network: Sequential
    let trainingData, testData: SpiralTrajectories
    let modelSummary, dataSummary: String
    private let solver: ODESolver
    private let usesAdjoint: Bool

    init(_ settings: Settings) throws {
        let (ode, widths) = (settings[ODESettings.self], [2] + settings.model.hidden + [2])
        try MemoryNeed(perceptron: widths).check(settings)
        var random = InitializationRandom(seed: settings.seed)
        network = Sequential(
            [any Module](widths: widths, between: .tanh) {
                Linear($0, $1, initializer: .xavierUniform, random: &random)
            })
        solver =
            ode.solver == .rk4
            ? .rungeKutta4(step: 1 / Double(ode.steps))
            : .dormandPrince(relative: ode.tolerance, absolute: ode.tolerance)
        usesAdjoint = ode.gradient == .adjoint
        trainingData = SpiralTrajectories(ode, seed: settings.seed, isTest: false)
        testData = SpiralTrajectories(ode, seed: settings.seed, isTest: true)
        modelSummary =
            "dy/dt by a perceptron \(widths.map(String.init).joined(separator: "-")), solved by \(ode.solver.rawValue), gradient by the \(ode.gradient.rawValue)"
        dataSummary =
            "spirals with \(ode.points) observations, \(ode.trajectories) an epoch, \(ode.testTrajectories) to test on"
    }

    /// The state at each observation, [n, 2] each.
    private func solution(_ batch: SpiralTrajectories.Batch) -> [Tensor] {
        let parameters = network.parameters.named.map(\.parameter)
        var states: [Tensor] = []
        var y = batch.start
        for index in 0..<batch.gaps.shape[1] {
            // from 0 to 1, in which the time of each trajectory passes as fast as its gap is long
            let gap = batch.gaps[0..., index..<(index + 1)]
            let dynamics: Dynamics = { _, y in self.network(y * y * y, .inference()) * gap }
            let solved =
                usesAdjoint
                ? solveODEByAdjoint(dynamics, from: y, at: [0, 1], by: solver, parameters: parameters)
                : solveODE(dynamics, from: y, at: [0, 1], by: solver)
            y = solved[1]
            states.append(y)
        }
        return states
    }

    /// The squared distance from the observations, a mean over those of a trajectory; one term for each trajectory.
    func loss(_ batch: SpiralTrajectories.Batch, _ context: ForwardContext) -> SummedLoss {
        let difference = Tensor.stacked(solution(batch), alongAxis: 1) - batch.observations
        return SummedLoss(
            sum: (difference * difference).sum() * (1 / Float(batch.gaps.shape[1])), count: batch.gaps.shape[0])
    }

    func evaluate(_ batch: SpiralTrajectories.Batch) -> EvaluationSums {
        let loss = loss(batch, .inference())
        let squares = Double((batch.observations * batch.observations).sum().scalar) / Double(batch.gaps.shape[1])
        return EvaluationSums(loss, samples: batch.gaps.shape[0], details: [squares, Double(loss.sum.scalar)])
    }

    /// The error in parts of the size of the observations.
    func metrics(_ details: [Double]) -> [String: Double] {
        EvaluationSums.means(details, ["relative_error"]).mapValues { $0.squareRoot() }
    }
}

import Datasets
import Layers
import Settings
import TensorEngine
import Training
import TrainingTestSupport

/// The toy example of Jaderberg and others, "Population based training of neural networks", 2017, section 4.1, as a
/// loss: θ₀² + θ₁² is to be minimized from θ = (0.9, 0.9), but training sees only the surrogate h₀·θ₀² + h₁·θ₁².
struct ToyRecipe: Recipe {
    let name = "toy"
    let summary = "a quadratic with two hidden hyperparameters"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "10"), ("epochs", "10"), ("checkpoint.every", "0"),
        ("optimizer.learning_rate", "0.1"), ("optimizer.momentum", "0"),
    ]
    let settingsGroups: [any SettingsGroup.Type] = [ToySettings.self]

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        ToyTask(settings[ToySettings.self])
    }
}

struct ToySettings: SettingsGroup {
    var h0 = 1.0
    var h1 = 1.0
    var level = 2

    static let prefix = "toy"
    static let title = "toy: hyperparameters of the surrogate"
    static let keys: [Setting<Self>] = [
        Setting("h0", \.h0, .number(.zeroOrMore), changesInTraining: true, "weight of the first parameter"),
        Setting("h1", \.h1, .number(.zeroOrMore), changesInTraining: true, "weight of the second parameter"),
        Setting("level", \.level, .whole(atLeast: 0), changesInTraining: true, "a whole number"),
    ]
}

private struct ToyTask: TrainingTask {
    private let theta = Parameter(Tensor([0.9, 0.9], shape: [2]))
    private let h: Tensor
    let trainingData = Points()
    let testData = Points()
    let modelSummary = "two parameters"
    let dataSummary = "none"

    var model: any Parameterized { ToyModel(theta: theta) }

    init(_ settings: ToySettings) { h = Tensor([Float(settings.h0), Float(settings.h1)], shape: [2]) }

    func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss {
        let samples = batch.labels.count
        return SummedLoss(sum: (theta.value * theta.value * h).sum() * Float(samples), count: samples)
    }

    func evaluate(_ batch: LabeledPoints) -> EvaluationSums {
        let samples = batch.labels.count
        let loss = theta.value.values.reduce(0) { $0 + Double($1) * Double($1) }
        return EvaluationSums(loss: loss * Double(samples), terms: Double(samples), correct: nil, samples: samples)
    }
}

private struct ToyModel: Parameterized {
    let theta: Parameter
    var parameters: ParameterTree { ["theta": theta] }
}

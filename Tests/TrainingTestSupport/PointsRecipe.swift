package import Datasets
package import Layers
package import TensorEngine
package import Training

/// Points of the square, each of the class of its side of a diagonal, and a small model of them: for fast tests of runs.
///
/// `model.name` is `linear`, `wide`: a perceptron with a large matrix, or `normalized`: a linear layer, batch normalization and
/// ReLU (`features`), and a `head`.
package struct PointsRecipe: Recipe {
    package var name: String
    package let summary = "points of a square"
    package var settings: [(key: String, value: String)]
    /// Outputs of the head.
    package var classes: Int

    /// The recipe `name` with these settings.
    package init(
        name: String = "points",
        settings: [(key: String, value: String)] = [
            ("global_batch", "10"), ("checkpoint.every", "0"), ("model.name", "linear"),
        ], classes: Int = 2
    ) {
        (self.name, self.classes) = (name, classes)
        self.settings = [("optimizer.learning_rate", "0.05"), ("optimizer.momentum", "0.9")] + settings
    }

    package func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws
        -> any TrainingTask
    {
        PointsTask(settings, classes: classes)
    }
}

package struct Points: Dataset {
    package let count = 40

    package init() {}

    package func batch(of samples: [Int]) -> LabeledPoints {
        let points = samples.map { (Float($0 * 7 % 40) / 20 - 1, Float($0 * 11 % 40) / 20 - 1) }
        return LabeledPoints(
            inputs: Tensor(points.flatMap { [$0.0, $0.1] }, shape: [samples.count, 2]),
            labels: Indices(points.map { $0.0 > $0.1 ? 1 : 0 }))
    }
}

package struct LabeledPoints: Sendable {
    package let inputs: Tensor
    package let labels: Indices

    package init(inputs: Tensor, labels: Indices) { (self.inputs, self.labels) = (inputs, labels) }
}

package struct PointsTask: TrainingTask {
    private let network: any Module
    package var model: any Parameterized { network }
    package let trainingData = Points()
    package let testData = Points()
    package let modelSummary: String
    package let dataSummary = "points"

    package init(_ settings: Settings, classes: Int) {
        var random = InitializationRandom(seed: settings.seed)
        modelSummary = settings.model.name
        network =
            switch settings.model.name {
            case "linear": Linear(2, classes, random: &random)
            case "wide": MultilayerPerceptron(widths: [2, 24, 20, classes], dropout: 0.2, random: &random)
            default: NormalizedNetwork(classes: classes, random: &random)
            }
    }

    package func loss(_ batch: LabeledPoints, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(network(batch.inputs, context), batch.labels)
    }

    package func evaluate(_ batch: LabeledPoints) -> EvaluationSums {
        let logits = network(batch.inputs)
        let loss = softmaxCrossEntropy(logits, batch.labels)
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: correctCount(logits, batch.labels),
            samples: batch.labels.count)
    }
}

/// A model with running statistics.
private struct NormalizedNetwork: Module {
    private let linear, head: Linear
    private let normalization = BatchNormalization(4, thenReLU: true)

    var parameters: ParameterTree {
        [
            "features": ParameterTree([("linear", linear), ("normalization", normalization)]),
            "head": head,
        ]
    }

    init(classes: Int, random: inout InitializationRandom) {
        linear = Linear(2, 4, random: &random)
        head = Linear(4, classes, random: &random)
    }

    func callAsFunction(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        head(normalization(linear(x, context), context), context)
    }
}

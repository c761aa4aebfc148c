import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension PrototypicalRecipe {
    /// From images to embeddings, whose nearest mean tells the class.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let (network, size) = (PrototypicalTask.network(settings), try LearnedImages(preparation).size)
        return ModelExport(
            network, "prototypical network for images of \(size.height)×\(size.width) pixels",
            functions: [
                ExportedFunction(
                    "model", "from images to embeddings",
                    input: .images("images", ["batch", .fixed(size.height), .fixed(size.width), 1]),
                    output: "embeddings", of: network)
            ],
            metadata: [
                "normalization": LearnedImages.normalization(.fashionMNIST),
                "classification": "the class whose mean of embeddings is nearest",
            ])
    }
}

extension MetaLearningRecipe {
    /// The perceptron that the tasks begin from.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let network = MetaLearningTask.network(settings)
        return ModelExport(
            network, "perceptron to be adapted to a task by gradient descent, \(settings.model.name)",
            functions: [
                ExportedFunction(
                    "model", "from points to values, before a task is learned",
                    inputs: [.numbers("points", ["batch", 1])], outputs: ["values"],
                    describe: { [network.describe($0[0], in: $1)] },
                    compute: { arguments in
                        let points = arguments[0].tensor
                        let values = network(
                            points.reshaped(to: [1, points.shape[0], 1]), network.weights(tasks: 1))
                        return [values.reshaped(to: [points.shape[0], 1])]
                    })
            ],
            metadata: [
                "adaptation":
                    "\(settings.meta.innerSteps) steps of gradient descent with the rate \(settings.meta.innerRate)"
            ])
    }
}

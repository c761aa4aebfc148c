import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension PrototypicalRecipe {
    /// From images to embeddings, whose nearest mean tells the class.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let (network, images) = (PrototypicalTask.network(settings), try LearnedImages(preparation))
        return try images.export(
            network, "prototypical network for images of \(images.size.height)×\(images.size.width) pixels",
            "from images to embeddings", from: .images, to: "embeddings", scale: .fashionMNIST, hasClasses: false,
            metadata: ["classification": "the class whose mean of embeddings is nearest"],
            describe: network.describe, compute: { network($0) })
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
                    "from points to values, before a task is learned", from: .numbers("points", ["batch", 1]),
                    to: "values", describe: network.describe,
                    compute: { points in
                        let values = network(
                            points.reshaped(to: [1, points.shape[0], 1]), network.weights(tasks: 1))
                        return values.reshaped(to: [points.shape[0], 1])
                    })
            ],
            metadata: [
                "adaptation":
                    "\(settings.meta.innerSteps) steps of gradient descent with the rate \(settings.meta.innerRate)"
            ])
    }
}

import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension SelfSupervisedRecipe {
    /// From images to features, with the embedding or the logits that they were trained through.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        guard let method = Encoder.Method(rawValue: settings.model.name) else {
            throw UnknownModel(name: settings.model.name, recipe: self)
        }
        let images = try LearnedImages(preparation)
        var random = InitializationRandom(seed: settings.seed)
        let network = Encoder(
            method, width: settings.model.width, classes: images.classes.count, settings.selfSupervised,
            random: &random)
        var export = ModelExport(
            network, "encoder of images, \(method.rawValue)",
            functions: [
                ExportedFunction(
                    "model", "from images of any size to features",
                    inputs: [.images("images", ["batch", "height", "width", 1])],
                    outputs: ["features", method == .supervised ? "logits" : "embedding"],
                    describe: { try network.describe($0[0], in: $1) },
                    compute: { arguments in
                        let features = network.features(arguments[0].tensor)
                        return [features, network.outputs(of: features)]
                    })
            ], metadata: ["normalization": LearnedImages.normalization(.unit)])
        export.metadata["image"] = "trained on \(images.size.height)×\(images.size.width)"
        if method == .supervised { try export.metadata.set("class_names", images.classes) }
        return export
    }
}

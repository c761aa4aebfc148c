import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension SelfSupervisedRecipe {
    /// From images to features, with the embedding or the logits that they were trained through.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let images = try LearnedImages(preparation)
        let network = try Encoder(settings, classes: images.classes.count)
        var export = ModelExport(
            network, "encoder of images, \(network.method.rawValue)",
            functions: [
                ExportedFunction(
                    "model", "from images of any size to features",
                    inputs: [.images("images", ["batch", "height", "width", 1])],
                    outputs: ["features", network.method == .supervised ? "logits" : "embedding"],
                    describe: { try network.describe($0[0], in: $1) },
                    compute: { arguments in
                        let features = network.features(arguments[0].tensor)
                        return [features, network.outputs(of: features)]
                    })
            ], metadata: ["normalization": LearnedImages.normalization(.unit)])
        export.metadata["image"] = "trained on \(images.size.height)×\(images.size.width)"
        if network.method == .supervised { try export.metadata.set("class_names", images.classes) }
        return export
    }
}

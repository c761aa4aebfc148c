import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension FashionMNISTRecipe {
    /// From normalized images to logits.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let schema = try ImageSchema(preparation)
        let network = try FashionMNISTNetwork(settings, schema)
        let (height, width) = (schema.height, schema.width)
        let input: GraphInput =
            network.layout == .vectors
            ? .numbers("images", ["batch", .fixed(height * width)])
            : .images("images", ["batch", .fixed(height), .fixed(width), 1])
        var export = ModelExport(
            network.model, "\(network.summary) for images of \(height)×\(width) pixels",
            functions: [
                ExportedFunction(
                    "model", "from images to the logits of their classes", input: input, output: "logits",
                    of: network.model)
            ])
        export.metadata["normalization"] =
            "(gray / 255 - \(FashionMNIST.mean)) / \(FashionMNIST.deviation), rows from the top"
        try export.metadata.set("class_names", schema.classes.names)
        return export
    }
}

extension LargeBatchRecipe {
    /// That of `fashion-mnist`.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        try images.makeExport(settings, preparation: preparation)
    }
}

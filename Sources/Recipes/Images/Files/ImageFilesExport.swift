import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension ImagesRecipe {
    /// From normalized images to logits.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let schema = try ImageFilesSchema(preparation ?? [:])
        let (network, form) = (try ImageNetwork(settings, schema), schema.form)
        let input: GraphInput =
            ImageNetwork.layout(settings) == .vectors
            ? .numbers("images", ["batch", .fixed(form.height * form.width * form.channels)])
            : .images("images", ["batch", .fixed(form.height), .fixed(form.width), .fixed(form.channels)])
        let colors = form.channels == 1 ? "gray" : "RGB"
        var export = ModelExport(
            network.model, "\(network.summary) for \(colors) images of \(form.height)×\(form.width) pixels",
            functions: [
                ExportedFunction(
                    "model", "from images to the logits of their classes", input: input, output: "logits",
                    of: network.model)
            ])
        let vectors = ImageNetwork.layout(settings) == .vectors ? ", channels innermost" : ""
        export.metadata["normalization"] =
            "(\(colors) / 255 - \(schema.statistics.mean)) / \(schema.statistics.deviation), rows from the top\(vectors)"
        export.metadata["resizing"] =
            form.fit == .stretch
            ? "to \(form.keptHeight)×\(form.keptWidth), then the center of \(form.height)×\(form.width)"
            : "to cover \(form.keptHeight)×\(form.keptWidth) with the same ratio of sides, then the center of "
                + "\(form.height)×\(form.width)"
        try export.metadata.set("class_names", schema.classes)
        return export
    }
}

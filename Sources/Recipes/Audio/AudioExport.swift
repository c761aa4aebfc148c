import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension AudioRecipe {
    /// From standardized log-mel features to logits.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let schema = try SoundSchema(preparation ?? [:])
        let (network, format) = (try AudioModel(settings, schema), schema.format)
        let time: GraphDimension = network.takesLengths ? "time" : .fixed(schema.frames)
        let features = GraphInput.numbers("features", ["batch", time, .fixed(format.bands)])
        let lengths = network.takesLengths ? [GraphInput.lengths("lengths", "batch", of: "time")] : []
        var export = ModelExport(
            network.model, "\(network.summary) for sounds",
            functions: [
                ExportedFunction(
                    "model", "from log-mel features, padded with any, to the logits of the classes",
                    inputs: [features] + lengths, outputs: ["logits"],
                    describe: { [try network.describe($0[0], lengths: $0.dropFirst().first, in: $1)] },
                    compute: { [network($0[0].tensor, lengths: $0.dropFirst().first?.indices, .inference())] })
            ])
        export.metadata["features"] =
            "log-mel at \(format.rate) Hz, window \(format.window), hop \(format.hop), transform of \(format.transformSize), "
            + "\(format.bands) bands"
        export.metadata["normalization"] = "(feature - mean) / deviation for each band"
        try export.metadata.set("mean", schema.mean)
        try export.metadata.set("deviation", schema.deviation)
        try export.metadata.set("class_names", schema.classes)
        return export
    }
}

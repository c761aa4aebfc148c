import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension ArrayRecipe {
    /// From standardized samples to logits or standardized numbers.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let schema = try ArraySchema(preparation ?? [:])
        let network = try ArrayModel(settings, schema)
        let output: String
        var metadata = Preparation()
        if !schema.mean.isEmpty {
            try metadata.set("mean", schema.mean)
            try metadata.set("deviation", schema.deviation)
        }
        switch schema.target {
        case .classes:
            output = "logits"
            try metadata.set("class_names", schema.classNames)
        case .numbers(let shape, let mean, let deviation):
            output = "values"
            metadata["target"] = "mean + deviation * value, reshaped to \(shape)"
            try metadata.set("target_mean", mean)
            try metadata.set("target_deviation", deviation)
        }
        let input = network.exportedInput
        metadata["normalization"] =
            (schema.mean.isEmpty ? "none" : "(x - mean) / deviation for each channel; 0 where the deviation is 0")
            + (input.isImage ? "; then channels first" : "; channels innermost")
        return ModelExport(
            network.model, network.summary,
            functions: [
                ExportedFunction(
                    "model", "from samples to \(output)", inputs: [input], outputs: [output],
                    describe: { [try network.describe($0[0], in: $1)] },
                    compute: { [network($0[0].tensor, .inference())] })
            ], metadata: metadata)
    }
}

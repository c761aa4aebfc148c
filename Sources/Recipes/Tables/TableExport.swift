import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension CSVRecipe {
    /// From prepared rows to logits, or to the standardized number.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let schema = try (preparation ?? [:]).value(TableModel.schema, as: TableSchema.self) { try $0.validate() }
        let table = try TableModel(settings, schema)
        let output: String
        var metadata = Preparation()
        // the columns in order, with what their values are standardized by, and their categories
        try metadata.set("schema", schema)
        switch schema.target {
        case .number(let mean, let deviation):
            output = "value"
            metadata["target"] = "\(schema.targetName) = \(mean) + \(deviation) * value"
        case .classes(let names):
            output = "logits"
            metadata["target"] = schema.targetName
            try metadata.set("class_names", names)
        }
        return ModelExport(
            table.model, "\(table.summary) for \(schema.targetName)",
            functions: [
                ExportedFunction(
                    "model", "from the prepared columns of rows to \(output)",
                    input: .numbers("rows", ["batch", .fixed(schema.width)]), output: output, of: table.model)
            ], metadata: metadata)
    }
}

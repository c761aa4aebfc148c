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

extension CSVRecipe {
    /// Explains rows of a table; `--index` picks some, numbered from 0.
    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        guard let export = try makeExport(settings, preparation: preparation) else { return nil }
        let schema = try (preparation ?? [:]).value(TableModel.schema, as: TableSchema.self) { try $0.validate() }
        let outputs =
            switch schema.target {
            case .number: [schema.targetName]
            case .classes(let names): names
            }
        return ExplainedModel(export, outputNames: outputs) { request in
            let inputs = try TableInputs(path: request.path, settings.csv.format, schema: schema)
            let wanted = request.testSamples.isEmpty ? nil : Set(request.testSamples)
            var (samples, done): ([ExplainedSample], Int) = ([], 0)
            while let (texts, rows) = try inputs.next(500) {
                for row in texts.indices where wanted?.contains(done + row) ?? true {
                    let input = rows.batch(of: [row]).inputs
                    samples.append(
                        ExplainedSample(
                            name: "row \(done + row)", arguments: [.tensor(input)],
                            parts: .named(schema.parts(of: input.values))))
                }
                done += texts.count
            }
            if let missing = request.testSamples.first(where: { $0 >= done }) {
                throw NoSuchRow(number: missing, count: done)
            }
            return samples
        }
    }
}

extension TableSchema {
    /// The columns of a prepared row, with their values in it.
    fileprivate func parts(of row: [Float]) -> [ExplainedSample.Part] {
        var start = 0
        return columns.map { column in
            let elements = start..<(start + column.kind.width)
            start = elements.upperBound
            let own = row[elements]
            let value =
                switch column.kind {
                case .numbers(let mean, let deviation, _): "\(Float(mean + Double(own.first ?? 0) * deviation))"
                case .categories(let names):
                    own.firstIndex(of: 1).map { names[$0 - elements.lowerBound] } ?? "(unknown)"
                case .dates, .presence: own.map { "\($0)" }.joined(separator: " ")
                }
            return ExplainedSample.Part(name: column.name, value: value, elements: elements)
        }
    }
}

/// There is no row of this number.
struct NoSuchRow: Error, CustomStringConvertible {
    let number, count: Int
    var description: String { "there is no row \(number); they are numbered from 0 to \(count - 1)" }
}

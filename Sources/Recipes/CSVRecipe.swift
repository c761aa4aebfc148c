public import Datasets
import Kernels
import Layers
import TensorEngine
public import Training

/// A table of comma-separated values: predicts one column from the others, a number or a class, with a perceptron.
public struct CSVRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `csv`
    public let name = "csv"
    /// In one line.
    public let summary =
        "predict a column (csv.target) of a table of comma-separated values (--data FILE): regression or classification"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("epochs", "50"), ("global_batch", "32"), ("data.test_fraction", "0.2"), ("optimizer.name", "adamw"),
        ("optimizer.learning_rate", "0.002"), ("optimizer.weight_decay", "0.01"), ("optimizer.decay", "matrices"),
        ("schedule.name", "cosine"),
    ]
    /// A perceptron.
    public let models = [RecipeModel("mlp", "perceptron", [("model.hidden", "[64, 32]")])]
    /// The data, with a part or a file of its own to test on, and the layers.
    public let uses = ["data.*", "csv.*", "loss.*", "model.hidden", "model.dropout"]

    /// The model, and the rows to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try TableTask(settings, preparation)
    }

    /// Adds predictions to the rows of a table.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        let schema = try (preparation ?? [:]).value(TableModel.schema, as: TableSchema.self)
        return TablePredictor(table: try TableModel(settings, schema), separator: settings.csv.separator.character)
    }
}

/// The model for a table.
struct TableModel {
    let schema: TableSchema
    let model: any Module
    let summary: String

    init(_ settings: Settings, _ schema: TableSchema) throws {
        guard settings.model.name == "mlp" else { throw UnknownModel(name: settings.model.name, recipe: CSVRecipe()) }
        let outputs =
            switch schema.target {
            case .number: 1
            case .classes(let names): names.count
            }
        let widths = [schema.width] + settings.model.hidden + [outputs]
        try MemoryNeed(perceptron: widths).check(settings)
        var random = InitialisationRandom(seed: settings.seed)
        model = MultilayerPerceptron(widths: widths, dropout: Float(settings.model.dropout), random: &random)
        self.schema = schema
        summary = "mlp \(widths.map(String.init).joined(separator: "-"))"
    }

    /// What the schema is saved as.
    static let schema = "schema"
}

extension Settings.Table.Separator {
    /// The character that stands between fields.
    var character: Character {
        switch self {
        case .comma: ","
        case .semicolon: ";"
        case .tab: "\t"
        }
    }
}

/// The model and the data of the recipe `csv`.
struct TableTask: TrainingTask {
    private let table: TableModel
    let trainingData, testData: TableRows
    let preparation: Preparation
    let dataSummary: String

    private let weighting: ClassWeighting?
    private let layers: Int

    var model: any Module { table.model }
    var modelSummary: String { table.summary }
    var meanings: [AxisMeaning] { table.schema.meanings(layers: layers) }
    var classNames: [String] { table.schema.classNames }

    init(_ settings: Settings, _ saved: Preparation?) throws {
        guard let path = settings.data.path else { throw MissingData(recipe: "csv", what: "a table") }
        let separator = settings.csv.separator.character
        let file = try CSVFile(path: path, separator: separator)
        let tests = try settings.data.testPath.map { try CSVFile(path: $0, separator: separator) }
        let parts = try SampleParts(settings, file.rows, tests?.rows, of: path, "rows")
        let schema =
            try saved?.value(TableModel.schema, as: TableSchema.self) ?? Self.schema(parts.training, file, settings.csv)
        table = try TableModel(settings, schema)
        func rows(_ rows: [CSVFile.Row], _ file: CSVFile) throws -> TableRows {
            TableRows(
                inputs: try schema.inputs(of: rows, in: file), width: schema.width,
                targets: try schema.targets(of: rows, in: file))
        }
        trainingData = try rows(parts.training, file)
        testData = try rows(parts.test, tests ?? file)
        layers = settings.model.hidden.count + 1
        var preparation = Preparation()
        try preparation.set(TableModel.schema, schema)
        if case .classes(let names) = schema.target {
            weighting = try ClassWeighting(
                settings, classes: names, counts: trainingData.classCounts(names.count) { $0.targets.map { Int($0) } },
                saved: saved)
            try weighting?.save(in: &preparation)
        } else {
            guard settings.loss.classWeights == .none else { throw ClassWeightsOfRegression(target: schema.targetName) }
            weighting = nil
        }
        self.preparation = preparation
        let task =
            switch schema.target {
            case .number: "regression of \(schema.targetName)"
            case .classes(let names): "classification of \(schema.targetName) (\(names.count) classes)"
            }
        dataSummary =
            "\(path), \(trainingData.count) rows to train on and \(testData.count) to test on, \(task) from \(schema.columns.count) columns"
    }

    private static func schema(_ rows: [CSVFile.Row], _ file: CSVFile, _ table: Settings.Table) throws -> TableSchema {
        let target = table.target ?? file.header[file.header.count - 1]
        var ignored: Set<String> = []
        for name in table.ignore?.split(separator: ",") ?? [] {
            let name = name.trimmingPrefix { $0 == " " }
            ignored.insert(file.header[try file.column(named: String(name), for: "csv.ignore")])
        }
        let task: TableSchema.Task =
            switch table.task {
            case .automatic: .automatic
            case .regression: .regression
            case .classification: .classification
            }
        return try TableSchema(of: rows, in: file, target: target, task: task, ignored: ignored)
    }

    func loss(_ batch: TableBatch, _ context: ForwardContext) -> SummedLoss {
        loss(model(batch.inputs, context), batch)
    }

    private func loss(_ outputs: Tensor, _ batch: TableBatch) -> SummedLoss {
        switch table.schema.target {
        case .number: squaredError(outputs, Tensor(batch.targets, shape: [batch.targets.count, 1]))
        case .classes:
            weighting?.weights.map { softmaxCrossEntropy(outputs, batch.labels, classWeights: $0) }
                ?? softmaxCrossEntropy(outputs, batch.labels)
        }
    }

    func evaluate(_ batch: TableBatch) -> EvaluationSums {
        let outputs = model(batch.inputs)
        guard case .number = table.schema.target else {
            return EvaluationSums(classifying: outputs, batch.labels, classWeights: weighting?.weights)
        }
        let loss = Double(loss(outputs, batch).sum.scalar)
        let targets = batch.targets.map(Double.init)
        return EvaluationSums(
            loss: loss, terms: Double(targets.count), correct: nil, samples: targets.count,
            details: [
                loss, Double(targets.count), targets.reduce(0, +), targets.reduce(0) { $0 + $1 * $1 },
            ])
    }

    /// The mean squared error in the units of the target, and `R² = 1 - Σ(ŷ - y)² / Σ(y - ȳ)²`.
    func metrics(_ details: [Double]) -> [String: Double] {
        guard case .number(_, let deviation) = table.schema.target, details.count == 4 else { return [:] }
        let (residual, count, sum, squares) = (details[0], details[1], details[2], details[3])
        let spread = squares - sum * sum / count
        return [
            "mean_squared_error": residual / count * deviation * deviation,
            "r_squared": spread > 0 ? 1 - residual / spread : 0,
        ]
    }
}

extension TableBatch {
    /// The numbers of the classes.
    fileprivate var labels: Indices { Indices(targets.map { Int32($0) }) }
}

/// Predicts a column of a table.
struct TablePredictor: Predictor {
    let table: TableModel
    let separator: Character

    var model: any Module { table.model }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let file = try CSVFile(path: request.path, separator: separator)
        let (schema, name) = (table.schema, "predicted_" + table.schema.targetName)
        let inputs = try schema.inputs(of: file.rows, in: file)
        switch schema.target {
        case .number: each(CSVText.row(file.header + [name]))
        case .classes: each(CSVText.row(file.header + [name, "probability"]))
        }
        for start in stride(from: 0, to: file.rows.count, by: 500) {
            let end = min(start + 500, file.rows.count)
            let outputs = model(
                Tensor(
                    Array(inputs[(start * schema.width)..<(end * schema.width)]), shape: [end - start, schema.width]))
            switch schema.target {
            case .number(let mean, let deviation):
                for (row, value) in zip(start..<end, outputs.values) {
                    each(CSVText.row(file.rows[row].fields + ["\(Float(mean + Double(value) * deviation))"]))
                }
            case .classes(let names):
                let probabilities = try Probabilities(outputs, of: "row \(start + 1)")
                for row in start..<end {
                    let label = probabilities.label(row - start)
                    each(
                        CSVText.row(
                            file.rows[row].fields + [names[label], "\(probabilities[row - start][label])"]))
                }
            }
        }
    }
}

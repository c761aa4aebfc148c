import Datasets
import Layers
import Settings
import TensorEngine
import Training

/// The model and the data of the recipe `csv`.
struct TableTask: TrainingTask {
    private let table: TableModel
    let trainingData, testData: TableRows
    let preparation: Preparation
    let dataSummary: String
    let dataNotes: [String]
    private let weighting: ClassWeighting?
    var classBalance: ClassBalance? { weighting?.balance }
    /// How many linear layers the perceptron has.
    private let layers: Int

    var model: any Parameterized { table.model }
    var modelSummary: String { table.summary }
    var meanings: [AxisMeaning] { table.schema.meanings(layers: layers) }
    var classNames: [String] { table.schema.classNames }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else { throw MissingData(recipe: "csv", what: "a table") }
        let request = try TableRequest(settings, path: path, saved)
        let data = try loader.load(path) {
            try PackedTable.read(request, settings: settings.ofTables)
                ?? TableData(request) { loader.progress(done: $0, of: $1) }
        }
        (trainingData, testData) = (data.training, data.test)
        let schema = data.notes.schema
        table = try TableModel(settings, schema)
        dataNotes = data.notes.lines
        var preparation = Preparation()
        try preparation.set(TableModel.schema, schema)
        layers = settings.model.hidden.count + 1
        if case .classes(let names) = schema.target {
            weighting = try ClassWeighting(
                settings, classes: names, labels: trainingData.classLabels { $0.labels.values.map { Int($0) } },
                saved: saved)
            try weighting?.save(in: &preparation)
        } else {
            try ClassificationLossOfRegression.check(settings, schema.targetName)
            weighting = nil
        }
        self.preparation = preparation
        let task =
            switch schema.target {
            case .number: "regression of \(schema.targetName)"
            case .classes(let names): "classification of \(schema.targetName) (\(names.count) classes)"
            }
        dataSummary =
            "\(path), \(trainingData.count) rows to train on and \(testData.count) to test on, \(task) from \(schema.columns.count) \(schema.columns.count == 1 ? "column" : "columns")"
    }

    func loss(_ batch: TableBatch, _ context: ForwardContext) -> SummedLoss {
        let outputs = table.model(batch.inputs, context)
        guard let weighting, weighting.kind != .crossEntropy else { return loss(outputs, batch) }
        return classificationLoss(
            weighting.kind, outputs, Indices(batch.labels.values.map { max($0, -1) }), classWeights: weighting.weights,
            sampleWeights: batch.weights, ignoredLabel: -1)
    }

    private func loss(_ outputs: Tensor, _ batch: TableBatch) -> SummedLoss {
        table.loss(outputs, batch, classWeights: weighting?.weights?.values)
    }

    func evaluate(_ batch: TableBatch) -> EvaluationSums {
        let outputs = table.model(batch.inputs)
        return table.scores(outputs, loss(outputs, batch), batch)
    }

    func merged(_ details: [Double], _ others: [Double]) -> [Double] { table.merged(details, others) }

    func metrics(_ details: [Double]) -> [String: Double] { table.metrics(details) }
}

extension TableRequest {
    /// What the settings ask for; `saved` is what a saved run has learned of its columns.
    init(_ settings: Settings, path: String, _ saved: Preparation?) throws {
        let format = settings.csv.format
        if format.decimal == format.thousands { throw SameSign() }
        let task: TableSchema.Task =
            switch settings.csv.task {
            case .automatic: .automatic
            case .regression: .regression
            case .classification: .classification
            }
        self.init(
            path: path, format: format, task: task, testFraction: settings.data.testFraction, seed: settings.seed)
        (testPath, target, weight) = (settings.data.testPath, settings.csv.target, settings.csv.weight)
        schema = try saved?.value(TableModel.schema, as: TableSchema.self) { try $0.validate() }
    }
}

extension Settings {
    /// The settings that the numbers of a table follow from, their texts by their keys.
    var ofTables: [String: String] {
        flat.filter { $0.key.hasPrefix("csv.") || ["seed", "data.test_fraction"].contains($0.key) }
    }
}

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
        switch table.schema.target {
        case .number(let mean, let deviation):
            let targets = batch.targets.map { Float(($0 - mean) / deviation) }
            let expected = Tensor(targets, shape: [targets.count, 1])
            guard let weights = batch.weights else { return squaredError(outputs, expected) }
            let difference = outputs - expected
            return SummedLoss(
                sum: (difference * difference * Tensor(weights, shape: [weights.count, 1])).sum(),
                weightSum: weights.reduce(0.0) { $0 + Double($1) })
        case .classes:
            let labels = batch.labels
            let classWeights = weighting?.weights?.values
            guard batch.weights != nil || classWeights != nil || labels.values.contains(where: { $0 < 0 }) else {
                return softmaxCrossEntropy(outputs, labels)
            }
            // a class that was not learned has no loss
            let weights = labels.values.enumerated().map { row, label in
                label < 0 ? 0 : (batch.weights?[row] ?? 1) * (classWeights?[Int(label)] ?? 1)
            }
            let losses = outputs.softmaxCrossEntropy(labels: Indices(labels.values.map { max(0, $0) }))
            return SummedLoss(sum: (losses * Tensor(weights)).sum(), weightSum: weights.reduce(0.0) { $0 + Double($1) })
        }
    }

    func evaluate(_ batch: TableBatch) -> EvaluationSums {
        let outputs = table.model(batch.inputs)
        let loss = loss(outputs, batch)
        guard case .number(let mean, let deviation) = table.schema.target else {
            return classificationSums(outputs, loss, batch)
        }
        var scores = RegressionScores()
        for (row, (output, target)) in zip(outputs.values, batch.targets).enumerated() {
            scores.add(
                prediction: mean + Double(output) * deviation, target: target,
                weight: batch.weights.map { Double($0[row]) } ?? 1)
        }
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: nil, samples: batch.targets.count,
            details: scores.details)
    }

    /// The sums of a classification; a row of a class that was not learned counts as wrong.
    private func classificationSums(_ outputs: Tensor, _ loss: SummedLoss, _ batch: TableBatch) -> EvaluationSums {
        let labels = batch.labels
        let classified = ClassifiedSamples(outputs, labels)
        var sums = EvaluationSums(
            loss: classified.areFinite ? Double(loss.sum.scalar) : .nan, terms: loss.count,
            correct: classified.correct, samples: labels.count)
        sums.classified = classified
        if let weights = batch.weights {
            let right = labels.values.enumerated().map { classified.predictions[$0] == $1 ? Double(weights[$0]) : 0 }
            sums.details = [right.reduce(0, +), weights.reduce(0.0) { $0 + Double($1) }]
        }
        return sums
    }

    func merged(_ details: [Double], _ others: [Double]) -> [Double] {
        guard case .number = table.schema.target, let first = RegressionScores(details),
            let second = RegressionScores(others)
        else { return zip(details, others).map { $0 + $1 } }
        return first.merged(with: second).details
    }

    /// Of numbers the mean squared error in the units of the target, and R²; of weighted classes the weighted accuracy.
    func metrics(_ details: [Double]) -> [String: Double] {
        if case .number = table.schema.target { return RegressionScores(details)?.metrics ?? [:] }
        return details.count == 2 && details[1] > 0 ? ["weighted_accuracy": details[0] / details[1]] : [:]
    }
}

extension TableBatch {
    /// The numbers of the classes.
    fileprivate var labels: Indices { Indices(targets.map { Int32($0) }) }
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

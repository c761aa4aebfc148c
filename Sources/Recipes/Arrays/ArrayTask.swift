import Datasets
import Layers
import Messages
import Settings
import TensorEngine
import Training

/// The model and the data of the recipe `arrays`.
struct ArrayTask: TrainingTask {
    private let network: ArrayModel
    let trainingData, testData: ArraySamples
    let preparation: Preparation
    let dataSummary: String
    let dataNotes: [String]
    let classNames: [String]
    private let weighting: ClassWeighting?
    var classBalance: ClassBalance? { weighting?.balance }

    var model: any Parameterized { network.model }
    var modelSummary: String { network.summary }

    var meanings: [AxisMeaning] {
        guard case .numbers(let shape, let mean, let deviation) = network.schema.target else {
            return [.classes(classNames, outputsOf: network.outputLayer)]
        }
        let entries = mean.indices.map { index in
            AxisMeaning.Entry("\(index) of \(shape)", .init(mean: mean[index], deviation: deviation[index]))
        }
        return [
            AxisMeaning(
                "target", entries,
                at: [
                    AxisMeaning.Place("\(network.outputLayer).weight", axis: 1),
                    AxisMeaning.Place("\(network.outputLayer).bias", axis: 0, isOutputBias: true),
                ])
        ]
    }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else {
            throw MissingData(recipe: "arrays", what: "inputs and targets as arrays of NumPy")
        }
        let request = try ArrayRequest(settings, path: path, saved)
        let data = try loader.load(path) { try ArrayData(request) }
        (trainingData, testData) = (data.training, data.test)
        let schema = data.notes.schema
        network = try ArrayModel(settings, schema)
        dataNotes = data.notes.lines
        classNames = schema.classNames
        var preparation = Preparation()
        try preparation.set(ArraySchema.name, schema)
        let task: String
        switch schema.target {
        case .classes:
            weighting = try ClassWeighting(
                settings, classes: classNames, labels: trainingData.classLabels, saved: saved)
            try weighting?.save(in: &preparation)
            task = "classification (\(Readable.count(classNames.count)) \(classNames.count == 1 ? "class" : "classes"))"
        case .numbers(let shape, _, _):
            try ClassificationLossOfRegression.check(settings, "the array")
            weighting = nil
            task = "regression of \(shape.isEmpty ? "1 number" : "numbers of the shape \(shape)")"
        }
        self.preparation = preparation
        dataSummary =
            "\(path), \(Readable.count(trainingData.count, of: "sample")) to train on and \(Readable.count(testData.count)) to "
            + "test on, \(task) from samples of the shape \(schema.inputShape)"
    }

    func loss(_ batch: ArraySamples.Batch, _ context: ForwardContext) -> SummedLoss {
        loss(network(batch.inputs, context), batch)
    }

    private func loss(_ outputs: Tensor, _ batch: ArraySamples.Batch) -> SummedLoss {
        guard case .numbers(_, let mean, let deviation) = network.schema.target else {
            let labels = Indices(batch.labels)
            return weighting?.loss(outputs, labels) ?? softmaxCrossEntropy(outputs, labels)
        }
        let width = mean.count
        let targets = batch.targets.enumerated().map { index, value in
            Float((value - mean[index % width]) / deviation[index % width])
        }
        return squaredError(outputs, Tensor(targets, shape: outputs.shape))
    }

    func evaluate(_ batch: ArraySamples.Batch) -> EvaluationSums {
        let outputs = network(batch.inputs, .inference())
        guard case .numbers(_, let mean, let deviation) = network.schema.target else {
            return EvaluationSums(classifying: outputs, Indices(batch.labels), classWeights: weighting?.weights)
        }
        let (loss, width) = (loss(outputs, batch), mean.count)
        var scores = [RegressionScores](repeating: RegressionScores(), count: min(width, Self.mostScores))
        var squares = 0.0
        for (index, (output, target)) in zip(outputs.values, batch.targets).enumerated() {
            let column = index % width
            let prediction = mean[column] + Double(output) * deviation[column]
            squares += (prediction - target) * (prediction - target)
            if width <= Self.mostScores { scores[column].add(prediction: prediction, target: target, weight: 1) }
        }
        return EvaluationSums(
            loss, samples: batch.inputs.shape[0],
            details: width <= Self.mostScores ? scores.flatMap(\.details) : [squares, Double(batch.targets.count)])
    }

    /// The most outputs of which each has a score of its own.
    private static let mostScores = 256
    private static let detailCount = RegressionScores().details.count

    func merged(_ details: [Double], _ others: [Double]) -> [Double] {
        guard let first = Self.scores(details), let second = Self.scores(others), first.count == second.count else {
            return zip(details, others).map { $0 + $1 }
        }
        return zip(first, second).flatMap { $0.merged(with: $1).details }
    }

    private static func scores(_ details: [Double]) -> [RegressionScores]? {
        guard !details.isEmpty, details.count.isMultiple(of: detailCount) else { return nil }
        return stride(from: 0, to: details.count, by: detailCount).compactMap {
            RegressionScores(Array(details[$0..<($0 + detailCount)]))
        }
    }

    /// Of numbers the mean squared error in the units of the targets, and R²: the mean over the outputs, as scikit-learn's
    /// `r2_score`; none where there are more than 256 outputs.
    func metrics(_ details: [Double]) -> [String: Double] {
        guard case .numbers = network.schema.target else { return [:] }
        guard let scores = Self.scores(details) else {
            return details.count == 2 && details[1] > 0 ? ["mean_squared_error": details[0] / details[1]] : [:]
        }
        let metrics = scores.map(\.metrics)
        return Dictionary(
            uniqueKeysWithValues: ["mean_squared_error", "r_squared"].compactMap { name in
                let values = metrics.compactMap { $0[name] }
                return values.count == scores.count ? (name, values.reduce(0, +) / Double(values.count)) : nil
            })
    }
}

extension ArrayRequest {
    /// What the settings ask for; `saved` is what a saved run has learned of its arrays.
    init(_ settings: Settings, path: String, _ saved: Preparation?) throws {
        self.init(path: path, testFraction: settings.data.testFraction, seed: settings.seed)
        let arrays = settings.arrays
        (testPath, inputs, targets) = (settings.data.testPath, arrays.inputs, arrays.targets)
        standardizes = arrays.standardize
        channels = arrays.axis
        task =
            switch arrays.task {
            case .automatic: .automatic
            case .regression: .regression
            case .classification: .classification
            }
        schema = try saved.map { try ArraySchema($0) }
    }
}

extension ArraySettings {
    /// The axis of the channels, for the reader.
    var axis: ArrayRequest.Channels {
        switch channels {
        case .last: .last
        case .first: .first
        case .none: .none
        }
    }
}

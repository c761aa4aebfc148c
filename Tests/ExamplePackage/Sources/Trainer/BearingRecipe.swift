import Lockstep

/// Learns from recordings of vibrations how many hours a bearing has left.
struct BearingRecipe: Recipe {
    let name = "bearings"
    let summary = "estimate the remaining life of bearings from a folder of recordings (--data FOLDER)"
    let settings: [(key: String, value: String)] = [
        ("global_batch", "16"), ("epochs", "20"), ("data.test_fraction", "0.2"), ("model.context", "128"),
        ("model.width", "16"), ("model.layers", "3"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.003"), ("clip.global_norm", "1"),
    ]
    let uses = ["data.path", "data.test_fraction", "model.context", "model.width", "model.layers"]
    let settingsGroups: [any SettingsGroup.Type] = [BearingSettings.self]
    let prediction: String? = "a folder of recordings or one file, to name TAB hours TAB deviation"

    func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask {
        try BearingTask(settings, preparation, loader)
    }

    func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        BearingPredictor(
            network: BearingNetwork(settings),
            scales: try (preparation ?? [:]).value(BearingTask.scales, as: Scales.self),
            window: settings.model.context)
    }

    func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let network = BearingNetwork(settings)
        let scales = try (preparation ?? [:]).value(BearingTask.scales, as: Scales.self)
        var export = ModelExport(
            network, "\(settings.model.layers) gated convolutions",
            functions: [
                ExportedFunction(
                    "model", "from standardized vibrations and conditions to the standardized hours left",
                    inputs: [
                        .numbers("vibrations", ["batch", .fixed(settings.model.context), 1]),
                        .numbers("conditions", ["batch", 2]),
                    ], outputs: ["mean", "log_variance"],
                    describe: { try network.describe($0[0], $0[1], in: $1) },
                    compute: { arguments in
                        let outputs = network(arguments[0].tensor, arguments[1].tensor, .inference())
                        return [outputs.mean, outputs.logVariance]
                    })
            ])
        try export.metadata.set(BearingTask.scales, scales)
        return export
    }
}

/// The network and its recordings.
struct BearingTask: TrainingTask {
    /// The name under which a checkpoint has the scales of the data.
    static let scales = "scales"

    let network: BearingNetwork
    let trainingData, testData: BearingData
    let preparation: Preparation
    let modelSummary, dataSummary: String

    var model: any Parameterized { network }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else { throw NoRecordings() }
        let window = settings.model.context
        let recordings = try loader.load(path) {
            try Recordings(path: path, window: window, labeled: true) { loader.progress(done: $0, of: $1) }
        }
        let split = TestSplit(
            count: recordings.count, testFraction: settings.data.testFraction, seed: settings.seed)
        let scales =
            try saved?.value(Self.scales, as: Scales.self)
            ?? Scales(recordings, members: split.training, window: window)
        func part(_ members: [Int]) -> BearingData {
            BearingData(recordings: recordings, members: members, window: window, scales: scales)
        }
        (trainingData, testData) = (part(split.training), part(split.test))
        var preparation = Preparation()
        try preparation.set(Self.scales, scales)
        self.preparation = preparation
        network = BearingNetwork(settings)
        modelSummary = "\(settings.model.layers) gated convolutions of \(settings.model.width) channels"
        dataSummary =
            "\(path), \(trainingData.count) recordings to train on and \(testData.count) to test on, \(window) samples each"
    }

    /// The loss in units of the training data's deviation.
    private func loss(_ outputs: (mean: Tensor, logVariance: Tensor), _ batch: BearingData.Batch) -> SummedLoss {
        let scale = trainingData.scales.hours
        let targets = batch.hours.map { ($0 - scale.mean) / scale.deviation }
        return gaussianNegativeLogLikelihood(
            mean: outputs.mean, logVariance: outputs.logVariance, targets: Tensor(targets, shape: [targets.count, 1]))
    }

    func loss(_ batch: BearingData.Batch, _ context: ForwardContext) -> SummedLoss {
        loss(network(batch.vibrations, batch.conditions, context), batch)
    }

    func evaluate(_ batch: BearingData.Batch) -> EvaluationSums {
        let outputs = network(batch.vibrations, batch.conditions, .inference())
        let loss = loss(outputs, batch)
        var scores = RemainingLifeScores()
        for (estimate, hours) in zip(RemainingLife.all(outputs, trainingData.scales), batch.hours) {
            scores.add(mean: estimate.hours, deviation: estimate.deviation, target: Double(hours))
        }
        return EvaluationSums(
            loss: Double(loss.sum.scalar), terms: loss.count, correct: nil, samples: batch.hours.count,
            details: scores.details)
    }

    func metrics(_ details: [Double]) -> [String: Double] { RemainingLifeScores.metrics(details) }
}

/// No recordings were named.
private struct NoRecordings: Error, CustomStringConvertible {
    var description: String { "the recipe bearings needs recordings: name their folder (--data FOLDER)" }
}

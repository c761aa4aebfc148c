import Datasets
import Layers
import Messages
import Settings
import TensorEngine
import Training

/// The model and the data of the recipe `audio`.
struct AudioTask: TrainingTask {
    private let network: AudioModel
    let trainingData, testData: SoundClips
    let preparation: Preparation
    let dataSummary: String
    let dataNotes: [String]
    private let weighting: ClassWeighting
    var classBalance: ClassBalance? { weighting.balance }

    var model: any Parameterized { network.model }
    var modelSummary: String { network.summary }
    var classNames: [String] { network.schema.classes }
    var meanings: [AxisMeaning] { [.classes(classNames, outputsOf: "output")] }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else {
            throw MissingData(recipe: "audio", what: "a folder of sounds, or a table of path and label")
        }
        let request = try SoundRequest(settings, path: path, saved)
        let data = try loader.load(path) { try SoundData(request) { loader.progress(done: $0, of: $1) } }
        let schema = data.notes.schema
        if saved == nil { try DatasetError.checkClasses(schema.classes, path: path) }
        network = try AudioModel(settings, schema)
        var (training, test) = (data.training, data.test)
        (training.beginsAtStart, test.beginsAtStart) = (network.takesLengths, network.takesLengths)
        training.augmentation = (SoundAugmentation(settings.audio), settings.seed)
        (trainingData, testData) = (training, test)
        dataNotes = data.notes.lines
        var preparation = Preparation()
        try preparation.set(SoundSchema.name, schema)
        weighting = try ClassWeighting(
            settings, classes: schema.classes, labels: training.classLabels, saved: saved)
        try weighting.save(in: &preparation)
        self.preparation = preparation
        let format = schema.format
        let seconds = Double(schema.frames * format.hop) / Double(format.rate)
        dataSummary =
            "\(path), \(Readable.count(training.count, of: "recording")) to train on and \(Readable.count(test.count)) to test on at "
            + "\(Readable.count(format.rate)) Hz, \(Readable.count(schema.classes.count)) classes; clips of \(Readable.significant(seconds)) s: "
            + "\(schema.frames) frames of \(format.bands) mel bands"
    }

    func loss(_ batch: SoundClips.Batch, _ context: ForwardContext) -> SummedLoss {
        weighting.loss(network(batch, context), Indices(batch.labels))
    }

    func evaluate(_ batch: SoundClips.Batch) -> EvaluationSums {
        EvaluationSums(
            classifying: network(batch, .inference()), Indices(batch.labels), classWeights: weighting.weights)
    }
}

extension SoundRequest {
    /// What the settings ask for; `saved` is what a saved run has learned of its recordings.
    init(_ settings: Settings, path: String, _ saved: Preparation?) throws {
        self.init(path: path, testFraction: settings.data.testFraction, seed: settings.seed)
        let audio = settings.audio
        testPath = settings.data.testPath
        naming = audio.pattern.flatMap { FileNaming(pattern: $0, test: audio.test) }
        (seconds, windowMilliseconds, hopMilliseconds) = (audio.seconds, audio.window, audio.hop)
        bands = audio.bands
        schema = try saved.map { try SoundSchema($0) }
    }
}

extension SoundAugmentation {
    /// That of the settings.
    init(_ audio: AudioSettings) {
        self.init()
        (shifts, timeMask, bandMask) = (audio.shift, audio.timeMask, audio.bandMask)
    }
}

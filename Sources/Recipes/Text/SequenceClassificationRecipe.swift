public import Datasets
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// Classifies texts of different lengths: a file with a label, a TAB and a text on each line; a directory with a text file for
/// each class, one text a line; or a directory with a directory for each class, a file for each text.
public struct SequenceClassificationRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `sequence-classification`
    public let name = "sequence-classification"
    /// In one line.
    public let summary =
        "classify texts: lines of label TAB text (--data FILE), or a file or directory for each class (--data DIRECTORY)"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "32"), ("epochs", "10"), ("model.width", "64"), ("model.context", "128"),
        ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.002"), ("schedule.name", "cosine"),
        ("clip.global_norm", "1"),
    ]
    /// Recurrent networks in both directions, and a transformer's encoder.
    public let models = [
        RecipeModel("lstm", "long short-term memory in both directions", [("model.layers", "1")]),
        RecipeModel("gru", "gated recurrent units in both directions", [("model.layers", "1")]),
        RecipeModel("rnn", "Elman's network in both directions", [("model.layers", "1")]),
        RecipeModel(
            "transformer", "transformer encoder, the mean of its places",
            [
                ("model.layers", "2"), ("model.heads", "4"), ("optimizer.learning_rate", "0.001"),
                ("schedule.warmup_steps", "50"),
            ], uses: ["model.heads"]),
    ]
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [TextSettings.self, LossSettings.self]
    /// The data, with a part or a file of its own to test on, and the sizes.
    public let uses = ["data.*", "model.layers", "model.width", "model.context", "model.dropout"]

    /// The model, and the texts to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try SequenceClassificationTask(settings, preparation, loader)
    }

    public let prediction: String? = "lines, to label TAB probability TAB line"

    /// Labels lines of text.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        let saved = try TextClassifier.saved(preparation ?? [:])
        return TextLabeler(
            classifier: try TextClassifier(settings, vocabulary: saved.vocabulary, classes: saved.classes))
    }
}

/// A classifier of texts, with its tokens and classes.
struct TextClassifier {
    let vocabulary: TokenVocabulary
    let classes: [String]
    let network: SequenceClassifier
    let context: Int

    /// - Parameters:
    ///   - longest: the tokens of the longest text; nil where nothing is trained.
    ///   - dataBytes: what the data take.
    init(_ settings: Settings, vocabulary: TokenVocabulary, classes: [String], longest: Int? = nil, dataBytes: Int = 0)
        throws
    {
        let sizes = settings.model
        (self.vocabulary, self.classes, context) = (vocabulary, classes, sizes.context)
        let layers = Double(sizes.layers)
        var need = MemoryNeed(
            parameters: Double(vocabulary.count) * Double(sizes.width),
            settings: "model.layers, model.width and model.context")
        need.data = Double(dataBytes)
        let kind: SequenceClassifier.Kind
        let seen = Double(min(longest ?? 0, sizes.context))
        if let recurrent = RecurrentKind(rawValue: sizes.name) {
            kind = .recurrent(recurrent)
            // in both directions
            need.parameters += 2 * layers * recurrent.parameterCount(inputs: sizes.width, hidden: sizes.width)
            need.activations = 2 * layers * seen * recurrent.activationCount(hidden: sizes.width)
        } else if sizes.name == "transformer" {
            try need.addEncoder(sizes, seen: seen)
            kind = .transformer(heads: sizes.heads, context: PaddedTokens.paddedLength(of: sizes.context))
        } else {
            throw UnknownModel(name: sizes.name, recipe: SequenceClassificationRecipe())
        }
        try need.check(settings)
        var random = InitializationRandom(seed: settings.seed)
        network = SequenceClassifier(
            kind, vocabulary: vocabulary.count, classes: classes.count, width: sizes.width, layers: sizes.layers,
            dropout: Float(sizes.dropout), random: &random)
    }

    /// The vocabulary and the classes that were saved with a model.
    static func saved(_ preparation: Preparation) throws -> (vocabulary: TokenVocabulary, classes: [String]) {
        let classes = try preparation.value("classes", as: [String].self) { (names: [String]) throws in
            try VocabularyFlaw.check(names, atLeast: 2, "class")
        }
        return (try preparation.value("vocabulary", as: TokenVocabulary.self), classes)
    }

    func callAsFunction(_ sequences: [[Int32]], _ context: ForwardContext) -> Tensor {
        let padded = PaddedTokens(sequences)
        return network(padded.tokens, lengths: padded.lengths, context)
    }
}

/// The model and the data of the recipe `sequence-classification`.
struct SequenceClassificationTask: TrainingTask {
    private let classifier: TextClassifier
    let trainingData, testData: LabeledSequences
    let preparation: Preparation
    let modelSummary, dataSummary: String
    let dataNotes: [String]

    private let weighting: ClassWeighting
    var classBalance: ClassBalance? { weighting.balance }

    var model: any Parameterized { classifier.network }
    var classNames: [String] { classifier.classes }

    var meanings: [AxisMeaning] {
        let vocabulary = classifier.vocabulary
        return [
            .tokens(vocabulary.unit.rawValue, vocabulary.names, [("tokens.weight", 0)], of: model),
            .classes(classifier.classes, outputsOf: "output"),
        ]
    }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else {
            throw MissingData(recipe: "sequence-classification", what: "texts with labels")
        }
        let context = settings.model.context
        let data = try loader.load(path) {
            let corpus = try LabeledTextCorpus(
                path: path, testPath: settings.data.testPath, unit: settings.text.unit(for: "sequence-classification")
            ) {
                loader.progress(done: $0, of: $1)
            }
            if saved == nil { try corpus.checkColumns() }
            let parts = try SampleParts(
                settings, Array(corpus.labels.indices), corpus.testCount.map { Array(0..<$0) },
                labels: corpus.labels.map(Int.init), of: path, "text")
            return try corpus.prepared(
                training: parts.training, test: parts.test, saved: saved.map(TextClassifier.saved),
                limit: settings.text.vocabulary, context: context)
        }
        (trainingData, testData) = (data.training, data.test)
        let notes = data.notes
        let (vocabulary, classes) = (notes.vocabulary, notes.classes)
        classifier = try TextClassifier(
            settings, vocabulary: vocabulary, classes: classes,
            longest: max(notes.trainingCounts.longest, notes.testCounts.longest), dataBytes: data.byteCount)
        var preparation = Preparation()
        try preparation.set("vocabulary", vocabulary)
        try preparation.set("classes", classes)
        weighting = try ClassWeighting(
            settings, classes: classes, labels: trainingData.classLabels { $0.labels.map { Int($0) } },
            saved: saved)
        try weighting.save(in: &preparation)
        self.preparation = preparation
        modelSummary =
            "\(settings.model.name) of \(settings.model.layers) layers, width \(settings.model.width), for at most \(context) \(vocabulary.unit.rawValue)"
        dataSummary =
            "\(path), \(trainingData.count) texts to train on and \(testData.count) to test on, \(classes.count) classes, \(vocabulary.count) tokens"
        dataNotes =
            [
                TextNotes.reading(notes.reading, path),
                notes.testReading.flatMap { TextNotes.reading($0, settings.data.testPath ?? path) },
                TextNotes.prepared(
                    notes.trainingCounts, "training texts", context: context, isVocabularyGiven: saved != nil),
                TextNotes.prepared(notes.testCounts, "test texts", context: context, isVocabularyGiven: true),
            ].compactMap { $0 }
            + TextNotes.classes(classes, training: notes.trainingOfClass, test: notes.testOfClass)
    }

    func loss(_ batch: LabeledSequenceBatch, _ context: ForwardContext) -> SummedLoss {
        weighting.loss(classifier(batch.sequences, context), Indices(batch.labels))
    }

    func evaluate(_ batch: LabeledSequenceBatch) -> EvaluationSums {
        batch.groups(of: 50).map { group in
            EvaluationSums(
                classifying: classifier(group.sequences, .inference()), Indices(group.labels),
                classWeights: weighting.weights)
        }.total
    }
}

/// Labels lines of text: the label, its probability and the text, with TABs between them.
struct TextLabeler: RowPredictor {
    let classifier: TextClassifier

    var model: any Parameterized { classifier.network }
    var predicted: PredictedNumbers { .classes(classifier.classes) }
    let inputName = "text"

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        try forEach(request) { line, label, values in each("\(classifier.classes[label])\t\(values[label])\t\(line)") }
    }

    func predictRows(_ request: PredictionRequest, each: (String, [Double]) throws -> Void) throws {
        try forEach(request) { line, _, values in try each(line, values.map { Double($0) }) }
    }

    /// Each line, its likeliest class and the probabilities of all.
    private func forEach(_ request: PredictionRequest, _ body: (String, Int, [Float]) throws -> Void) throws {
        var counts = TextCounts()
        try request.forEachBlock(of: 50) { block in
            let sequences = block.map {
                counts.prepare($0, classifier.vocabulary, context: classifier.context)
            }
            let probabilities = try Probabilities(
                classifier(sequences, .inference()), of: "the text \(block[0].prefix(40))")
            for (row, line) in block.enumerated() { try body(line, probabilities.label(row), probabilities[row]) }
        }
        if let note = TextNotes.predicted(counts, context: classifier.context) { RunWarning.print(note) }
    }
}

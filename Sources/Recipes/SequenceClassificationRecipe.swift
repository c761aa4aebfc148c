public import Datasets
import Foundation
import Kernels
import Layers
import TensorEngine
public import Training

/// Classifies texts of different lengths: a file with a label, a TAB and a text on each line, or a directory with a text file
/// for each class, one text a line.
public struct SequenceClassificationRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `sequence-classification`
    public let name = "sequence-classification"
    /// In one line.
    public let summary =
        "classify texts: lines of label TAB text (--data FILE), or a file for each class, a text a line (--data DIRECTORY)"
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
    /// The data, with a part or a file of its own to test on, their tokens, and the sizes.
    public let uses = ["data.*", "text.*", "model.layers", "model.width", "model.context", "model.dropout"]

    /// The model, and the texts to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try SequenceClassificationTask(settings, preparation)
    }

    /// Labels lines of text.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        let saved = preparation ?? [:]
        return TextLabeller(
            classifier: try TextClassifier(
                settings, vocabulary: saved.value("vocabulary", as: TokenVocabulary.self),
                classes: saved.value("classes", as: [String].self)))
    }
}

/// A classifier of texts, with its tokens and classes.
struct TextClassifier {
    let vocabulary: TokenVocabulary
    let classes: [String]
    let network: SequenceClassifier
    let context: Int

    init(_ settings: Settings, vocabulary: TokenVocabulary, classes: [String]) throws {
        let sizes = settings.model
        (self.vocabulary, self.classes, context) = (vocabulary, classes, sizes.context)
        let (width, layers) = (Double(sizes.width), Double(sizes.layers))
        var need = MemoryNeed(
            parameters: Double(vocabulary.count) * width, settings: "model.layers, model.width and model.context")
        let kind: SequenceClassifier.Kind
        if let recurrent = RecurrentKind(rawValue: sizes.name) {
            kind = .recurrent(recurrent)
            need.parameters += 2 * layers * recurrent.parameterCount(inputs: sizes.width, hidden: sizes.width)
        } else if sizes.name == "transformer" {
            try UnevenHeads.check(sizes)
            let places = PaddedTokens.paddedLength(of: sizes.context)
            kind = .transformer(heads: sizes.heads, context: places)
            need.parameters += 12 * layers * width * width + Double(places) * width
        } else {
            throw UnknownModel(name: sizes.name, recipe: SequenceClassificationRecipe())
        }
        try need.check(settings)
        var random = InitialisationRandom(seed: settings.seed)
        network = SequenceClassifier(
            kind, vocabulary: vocabulary.count, classes: classes.count, width: sizes.width, layers: sizes.layers,
            dropout: Float(sizes.dropout), random: &random)
    }

    /// The tokens of a text, as many as are seen at once.
    func tokens(of text: String) -> [Int32] { Array(vocabulary.encode(text).prefix(context)) }

    func callAsFunction(_ sequences: [[Int32]], _ context: ForwardContext) -> Tensor {
        let padded = PaddedTokens(sequences)
        return network(padded.tokens, lengths: padded.lengths, context)
    }
}

/// The model and the data of the recipe `sequence-classification`.
struct SequenceClassificationTask: TrainingTask {
    private let classifier: TextClassifier
    let trainingData, testData: LabelledSequences
    let preparation: Preparation
    let modelSummary, dataSummary: String

    var model: any Module { classifier.network }

    init(_ settings: Settings, _ saved: Preparation?) throws {
        guard let path = settings.data.path else {
            throw MissingData(recipe: "sequence-classification", what: "texts with labels")
        }
        let texts = try LabelledTexts.read(path)
        let tests = try settings.data.testPath.map(LabelledTexts.read)
        let parts = try SampleParts(settings, texts, tests, of: path, "texts")
        let vocabulary =
            try saved?.value("vocabulary", as: TokenVocabulary.self)
            ?? TokenVocabulary(
                of: parts.training.map(\.second), unit: settings.text.unit, limit: settings.text.vocabulary)
        let classes =
            try saved?.value("classes", as: [String].self) ?? Set(parts.training.map(\.first)).sorted()
        guard classes.count >= 2 else {
            throw DatasetError.unusable(
                path: path, found: "only the label \(classes[0])", expected: "at least two different labels")
        }
        let classifier = try TextClassifier(settings, vocabulary: vocabulary, classes: classes)
        self.classifier = classifier
        func sequences(_ pairs: [TwoColumnText.Pair], _ path: String) throws -> LabelledSequences {
            LabelledSequences(
                try pairs.map { pair in
                    guard let label = classes.firstIndex(of: pair.first) else {
                        throw DatasetError.unusable(
                            path: path, found: "the label \(pair.first)",
                            expected: "one of \(classes.joined(separator: ", ")), which are in the training texts")
                    }
                    return (classifier.tokens(of: pair.second), Int32(label))
                })
        }
        trainingData = try sequences(parts.training, path)
        testData = try sequences(parts.test, settings.data.testPath ?? path)
        var preparation = Preparation()
        try preparation.set("vocabulary", vocabulary)
        try preparation.set("classes", classes)
        self.preparation = preparation
        modelSummary =
            "\(settings.model.name) of \(settings.model.layers) layers, width \(settings.model.width), for at most \(settings.model.context) \(vocabulary.unit.rawValue)"
        dataSummary =
            "\(path), \(trainingData.count) texts to train on and \(testData.count) to test on, \(classes.count) classes, \(vocabulary.count) tokens"
    }

    func loss(_ batch: LabelledSequenceBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(classifier(batch.sequences, context), Indices(batch.labels))
    }

    func evaluate(_ batch: LabelledSequenceBatch) -> EvaluationSums {
        batch.groups(of: 50).map { group in
            EvaluationSums(classifying: classifier(group.sequences, .inference()), Indices(group.labels))
        }.total
    }
}

extension [EvaluationSums] {
    /// All of them together, where everything is classified.
    var total: EvaluationSums {
        reduce(into: EvaluationSums(loss: 0, terms: 0, correct: 0, samples: 0)) { total, sums in
            total.loss += sums.loss
            total.terms += sums.terms
            total.correct = (total.correct ?? 0) + (sums.correct ?? 0)
            total.samples += sums.samples
        }
    }
}

extension Settings.Text {
    /// What texts are cut into.
    var unit: TokenVocabulary.Unit {
        switch tokens {
        case .characters: .characters
        case .words: .words
        }
    }
}

/// Texts with labels.
enum LabelledTexts {
    /// The texts of a file of two columns; or those of the files of a directory, named by their labels, one a line.
    static func read(_ path: String) throws -> [TwoColumnText.Pair] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            return try TwoColumnText(path: path, columns: "label and text").pairs
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        return try names.flatMap { name in
            let label = name.prefix { $0 != "." }
            return try TextLines.read("\(path)/\(name)").filter { $0.contains { !$0.isWhitespace } }.map { line in
                TwoColumnText.Pair(String(label), line)
            }
        }
    }
}

/// Labels lines of text: the label, its probability and the text, with TABs between them.
struct TextLabeller: Predictor {
    let classifier: TextClassifier

    var model: any Module { classifier.network }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        for block in try request.lines().blocks(of: 50) {
            // a line without a token is nothing that was learned, but gets its answer too
            let sequences = block.map { line in
                let tokens = classifier.tokens(of: line)
                return tokens.isEmpty ? [TokenVocabulary.unknown] : tokens
            }
            let probabilities = Probabilities(classifier(sequences, .inference()))
            for (row, line) in block.enumerated() {
                let label = probabilities.label(row)
                each("\(classifier.classes[label])\t\(probabilities[row][label])\t\(line)")
            }
        }
    }
}

extension PredictionRequest {
    /// Where the inputs are: the file that was named, or the standard input.
    var path: String { input ?? "/dev/stdin" }

    /// The lines of the input.
    func lines() throws -> [String] { try TextLines.read(path) }
}

extension Array {
    /// The elements in runs of at most `count`.
    func blocks(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}

public import Datasets
import Kernels
import Layers
import Messages
import TensorEngine
public import Settings
public import Training

/// A text, character by character. `model.name` is `gpt`, a decoder-only transformer with the sizes and settings of nanoGPT
/// on a CPU, or a recurrent network: `lstm`, `gru`, `rnn`.
public struct CharacterLanguageModelRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `char-lm`
    public let name = "char-lm"
    /// In one line.
    public let summary = "predict the next character of a text file (--data FILE); generate continues a text"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("steps", "2000"), ("model.context", "64"), ("schedule.name", "cosine"), ("clip.global_norm", "1"),
    ]
    /// Source of `gpt`: A. Karpathy, nanoGPT, README, "I only have a macbook".
    public let models: [RecipeModel] = [
        RecipeModel(
            "gpt", "decoder-only transformer, nanoGPT's sizes for a CPU",
            [
                ("global_batch", "12"), ("model.layers", "4"), ("model.heads", "4"), ("model.width", "128"),
                ("optimizer.name", "adamw"), ("optimizer.learning_rate", "0.001"), ("optimizer.weight_decay", "0.1"),
                ("optimizer.decay", "matrices"), ("optimizer.beta1", "0.9"), ("optimizer.beta2", "0.99"),
                ("schedule.warmup_steps", "100"), ("schedule.final_fraction", "0.1"),
            ], uses: ["model.heads", "model.recompute"]),
        RecipeModel("lstm", "two layers of long short-term memory, 256 units", recurrent),
        RecipeModel("gru", "two layers of gated recurrent units, 256 units", recurrent),
        RecipeModel("rnn", "two layers of Elman's network, 256 units", recurrent),
    ]

    /// The text, with a part or a file of its own to test on, and the sizes.
    public let uses = ["data.*", "model.layers", "model.width", "model.context", "model.dropout"]

    private static let recurrent: [(key: String, value: String)] = [
        ("global_batch", "32"), ("model.layers", "2"), ("model.width", "256"), ("optimizer.name", "adam"),
        ("optimizer.learning_rate", "0.002"), ("schedule.final_fraction", "0.1"),
    ]

    /// The model and the text: the last part of it is for evaluation, or another file's.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try CharacterLanguageModelTask(settings, preparation, loader)
    }

    /// Refused: it generates.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        throw GeneratesInstead()
    }

    /// Continues a text. The characters are saved with the run; for one without them they are those of its text.
    public func makeGenerator(_ settings: Settings, preparation: Preparation?) throws -> (any Generator)? {
        let saved = try preparation ?? CharacterLanguageModelTask(settings, nil, .alone).preparation
        return TextGenerator(text: try CharacterLanguageModel(settings, preparation: saved))
    }
}

/// A language model of characters, and which characters they are.
struct CharacterLanguageModel {
    let model: any LanguageModel
    let vocabulary: CharacterVocabulary
    let summary: String
    /// The most characters that are seen at once; nil: all.
    let context: Int?

    /// The model of the settings, for the characters of `vocabulary`, beside data of so many bytes.
    init(_ settings: Settings, _ vocabulary: CharacterVocabulary, dataBytes: Int = 0) throws {
        let sizes = settings.model
        self.vocabulary = vocabulary
        context = sizes.name == "gpt" ? sizes.context : nil
        var random = InitializationRandom(seed: settings.seed)
        let (width, layers, places) = (Double(sizes.width), Double(sizes.layers), Double(sizes.context))
        let dropout = sizes.dropout > 0 ? ", dropout \(sizes.dropout)" : ""
        var need = MemoryNeed(
            parameters: Double(vocabulary.count) * width, activations: places * width * layers,
            settings: "model.layers, model.width and model.context")
        need.data = Double(dataBytes)
        if sizes.name == "gpt" {
            try UnevenHeads.check(sizes)
            need.parameters += 12 * layers * width * width + places * width
            try need.check(settings)
            var gpt = GPT.Sizes(
                layers: sizes.layers, heads: sizes.heads, width: sizes.width, context: sizes.context,
                vocabulary: vocabulary.count)
            (gpt.dropout, gpt.recomputes) = (Float(sizes.dropout), sizes.recompute)
            model = GPT(gpt, random: &random)
            summary =
                "gpt of \(sizes.layers) blocks, \(sizes.heads) heads, width \(sizes.width), context \(sizes.context)\(dropout)"
        } else {
            guard let kind = RecurrentKind(rawValue: sizes.name) else {
                throw UnknownModel(name: sizes.name, recipe: CharacterLanguageModelRecipe())
            }
            need.parameters += layers * kind.parameterCount(inputs: sizes.width, hidden: sizes.width)
            need.activations = places * layers * kind.activationCount(hidden: sizes.width)
            need.parameters += Double(vocabulary.count) * width
            try need.check(settings)
            model = RecurrentLanguageModel(
                kind, vocabulary: vocabulary.count, width: sizes.width, layers: sizes.layers,
                dropout: Float(sizes.dropout), random: &random)
            summary =
                "\(kind.rawValue) of \(sizes.layers) layers, \(sizes.width) units, context \(sizes.context)\(dropout)"
        }
    }

    /// The model of a saved run.
    init(_ settings: Settings, preparation: Preparation) throws {
        try self.init(settings, Self.saved(preparation))
    }

    /// The characters that were saved with a model.
    static func saved(_ preparation: Preparation) throws -> CharacterVocabulary {
        let text = try preparation.value(characters, as: String.self) { _ = try CharacterVocabulary(saved: $0) }
        return CharacterVocabulary(of: text)
    }

    /// What the characters are saved as.
    static let characters = "characters"
}

/// The model and the data of the recipe `char-lm`.
struct CharacterLanguageModelTask: TrainingTask {
    private let languageModel: any LanguageModel
    let preparation: Preparation
    let trainingData, testData: TextWindows
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let meanings: [AxisMeaning]

    var model: any Parameterized { languageModel }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else { throw MissingData(recipe: "char-lm", what: "a text to learn") }
        let (testPath, fraction) = (settings.data.testPath, settings.data.testFraction)
        let text = try CharacterText(
            path: path, testPath: testPath, testFraction: fraction, vocabulary: saved.map(CharacterLanguageModel.saved),
            loader: loader)
        let context = settings.model.context
        let part = "\(path), but for what is for testing (data.test_fraction \(fraction))"
        trainingData = try TextWindows(
            text.training, context: context, stride: context, source: testPath == nil ? part : path)
        testData = try TextWindows(
            text.validation, context: context, stride: context,
            source: testPath ?? "the last part of \(path) (data.test_fraction \(fraction))")
        let made = try CharacterLanguageModel(settings, text.vocabulary, dataBytes: text.byteCount)
        (languageModel, modelSummary) = (made.model, made.summary)
        meanings = [
            .tokens(
                "characters", text.vocabulary.names, [("tokens.weight", 0), ("output.weight", 1), ("output.bias", 0)],
                of: made.model)
        ]
        var preparation = Preparation()
        try preparation.set(CharacterLanguageModel.characters, text.vocabulary.text)
        self.preparation = preparation
        dataSummary =
            "\(path), \(text.training.count) characters to train on and \(text.validation.count) to evaluate on, "
            + "\(text.vocabulary.count) different ones"
        let left = [("training", trainingData), ("test", testData)].filter { $0.1.uncoveredCount > 0 }
            .map { "\(Readable.count($0.1.uncoveredCount)) at the end of the \($0.0) text" }
        dataNotes =
            left.isEmpty
            ? []
            : ["not used: \(left.joined(separator: ", ")), too few characters for a window of model.context \(context)"]
    }

    func loss(_ batch: TextBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(languageModel(batch.inputs, context), batch.targets)
    }

    func evaluate(_ batch: TextBatch) -> EvaluationSums {
        // in groups, so that evaluation takes no more memory than training
        let losses = batch.groups(of: 16).map { Double(loss($0, .inference()).sum.scalar) }
        return EvaluationSums(
            loss: losses.reduce(0, +), terms: Double(batch.targets.count), correct: nil, samples: batch.inputs.shape[0])
    }
}

/// The recipe has no data of its own, and none were named.
struct MissingData: Error, CustomStringConvertible {
    let recipe, what: String
    var description: String { "the recipe \(recipe) needs \(what); name a file (--data FILE)" }
}

/// The heads do not share the width evenly.
struct UnevenHeads: Error, CustomStringConvertible {
    let width, heads: Int

    static func check(_ model: ModelSettings) throws {
        guard model.width % model.heads == 0 else { throw UnevenHeads(width: model.width, heads: model.heads) }
    }

    var description: String {
        "model.width must be a multiple of model.heads, found \(width) and \(heads); change one of them"
    }
}

/// `predict` with a language model.
struct GeneratesInstead: Error, CustomStringConvertible {
    var description: String { "char-lm generates text and predicts nothing else: use \(ProgramName.current) generate" }
}

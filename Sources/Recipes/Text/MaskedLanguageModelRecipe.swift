public import Datasets
import Foundation
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// A transformer's encoder that tells hidden tokens of a text from those on both sides: BERT's pre-training, after which
/// `sequence-classification` begins with its weights (`--init-from`).
public struct MaskedLanguageModelRecipe: Recipe {
    /// The recipe.
    public init() {}

    public let name = "masked-language-model"
    public let summary =
        "pre-train a transformer encoder on a text (--data FILE) by masked tokens, for sequence-classification --init-from"
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "32"), ("epochs", "10"), ("model.layers", "2"), ("model.heads", "4"), ("model.width", "64"),
        ("model.context", "128"), ("optimizer.name", "adam"), ("optimizer.learning_rate", "0.001"),
        ("schedule.name", "cosine"), ("schedule.warmup_steps", "50"), ("clip.global_norm", "1"),
    ]
    public let models = [RecipeModel("transformer", "transformer encoder, that of sequence-classification")]
    public let settingsGroups: [any SettingsGroup.Type] = [TextSettings.self, MaskingSettings.self]
    public let uses = [
        "data.*", "model.layers", "model.heads", "model.width", "model.context", "model.dropout",
    ]

    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try MaskedLanguageModelTask(settings, preparation, loader)
    }
}

/// Which tokens are hidden, and by what.
public struct MaskingSettings: SettingsGroup {
    /// The fraction of tokens that are to be told.
    public var fraction = 0.15
    /// The fractions of these that are hidden by the mask, and by a random token; the others stay.
    public var mask = 0.8
    public var random = 0.1

    public init() {}

    public static let prefix = "masking"
    public static let title = "masking: masked language modeling"
    public static let keys: [Setting<Self>] = [
        Setting(
            "fraction", \.fraction, .number(.share), aliases: ["mlm_probability"],
            "fraction of the tokens of a window that are to be predicted"),
        Setting("mask", \.mask, .number(.fraction), "fraction of these that the mask token replaces"),
        Setting(
            "random", \.random, .number(.fraction), "fraction of these that a random token replaces; the others stay"),
    ]

    public static func check(_ settings: Settings) throws(SettingsError) {
        let own = settings[Self.self]
        guard own.mask + own.random > 1 else { return }
        throw .conflict("masking.mask \(own.mask) and masking.random \(own.random) are more than 1 together; lower one")
    }
}

/// The model and the data of the recipe `masked-language-model`.
struct MaskedLanguageModelTask: TrainingTask {
    private let network: SequenceClassifier
    let preparation: Preparation
    let trainingData, testData: MaskedWindows
    let modelSummary, dataSummary: String
    let dataNotes: [String]
    let meanings: [AxisMeaning]

    var model: any Parameterized { network }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        let data = try LanguageData(settings, recipe: "masked-language-model", saved, loader)
        let (text, sizes) = (data.text, settings.model)
        let (count, noun) = (text.vocabulary.count, text.vocabulary.noun)
        func windows(_ tokens: TokenSlice, _ source: String, isTest: Bool) throws -> MaskedWindows {
            MaskedWindows(
                try TextWindows(tokens, context: sizes.context, stride: sizes.context, source: source),
                vocabulary: count, settings[MaskingSettings.self], seed: settings.seed, isTest: isTest)
        }
        trainingData = try windows(text.training, data.path, isTest: false)
        testData = try windows(text.validation, data.testSource, isTest: true)
        var need = MemoryNeed(
            parameters: 2 * Double(count) * Double(sizes.width), data: Double(text.byteCount),
            settings: "model.layers, model.width and model.context")
        try need.addEncoder(sizes, seen: Double(sizes.context))
        try need.check(settings)
        network = Self.network(settings, vocabulary: count)
        let names = text.vocabulary.names
        meanings = [
            .tokens(noun, names + ["<mask>"], [("tokens.weight", 0)], of: network),
            .tokens("predicted \(noun)", names, [("output.weight", 1), ("output.bias", 0)], of: network),
        ]
        preparation = try text.vocabulary.preparation()
        modelSummary = "\(Self.summary(sizes)), context \(sizes.context)"
        (dataSummary, dataNotes) = (data.summary, text.notes)
    }

    /// The encoder in a few words.
    static func summary(_ sizes: ModelSettings) -> String {
        "transformer encoder of \(sizes.layers) blocks, \(sizes.heads) heads, width \(sizes.width)"
    }

    /// The encoder for so many tokens; the next number is the mask.
    static func network(_ settings: Settings, vocabulary: Int) -> SequenceClassifier {
        var random = InitializationRandom(seed: settings.seed)
        let sizes = settings.model
        return SequenceClassifier(
            .transformer(heads: sizes.heads, context: PaddedTokens.paddedLength(of: sizes.context)),
            vocabulary: vocabulary + 1, classes: vocabulary, width: sizes.width, layers: sizes.layers,
            dropout: Float(sizes.dropout), random: &random)
    }

    private func logits(_ batch: MaskedWindows.Batch, _ context: ForwardContext) -> Tensor {
        network.logits(batch.inputs, rows: batch.rows, context)
    }

    /// The cross-entropy of the hidden tokens, one term for each.
    func loss(_ batch: MaskedWindows.Batch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(logits(batch, context), batch.targets)
    }

    var evaluationBlock: Int { 32 }

    func evaluate(_ batch: MaskedWindows.Batch) -> EvaluationSums {
        let logits = logits(batch, .inference())
        let loss = softmaxCrossEntropy(logits, batch.targets)
        return EvaluationSums(
            loss, samples: batch.inputs.shape[0],
            details: [loss.count, Double(logits.argmax().matches(batch.targets)), Double(loss.sum.scalar)])
    }

    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count == 3, details[0] > 0 else { return [:] }
        return ["masked_accuracy": details[1] / details[0], "perplexity": exp(details[2] / details[0])]
    }
}

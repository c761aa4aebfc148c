import Datasets
import Kernels
import Layers
import TensorEngine
public import Training

/// A text, character by character, with a decoder-only transformer: the sizes and settings of nanoGPT on a CPU.
public struct CharacterLanguageModelRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `char-lm`
    public let name = "char-lm"
    /// In one line.
    public let summary = "predict the next character of a text file (--data FILE) with a decoder-only transformer"
    /// What differs from the defaults. Source: A. Karpathy, nanoGPT, README, "I only have a macbook".
    public let settings: [(key: String, value: String)] = [
        ("steps", "2000"), ("global_batch", "12"), ("model.name", "gpt"), ("model.layers", "4"),
        ("model.heads", "4"), ("model.width", "128"), ("model.context", "64"), ("optimizer.name", "adamw"),
        ("optimizer.learning_rate", "0.001"), ("optimizer.weight_decay", "0.1"), ("optimizer.decay", "matrices"),
        ("optimizer.beta1", "0.9"), ("optimizer.beta2", "0.99"), ("schedule.name", "cosine"),
        ("schedule.warmup_steps", "100"), ("schedule.final_fraction", "0.1"), ("clip.global_norm", "1"),
    ]

    /// The model and the text, of whose characters the last tenth is for evaluation.
    public func makeTask(_ settings: Settings) throws -> any TrainingTask {
        try CharacterLanguageModelTask(settings)
    }
}

/// The model and the data of the recipe `char-lm`.
struct CharacterLanguageModelTask: TrainingTask {
    let gpt: GPT
    let vocabulary: CharacterVocabulary
    let trainingData, testData: TextWindows
    let modelSummary, dataSummary: String

    var model: any Module { gpt }

    init(_ settings: Settings) throws {
        guard settings.model.name == "gpt" else {
            throw UnknownModel(name: settings.model.name, recipe: "char-lm", known: ["gpt"])
        }
        guard let path = settings.data.path else { throw MissingText() }
        let (model, text) = (settings.model, try CharacterText(path: path))
        guard model.width % model.heads == 0 else {
            throw UnevenHeads(width: model.width, heads: model.heads)
        }
        vocabulary = text.vocabulary
        trainingData = try TextWindows(text.training, context: model.context, source: "the first 90 % of \(path)")
        testData = try TextWindows(
            text.validation, context: model.context, stride: model.context, source: "the last 10 % of \(path)")
        var sizes = GPT.Sizes(
            layers: model.layers, heads: model.heads, width: model.width, context: model.context,
            vocabulary: text.vocabulary.count)
        sizes.dropout = Float(model.dropout)
        var random = InitialisationRandom(seed: settings.seed)
        gpt = GPT(sizes, random: &random)
        modelSummary =
            "gpt of \(model.layers) blocks, \(model.heads) heads, width \(model.width), context \(model.context)"
            + (model.dropout > 0 ? ", dropout \(model.dropout)" : "")
        dataSummary =
            "\(path), \(text.training.count) characters to train on and \(text.validation.count) to evaluate on, "
            + "\(text.vocabulary.count) different ones"
    }

    func loss(_ batch: TextBatch, _ context: ForwardContext) -> SummedLoss {
        softmaxCrossEntropy(gpt(batch.inputs, context), batch.targets)
    }

    func evaluate(_ batch: TextBatch) -> EvaluationSums {
        // in groups, so that evaluation takes no more memory than training
        let losses = batch.groups(of: 16).map { Double(loss($0, .inference()).sum.scalar) }
        return EvaluationSums(
            loss: losses.reduce(0, +), terms: Double(batch.targets.count), correct: nil, samples: batch.inputs.shape[0])
    }
}

/// No text was named.
struct MissingText: Error, CustomStringConvertible {
    var description: String { "the recipe char-lm needs a text to learn; name a file (--data FILE)" }
}

/// The heads do not share the width evenly.
struct UnevenHeads: Error, CustomStringConvertible {
    let width, heads: Int
    var description: String {
        "model.width must be a multiple of model.heads, found \(width) and \(heads); change one of them"
    }
}

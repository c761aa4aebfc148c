import Datasets
import Kernels
import Layers
import Settings
import TensorEngine
import Tokenizers
import Training

/// A language model, and which tokens it is of.
struct LanguageModelOfText {
    let model: any LanguageModel
    let vocabulary: LanguageVocabulary
    let summary: String
    /// The most tokens that are seen at once; nil: all.
    let context: Int?

    /// The model of the settings, for the tokens of `vocabulary`, beside data of so many bytes.
    init(_ settings: Settings, _ vocabulary: LanguageVocabulary, dataBytes: Int = 0) throws {
        let sizes = settings.model
        self.vocabulary = vocabulary
        let isTransformer = ["gpt", "gpt2"].contains(sizes.name)
        context = isTransformer ? sizes.context : nil
        var random = InitializationRandom(seed: settings.seed)
        let (width, layers, places) = (Double(sizes.width), Double(sizes.layers), Double(sizes.context))
        let dropout = sizes.dropout > 0 ? ", dropout \(sizes.dropout)" : ""
        var need = MemoryNeed(
            parameters: Double(vocabulary.count) * width, activations: places * width * layers,
            settings: "model.layers, model.width and model.context")
        need.data = Double(dataBytes)
        if isTransformer {
            try UnevenHeads.check(sizes)
            need.parameters += 12 * layers * width * width + places * width
            try need.check(settings)
            var gpt = GPT.Sizes(
                layers: sizes.layers, heads: sizes.heads, width: sizes.width, context: sizes.context,
                vocabulary: vocabulary.count)
            (gpt.dropout, gpt.recomputes) = (Float(sizes.dropout), sizes.recompute)
            if sizes.name == "gpt2" { (gpt.hasBias, gpt.activation) = (true, .geluByTanh) }
            model = GPT(gpt, random: &random)
            summary =
                "\(sizes.name) of \(sizes.layers) blocks, \(sizes.heads) heads, width \(sizes.width), context \(sizes.context)\(dropout)"
        } else {
            guard let kind = RecurrentKind(rawValue: sizes.name) else {
                throw UnknownModel(name: sizes.name, recipe: LanguageModelRecipe())
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
}

extension LanguageVocabulary {
    private static let (charactersName, wordsName, tokenizerName) = ("characters", "words", "tokenizer")

    /// The tokens that were saved with a model. Throws where they were edited.
    init(saved preparation: Preparation) throws {
        if preparation[Self.tokenizerName] != nil {
            var found: Tokenizer?
            _ = try preparation.value(Self.tokenizerName, as: String.self) { text in
                do {
                    found = try Tokenizer(json: Array(text.utf8), path: "tokenizer.json")
                } catch {
                    throw VocabularyFlaw(what: "\(error)", expected: "a tokenizer.json as it was saved")
                }
            }
            guard let found else { throw MissingPreparation(name: Self.tokenizerName) }
            self = .tokenizer(found)
        } else if preparation[Self.wordsName] != nil {
            self = .words(try preparation.value(Self.wordsName, as: TokenVocabulary.self))
        } else if preparation[Self.bytesName] != nil {
            self = .bytes
        } else {
            let text = try preparation.value(Self.charactersName, as: String.self) {
                _ = try CharacterVocabulary(saved: $0)
            }
            self = .characters(CharacterVocabulary(of: text))
        }
    }

    private static let bytesName = "bytes"

    /// What is saved of them.
    func preparation() throws -> Preparation {
        var preparation = Preparation()
        switch self {
        case .characters(let vocabulary): try preparation.set(Self.charactersName, vocabulary.text)
        case .bytes: try preparation.set(Self.bytesName, true)
        case .words(let vocabulary): try preparation.set(Self.wordsName, vocabulary)
        case .tokenizer(let tokenizer): try preparation.set(Self.tokenizerName, tokenizer.json)
        }
        return preparation
    }
}

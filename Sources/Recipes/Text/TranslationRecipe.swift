public import Datasets
import Kernels
import Layers
import TensorEngine
public import Settings
public import Training

/// Translates texts: a transformer learns it from the lines of a file with a text, a TAB and its translation on each.
public struct TranslationRecipe: Recipe {
    /// The recipe.
    public init() {}

    /// `translation`
    public let name = "translation"
    /// In one line.
    public let summary = "translate texts, learned from lines of source TAB target (--data FILE); evaluate gives BLEU"
    /// What differs from the defaults.
    public let settings: [(key: String, value: String)] = [
        ("global_batch", "64"), ("epochs", "20"), ("text.tokens", "words"), ("model.context", "64"),
        ("optimizer.name", "adam"), ("optimizer.beta2", "0.98"), ("schedule.name", "cosine"),
        ("schedule.warmup_steps", "100"), ("schedule.final_fraction", "0.02"), ("clip.global_norm", "1"),
        ("translation.label_smoothing", "0.1"),
    ]
    /// Encoder and decoder.
    public let models = [
        RecipeModel(
            "transformer", "transformer encoder and decoder, normalized before each branch",
            [
                ("model.layers", "2"), ("model.heads", "4"), ("model.width", "128"), ("model.dropout", "0.1"),
                ("optimizer.learning_rate", "0.001"),
            ])
    ]
    /// Its groups of settings.
    public let settingsGroups: [any SettingsGroup.Type] = [TextSettings.self, TranslationSettings.self]
    /// The data, with a part or a file of its own to test on, and the sizes.
    public let uses = [
        "data.*", "model.layers", "model.heads", "model.width", "model.context", "model.dropout",
    ]

    /// The model, and the pairs to train and to test on.
    public func makeTask(_ settings: Settings, preparation: Preparation?, loader: HostLoader) throws -> any TrainingTask
    {
        try TranslationTask(settings, preparation, loader)
    }

    public let prediction: String? = "lines, to their translations"

    /// Translates lines of text.
    public func makePredictor(_ settings: Settings, preparation: Preparation?) throws -> (any Predictor)? {
        LineTranslator(
            translator: try Translator(settings, vocabularies: Vocabularies(preparation ?? [:])),
            settings: settings.translation)
    }
}

/// The tokens of the two languages.
struct Vocabularies {
    let source, target: TokenVocabulary

    /// Those of some pairs.
    init(source: TokenVocabulary, target: TokenVocabulary) { (self.source, self.target) = (source, target) }

    /// Those of a saved run.
    init(_ saved: Preparation) throws {
        source = try saved.value("source_vocabulary", as: TokenVocabulary.self)
        target = try saved.value("target_vocabulary", as: TokenVocabulary.self)
    }

    /// What is saved of them.
    func preparation() throws -> Preparation {
        var preparation = Preparation()
        try preparation.set("source_vocabulary", source)
        try preparation.set("target_vocabulary", target)
        return preparation
    }
}

/// A translator with its tokens.
struct Translator {
    let vocabularies: Vocabularies
    let network: EncoderDecoder
    /// The most tokens of a text, without those of beginning and end.
    let longest: Int

    /// - Parameter dataBytes: what the data take.
    init(_ settings: Settings, vocabularies: Vocabularies, dataBytes: Int = 0) throws {
        let sizes = settings.model
        try TranslationRecipe().checkModel(settings)
        try UnevenHeads.check(sizes)
        guard sizes.width % 2 == 0 else { throw OddWidth(width: sizes.width) }
        (self.vocabularies, longest) = (vocabularies, sizes.context)
        let (width, layers) = (Double(sizes.width), Double(sizes.layers))
        // texts have a begin or an end more
        let places = PaddedTokens.paddedLength(of: sizes.context + 1)
        try MemoryNeed(
            parameters: Double(vocabularies.source.count + vocabularies.target.count) * width
                + 28 * layers * width * width + Double(places) * width, data: Double(dataBytes),
            settings: "model.layers, model.width and model.context"
        ).check(settings)
        var shape = EncoderDecoder.Sizes(
            layers: sizes.layers, heads: sizes.heads, width: sizes.width, sourceVocabulary: vocabularies.source.count,
            targetVocabulary: vocabularies.target.count, context: places)
        shape.dropout = Float(sizes.dropout)
        var random = InitializationRandom(seed: settings.seed)
        network = EncoderDecoder(shape, random: &random)
    }

    /// The logits of every place of the targets, [n·t, vocabulary], and what stands there; -1 beyond a target's end.
    func forced(_ batch: SequencePairBatch, _ context: ForwardContext) -> (logits: Tensor, labels: Indices) {
        let sources = PaddedTokens(batch.sources)
        let targets = PaddedTokens(batch.targets.map { [TokenVocabulary.begin] + $0 })
        let memory = network.encode(sources.tokens, lengths: sources.lengths, context)
        let features = network.decode(targets.tokens, memory: memory, memoryLengths: sources.lengths, context)
        let time = targets.tokens.shape[1]
        let labels = batch.targets.flatMap { target in
            target + [TokenVocabulary.end] + [Int32](repeating: -1, count: time - target.count - 1)
        }
        return (network.logits(features), Indices(labels))
    }

    /// The labels that `forced` gives for `batch`, without those that the file does not have there: of unknown tokens, and of
    /// the end of a target that was cut.
    func trueLabels(_ labels: Indices, _ batch: SequencePairBatch) -> Indices {
        var values = labels.values.map { $0 == TokenVocabulary.unknown ? -1 : $0 }
        let time = values.count / max(1, batch.targets.count)
        for (row, target) in batch.targets.enumerated() where batch.referenceTokens[row] > target.count {
            values[row * time + target.count] = -1
        }
        return Indices(values)
    }

    /// The translations of some sources; of at most twice as many tokens, and 20.
    func translate(_ sources: [[Int32]], _ search: BeamSearch) -> [[Int32]] {
        let padded = PaddedTokens(sources)
        return network.translate(
            padded.tokens, lengths: padded.lengths, begin: TokenVocabulary.begin, end: TokenVocabulary.end,
            longest: sources.map { min(longest, 2 * $0.count + 20) }, search: search)
    }
}

/// The model and the data of the recipe `translation`.
struct TranslationTask: TrainingTask {
    private let translator: Translator
    private let labelSmoothing: Float
    private let search: BeamSearch
    let trainingData, testData: SequencePairs
    let preparation: Preparation
    let modelSummary, dataSummary: String
    let dataNotes: [String]

    var model: any Parameterized { translator.network }

    var meanings: [AxisMeaning] {
        let (source, target) = (translator.vocabularies.source, translator.vocabularies.target)
        return [
            .tokens("source \(source.unit.rawValue)", source.names, [("sources.weight", 0)], of: model),
            .tokens("target \(target.unit.rawValue)", target.names, [("targets.weight", 0)], of: model),
        ]
    }

    init(_ settings: Settings, _ saved: Preparation?, _ loader: HostLoader) throws {
        guard let path = settings.data.path else {
            throw MissingData(recipe: "translation", what: "texts with their translations")
        }
        let context = settings.model.context
        let data = try loader.load(path) {
            let corpus = try TranslationCorpus(
                path: path, testPath: settings.data.testPath, unit: settings.text.unit(for: "translation")
            ) {
                loader.progress(done: $0, of: $1)
            }
            let parts = try SampleParts(
                settings, Array(0..<corpus.count), corpus.testCount.map { Array(0..<$0) }, of: path, "pair")
            return try corpus.prepared(
                training: parts.training, test: parts.test,
                saved: saved.map { saved in
                    let known = try Vocabularies(saved)
                    return (known.source, known.target)
                }, limit: settings.text.vocabulary, context: context)
        }
        (trainingData, testData) = (data.training, data.test)
        let notes = data.notes
        let vocabularies = Vocabularies(source: notes.source, target: notes.target)
        translator = try Translator(settings, vocabularies: vocabularies, dataBytes: data.byteCount)
        labelSmoothing = Float(settings.translation.labelSmoothing)
        search = BeamSearch(
            width: settings.translation.beam, lengthPenalty: Float(settings.translation.lengthPenalty))
        preparation = try vocabularies.preparation()
        let model = settings.model
        modelSummary =
            "transformer of \(model.layers) + \(model.layers) blocks, \(model.heads) heads, width \(model.width), for at most \(model.context) \(settings.text.tokens.rawValue)"
        dataSummary =
            "\(path), \(trainingData.count) pairs to train on and \(testData.count) to test on, \(vocabularies.source.count) source and \(vocabularies.target.count) target tokens"
        dataNotes = [
            TextNotes.reading(notes.reading, path),
            notes.testReading.flatMap { TextNotes.reading($0, settings.data.testPath ?? path) },
            TextNotes.prepared(
                notes.trainingSources, "training sources", context: context, isVocabularyGiven: saved != nil),
            TextNotes.prepared(
                notes.trainingTargets, "training targets", context: context, isVocabularyGiven: saved != nil),
            TextNotes.prepared(notes.testSources, "test sources", context: context, isVocabularyGiven: true),
            TextNotes.prepared(
                notes.testTargets, "test targets (scores are against the whole)", context: context,
                isVocabularyGiven: true),
        ].compactMap { $0 }
    }

    /// The cross-entropy of every token of the targets and of their ends.
    func loss(_ batch: SequencePairBatch, _ context: ForwardContext) -> SummedLoss {
        let (logits, labels) = translator.forced(batch, context)
        return softmaxCrossEntropy(logits, labels, labelSmoothing: labelSmoothing, ignoredLabel: -1)
    }

    /// The loss without label smoothing of the tokens that the model sees, and the share of the file's tokens that are the
    /// likeliest after those before them: what is unknown or cut counts as wrong.
    func evaluate(_ batch: SequencePairBatch) -> EvaluationSums {
        var (sums, right, tokens) = (EvaluationSums(loss: 0, terms: 0, correct: nil, samples: 0), 0.0, 0.0)
        for group in batch.groups(of: 16) {
            let (logits, labels) = translator.forced(group, .inference())
            let loss = softmaxCrossEntropy(logits, labels, ignoredLabel: -1)
            sums.loss += Double(loss.sum.scalar)
            sums.terms += loss.count
            sums.samples += group.sources.count
            right += Double(correctCount(logits, translator.trueLabels(labels, group)))
            // with the ends
            tokens += Double(group.referenceTokens.reduce(0, +) + group.sources.count)
        }
        sums.details = [right, tokens]
        return sums
    }

    /// That, and the sums of BLEU over the translations that a beam search finds, against the texts of the file.
    func evaluateThoroughly(_ batch: SequencePairBatch) -> EvaluationSums {
        var (sums, score) = (evaluate(batch), TranslationScore(vocabulary: translator.vocabularies.target))
        for group in batch.groups(of: 16) {
            for (translation, reference) in zip(translator.translate(group.sources, search), group.references) {
                score.add(translation, reference: reference)
            }
        }
        sums.details += [Double(score.exact), Double(sums.samples)] + score.bleu.numbers
        return sums
    }

    /// `token_accuracy`; of a thorough evaluation also `bleu`, from 0 to 100, and `exact_match`.
    func metrics(_ details: [Double]) -> [String: Double] {
        guard details.count >= 2 else { return [:] }
        var metrics = ["token_accuracy": details[0] / details[1]]
        if details.count > 4 {
            metrics["exact_match"] = details[2] / details[3]
            metrics["bleu"] = BLEU(numbers: Array(details[4...])).score
        }
        return metrics
    }
}

/// Translates lines of text.
struct LineTranslator: Predictor {
    let translator: Translator
    let settings: TranslationSettings

    var model: any Parameterized { translator.network }

    func predict(_ request: PredictionRequest, each: (String) -> Void) throws {
        let search = BeamSearch(
            width: request.beam ?? settings.beam, lengthPenalty: request.lengthPenalty ?? Float(settings.lengthPenalty))
        var counts = TextCounts()
        // in smaller groups where many hypotheses of each are kept
        try request.forEachBlock(of: max(1, min(16, 1024 / search.width))) { block in
            // a blank line has a blank translation
            let sources = block.filter { !$0.isBlank }.map {
                counts.prepare($0, translator.vocabularies.source, context: translator.longest)
            }
            var translations = (sources.isEmpty ? [] : translator.translate(sources, search))[...]
            for line in block {
                each(line.isBlank ? "" : translator.vocabularies.target.decode(translations.popFirst() ?? []))
            }
        }
        if let note = TextNotes.predicted(counts, context: translator.longest) { RunWarning.print(note) }
    }
}

/// A transformer with sinusoidal positions needs pairs of elements.
struct OddWidth: Error, CustomStringConvertible {
    let width: Int
    var description: String { "model.width must be even for sines and cosines of positions, found \(width)" }
}

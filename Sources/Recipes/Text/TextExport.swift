import Datasets
import Layers
import TensorEngine
public import Settings
public import Training

extension LanguageModelRecipe {
    /// From tokens to the logits of those that follow them.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let saved = try preparation ?? LanguageModelTask(settings, nil, .alone).preparation
        let language = try LanguageModelOfText(settings, LanguageVocabulary(saved: saved))
        let (model, count) = (language.model, language.vocabulary.count)
        let function = ExportedFunction(
            "model", "from tokens to the logits of the token that follows each",
            inputs: [.indices("tokens", ["batch", "time"], below: count)], outputs: ["logits"],
            limits: language.context.map { ["time": $0] } ?? [:],
            describe: { [try model.describe($0[0], in: $1)] },
            compute: { arguments in
                let tokens = arguments[0].indices
                return [model(tokens, .inference()).reshaped(to: [tokens.shape[0], tokens.shape[1], count])]
            })
        var export = ModelExport(model, language.summary, functions: [function])
        try export.addVocabulary(language.vocabulary, saved)
        if let context = language.context { export.metadata["context"] = "\(context)" }
        return export
    }
}

extension ModelExport {
    /// The tokens of a language model, which are `saved` so.
    fileprivate mutating func addVocabulary(_ vocabulary: LanguageVocabulary, _ saved: Preparation) throws {
        if case .characters(let characters) = vocabulary {
            try metadata.set("vocabulary", characters.text.unicodeScalars.map { String($0) })
        } else {
            // words, or the tokenizer.json
            metadata.merge(saved) { own, _ in own }
        }
    }
}

extension MaskedLanguageModelRecipe {
    /// From tokens, some of which are masked, to the logits of what each is.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let saved = preparation ?? [:]
        let vocabulary = try LanguageVocabulary(saved: saved)
        let (count, sizes) = (vocabulary.count, settings.model)
        let network = MaskedLanguageModelTask.network(settings, vocabulary: count)
        let function = ExportedFunction(
            "model", "from tokens, of which \(count) is the mask, to the logits of what is at each place",
            inputs: [.indices("tokens", ["batch", "time"], below: count + 1)], outputs: ["logits"],
            limits: ["time": sizes.context],
            describe: { [try network.describePlaces($0[0], in: $1)] },
            compute: { arguments in
                let tokens = arguments[0].indices
                let (n, time) = (tokens.shape[0], tokens.shape[1])
                let rows = Indices((0..<Int32(n * time)).map { $0 })
                return [network.logits(tokens, rows: rows, .inference()).reshaped(to: [n, time, count])]
            })
        var export = ModelExport(
            network, MaskedLanguageModelTask.summary(sizes), functions: [function],
            metadata: ["mask": "\(count)", "context": "\(sizes.context)"])
        try export.addVocabulary(vocabulary, saved)
        return export
    }
}

extension SequenceClassificationRecipe {
    /// From padded tokens and their numbers to logits.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let saved = try TextClassifier.saved(preparation ?? [:])
        let classifier = try TextClassifier(settings, vocabulary: saved.vocabulary, classes: saved.classes)
        let network = classifier.network
        let function = ExportedFunction(
            "model", "from tokens, padded with any, to the logits of the classes",
            inputs: [
                .indices("tokens", ["batch", "time"], below: saved.vocabulary.count),
                .lengths("lengths", "batch", of: "time"),
            ], outputs: ["logits"], limits: ["time": classifier.context],
            describe: { [try network.describe($0[0], lengths: $0[1], in: $1)] },
            compute: { [network($0[0].indices, lengths: $0[1].indices, .inference())] })
        var export = ModelExport(network, "\(settings.model.name) for texts", functions: [function])
        try export.metadata.set("vocabulary", saved.vocabulary.names)
        try export.metadata.set("class_names", saved.classes)
        export.metadata["tokens"] = saved.vocabulary.unit.rawValue
        export.metadata["context"] = "\(classifier.context)"
        return export
    }
}

extension SequenceClassificationRecipe {
    /// Explains lines of text.
    public func makeExplanation(_ settings: Settings, preparation: Preparation?) throws -> ExplainedModel? {
        guard let export = try makeExport(settings, preparation: preparation) else { return nil }
        let saved = try TextClassifier.saved(preparation ?? [:])
        let names = saved.vocabulary.names
        return ExplainedModel(export, outputNames: saved.classes) { request in
            var samples: [ExplainedSample] = []
            var counts = TextCounts()
            try request.forEachBlock(of: 50) { block in
                for line in block {
                    let tokens = counts.prepare(line, saved.vocabulary, context: settings.model.context)
                    let padded = PaddedTokens([tokens])
                    let parts = tokens.enumerated().map { position, token in
                        ExplainedSample.Part(
                            name: "\(position)", value: names[Int(token)], elements: position..<(position + 1))
                    }
                    samples.append(
                        ExplainedSample(
                            name: String(line.prefix(60)),
                            arguments: [.indices(padded.tokens), .indices(padded.lengths)],
                            parts: .named(parts)))
                }
            }
            if let note = TextNotes.predicted(counts, context: settings.model.context) { RunWarning.print(note) }
            return samples
        }
    }
}

extension TranslationRecipe {
    /// The encoder, and the decoder of its memory.
    public func makeExport(_ settings: Settings, preparation: Preparation?) throws -> ModelExport? {
        let translator = try Translator(settings, vocabularies: Vocabularies(preparation ?? [:]))
        let (network, vocabularies) = (translator.network, translator.vocabularies)
        let (width, count) = (settings.model.width, vocabularies.target.count)
        // sources end with their last token; targets begin with the token of the beginning
        let limits = ["source_time": translator.longest, "target_time": translator.longest + 1]
        let lengths = GraphInput.lengths("source_lengths", "batch", of: "source_time")
        let encoder = ExportedFunction(
            "encoder", "from source tokens, padded with any, to the memory",
            inputs: [
                .indices("sources", ["batch", "source_time"], below: vocabularies.source.count), lengths,
            ], outputs: ["memory"], limits: limits,
            describe: { [try network.describeEncoder($0[0], lengths: $0[1], in: $1)] },
            compute: { [network.encode($0[0].indices, lengths: $0[1].indices, .inference())] })
        let decoder = ExportedFunction(
            "decoder", "from target tokens and the memory to the logits of the token that follows each",
            inputs: [
                .indices("targets", ["batch", "target_time"], below: count),
                .numbers("memory", ["batch", "source_time", .fixed(width)]), lengths,
            ], outputs: ["logits"], limits: limits,
            describe: { [try network.describeDecoder($0[0], memory: $0[1], memoryLengths: $0[2], in: $1)] },
            compute: { arguments in
                let features = network.decode(
                    arguments[0].indices, memory: arguments[1].tensor, memoryLengths: arguments[2].indices,
                    .inference())
                return [network.logits(features).reshaped(to: [features.shape[0], features.shape[1], count])]
            })
        var export = ModelExport(network, "transformer that translates", functions: [encoder, decoder])
        try export.metadata.set("source_vocabulary", vocabularies.source.names)
        try export.metadata.set("target_vocabulary", vocabularies.target.names)
        export.metadata["tokens"] = vocabularies.source.unit.rawValue
        export.metadata["context"] = "\(translator.longest)"
        return export
    }
}

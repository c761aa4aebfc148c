/// Texts and their translations as they are in their files, before they are split, cut and numbered for a model.
package struct TranslationCorpus {
    private var sources, targets: PieceNumbers
    private var texts: Texts
    private var tests: Texts?

    private struct Texts {
        let sources, targets: TokenSequences
        /// The targets as they are in the file, where they may be tested on.
        let references: TextStrings?
        let counts: ReadingCounts
    }

    /// Reads the pairs at `path`, and those for tests only at `testPath`.
    package init(
        path: String, testPath: String?, unit: TokenVocabulary.Unit, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        var (sources, targets) = (PieceNumbers(unit), PieceNumbers(unit))
        texts = try Self.read(path, &sources, &targets, keepsReferences: testPath == nil, progress)
        if let testPath {
            tests = try Self.read(testPath, &sources, &targets, keepsReferences: true, progress)
        }
        (self.sources, self.targets) = (sources, targets)
    }

    private static func read(
        _ path: String, _ sources: inout PieceNumbers, _ targets: inout PieceNumbers, keepsReferences: Bool,
        _ progress: (Int, Int) -> Void
    ) throws(DatasetError) -> Texts {
        var reader = TwoColumnReader(
            try TextReader(path: path), columns: "a text and its translation", form: .pair)
        let (first, second) = (try TokenSequencesBuilder(), try TokenSequencesBuilder())
        let references = keepsReferences ? try TextStringsBuilder() : nil
        while let pair = try reader.next() {
            try first.append(sources.encode(pair.first))
            try second.append(targets.encode(pair.second))
            try references?.append(pair.second)
            if reader.lines.number % 4096 == 0 { progress(reader.lines.text.position, reader.lines.text.fileSize) }
        }
        var counts = ReadingCounts()
        (counts.blankLines, counts.furtherColumns) = (reader.blankLines, reader.furtherColumns)
        return Texts(
            sources: first.finish(), targets: second.finish(), references: references?.finish(), counts: counts)
    }

    /// The number of pairs.
    package var count: Int { texts.sources.count }
    /// The number of pairs for tests only; nil if they are a part of the others.
    package var testCount: Int? { tests?.sources.count }

    /// The training data and the test data.
    /// - Parameters:
    ///   - training: the pairs to train on.
    ///   - test: the pairs to test on, of those for tests where there are such.
    ///   - saved: the vocabularies; those of the training pairs unless given.
    package func prepared(
        training: [Int], test: [Int], saved: (source: TokenVocabulary, target: TokenVocabulary)?, limit: Int,
        context: Int
    ) throws(DatasetError) -> TranslationData {
        let source = saved?.source ?? sources.vocabulary(of: texts.sources, training, limit: limit)
        let target = saved?.target ?? targets.vocabulary(of: texts.targets, training, limit: limit)
        let (sourceTable, targetTable) = (sources.tokens(in: source), targets.tokens(in: target))

        func part(
            _ texts: Texts, _ samples: [Int], isTest: Bool
        ) throws(DatasetError) -> (SequencePairs, TextCounts, TextCounts) {
            let (first, second) = (try TokenSequencesBuilder(), try TokenSequencesBuilder())
            let (references, lengths) = (try TextStringsBuilder(), HostArrayBuilder<Int32>())
            var (sourceCounts, targetCounts) = (TextCounts(), TextCounts())
            for sample in samples {
                let numbers = texts.targets[sample]
                try first.append(sourceCounts.prepare(texts.sources[sample], sourceTable, context: context))
                try second.append(targetCounts.prepare(numbers, targetTable, context: context, isSource: false))
                guard isTest, let kept = texts.references else { continue }
                try references.append(kept[sample])
                try lengths.append(Int32(clamping: numbers.count))
            }
            let pairs = SequencePairs(
                first.finish(), second.finish(), truth: isTest ? (references.finish(), lengths.finish()) : nil)
            return (pairs, sourceCounts, targetCounts)
        }
        let trained = try part(texts, training, isTest: false)
        let tested = try part(tests ?? texts, test, isTest: true)
        return TranslationData(
            training: trained.0, test: tested.0,
            notes: .init(
                source: source, target: target, trainingSources: trained.1, trainingTargets: trained.2,
                testSources: tested.1, testTargets: tested.2, reading: texts.counts, testReading: tests?.counts,
                training: trained.0.notes, test: tested.0.notes))
    }
}

/// The training data and the test data of a translation model.
package struct TranslationData: HostLoadable, Sendable {
    /// The pairs as tokens.
    package let training, test: SequencePairs
    /// Everything else.
    package let notes: Notes

    /// The vocabularies of the training pairs, and counts over all texts.
    package struct Notes: Codable, Sendable {
        package let source, target: TokenVocabulary
        package let trainingSources, trainingTargets, testSources, testTargets: TextCounts
        package let reading: ReadingCounts
        package let testReading: ReadingCounts?
        let training, test: SequencePairs.Notes
    }

    init(training: SequencePairs, test: SequencePairs, notes: Notes) {
        (self.training, self.test, self.notes) = (training, test, notes)
    }

    /// Those of both parts.
    package var arrays: [HostBytes] { training.arrays + test.arrays }

    /// The data that `notes` and `arrays` describe.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        let parts = try SequencePairs.parts(notes.training, notes.test, arrays, trainingArrays: 4)
        self.init(training: parts.training, test: parts.test, notes: notes)
    }
}

import Messages

/// Texts with labels as they are in their files, before they are split, cut and numbered for a model.
package struct LabeledTextCorpus {
    private let path: String
    private let reader: LabeledTextReader
    private let texts: LabeledTextReader.Texts
    private let tests: LabeledTextReader.Texts?

    /// Reads the texts at `path`, and those for tests only at `testPath`.
    package init(
        path: String, testPath: String?, unit: TokenVocabulary.Unit, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        var reader = LabeledTextReader(unit)
        self.path = path
        texts = try reader.read(path, progress: progress)
        if let testPath { tests = try reader.read(testPath, progress: progress) } else { tests = nil }
        self.reader = reader
    }

    /// The label of each text as a number.
    package var labels: [Int32] { texts.labels }
    /// The number of texts for tests only; nil if they are a part of the others.
    package var testCount: Int? { tests?.labels.count }

    /// The training data and the test data.
    /// - Parameters:
    ///   - training: the texts to train on.
    ///   - test: the texts to test on, of those for tests where there are such.
    ///   - saved: vocabulary and classes; those of the training texts unless given.
    package func prepared(
        training: [Int], test: [Int], saved: (vocabulary: TokenVocabulary, classes: [String])?, limit: Int, context: Int
    ) throws(DatasetError) -> LabeledTextData {
        let used = Set(training.map { texts.labels[$0] })
        let classes = saved?.classes ?? used.map { reader.names[Int($0)] }.sorted()
        guard classes.count >= 2 else {
            throw .unusable(
                path: path, found: "only the label \(classes.listedNames)", expected: "at least two different labels")
        }
        let vocabulary =
            saved?.vocabulary ?? reader.pieces.vocabulary(of: texts.sequences, training, limit: limit)
        guard vocabulary.count > TokenVocabulary.specials else {
            throw .unusable(path: path, found: "no token in any text", expected: "texts that are not blank")
        }
        let places = Dictionary(uniqueKeysWithValues: zip(classes, Int32(0)...))
        let (table, classOfLabel) = (reader.pieces.tokens(in: vocabulary), reader.names.map { places[$0] ?? -1 })

        func part(
            _ texts: LabeledTextReader.Texts, _ samples: [Int]
        ) throws(DatasetError) -> (LabeledSequences, TextCounts, [Int]) {
            let builder = try TokenSequencesBuilder()
            var (counts, labels) = (TextCounts(), [Int32]())
            var perClass = [Int](repeating: 0, count: classes.count + 1)
            for sample in samples {
                try builder.append(counts.prepare(texts.sequences[sample], table, context: context))
                let label = classOfLabel[Int(texts.labels[sample])]
                labels.append(label)
                perClass[label < 0 ? classes.count : Int(label)] += 1
            }
            return (LabeledSequences(builder.finish(), HostArray(labels)), counts, perClass)
        }
        let (trained, trainingCounts, trainedOf) = try part(texts, training)
        let (tested, testCounts, testedOf) = try part(tests ?? texts, test)
        return LabeledTextData(
            training: trained, test: tested,
            notes: .init(
                vocabulary: vocabulary, classes: classes, trainingCounts: trainingCounts, testCounts: testCounts,
                trainingOfClass: trainedOf, testOfClass: testedOf, reading: texts.counts,
                testReading: tests?.counts, widths: [trained.notes, tested.notes]))
    }

    /// Refuses labels that are nearly all different; for texts that a model is to learn from, before they are split.
    package func checkColumns() throws(DatasetError) {
        let count = Set(texts.labels).count
        guard count > 20 && 2 * count > texts.labels.count else { return }
        throw .unusable(
            path: path,
            found: "\(count) different labels of \(texts.labels.count) texts, such as \(reader.names.listedNames)",
            expected: "many texts of each label; are the columns the wrong way round? The label stands first")
    }
}

/// The training data and the test data of a text classifier.
package struct LabeledTextData: HostLoadable, Sendable {
    /// The texts as tokens with their classes.
    package let training, test: LabeledSequences
    /// Everything else.
    package let notes: Notes

    /// The vocabulary and the classes of the training texts, and counts over all texts.
    package struct Notes: Codable, Sendable {
        package let vocabulary: TokenVocabulary
        package let classes: [String]
        package let trainingCounts, testCounts: TextCounts
        /// The texts of each class, and last those of none of them.
        package let trainingOfClass, testOfClass: [Int]
        package let reading: ReadingCounts
        package let testReading: ReadingCounts?
        let widths: [Int]
    }

    init(training: LabeledSequences, test: LabeledSequences, notes: Notes) {
        (self.training, self.test, self.notes) = (training, test, notes)
    }

    /// Those of both parts.
    package var arrays: [HostBytes] { training.arrays + test.arrays }

    /// The data that `notes` and `arrays` describe.
    package init(notes: Notes, arrays: [HostBytes]) throws {
        let parts = try LabeledSequences.parts(notes.widths[0], notes.widths[1], arrays, trainingArrays: 3)
        self.init(training: parts.training, test: parts.test, notes: notes)
    }
}

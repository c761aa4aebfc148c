import Datasets
import Foundation
import Testing
import TestSupport

@Suite("Texts on their way to a model")
struct TextCorpusTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to name: String) throws {
        let path = folder(name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try folder.write(Array(text.utf8), to: name)
    }

    private func corpus(_ name: String, tests: String? = nil) throws -> LabeledTextCorpus {
        try LabeledTextCorpus(path: folder(name), testPath: tests.map { folder($0) }, unit: .words)
    }

    /// All texts to train on, and the first to test on, or those for tests.
    private func data(
        _ name: String, tests: String? = nil, limit: Int = 100, context: Int = 3
    ) throws -> LabeledTextData {
        let corpus = try corpus(name, tests: tests)
        try corpus.checkColumns()
        return try corpus.prepared(
            training: Array(corpus.labels.indices), test: Array(0..<(corpus.testCount ?? 1)), saved: nil, limit: limit,
            context: context)
    }

    @Test("Cut, blank and unknown texts, skipped lines and unknown classes are counted")
    func counts() throws {
        // b 4 times, a 3 times, c and d once: the vocabulary is b and a
        try write("\u{feff}pos\tb a\tb a\n\nneg\t\u{c}\nneg\tb b c d\npos\ta\n", to: "train")
        try write("neg\ta e e\nnew\tb\n", to: "test")
        let data = try data("train", tests: "test", limit: 2)
        let notes = data.notes
        #expect(notes.classes == ["neg", "pos"] && notes.vocabulary.count == 2 + 3)
        #expect(notes.reading.blankLines == 1)
        var expected = TextCounts()
        (expected.texts, expected.cut, expected.longest, expected.empty) = (4, 2, 4, 1)
        (expected.tokens, expected.unknown) = (9, 2)
        #expect(notes.trainingCounts == expected)
        expected = TextCounts()
        (expected.texts, expected.longest, expected.tokens, expected.unknown) = (2, 3, 4, 2)
        #expect(notes.testCounts == expected)
        #expect(notes.trainingOfClass == [2, 2, 0] && notes.testOfClass == [1, 0, 1])
        let batch = data.training.batch(of: [0, 1, 2, 3])
        #expect(batch.sequences == [[3, 4, 3], [0], [3, 3, 0], [4]] && batch.labels == [1, 0, 0, 1])
        #expect(data.test.batch(of: [0, 1]).labels == [0, -1])
        // as the other ranks of a host get them
        let json = try JSONDecoder().decode(LabeledTextData.Notes.self, from: JSONEncoder().encode(notes))
        let copy = try LabeledTextData(notes: json, arrays: data.arrays)
        #expect(copy.test.checksum == data.test.checksum && copy.training.batch(of: [2]).sequences == [[3, 3, 0]])
    }

    @Test("The label of a file is its name without the last extension and .gz; two files of one label are refused")
    func fileLabels() throws {
        try write("a\n\nb\n", to: "files/sci.space.txt")
        try write("c\n", to: "files/sci.med.txt")
        try write("hidden\n", to: "files/.sci.old.txt")
        try folder.write(gzip(Array("\u{feff}d\r\n".utf8)), to: "files/plain.txt.gz")
        let data = try data("files")
        #expect(data.notes.classes == ["plain", "sci.med", "sci.space"])
        #expect(data.notes.reading.blankLines == 1 && data.notes.reading.skippedNames == [".sci.old.txt"])
        #expect(data.notes.vocabulary.count == 4 + 3, "a, b, c and d")
        try write("x\n", to: "files/plain.csv")
        #expect(
            complaint { _ = try self.data("files") }?.contains(
                "found the label plain, which \(folder("files/plain.csv")) has too")
                == true)
    }

    @Test("A folder for each class has a file for each text; what is neither is skipped and counted")
    func folders() throws {
        try write("a b\nc", to: "classes/pos/1.txt")
        try write("a", to: "classes/pos/2.txt")
        try write("\u{c}\n", to: "classes/neg/1")
        try write("no text", to: "classes/README")
        try write("no text", to: "classes/neg/deeper/1")
        try write("no text", to: "classes/neg/.hidden")
        let data = try data("classes", context: 10)
        #expect(data.notes.classes == ["neg", "pos"] && data.notes.trainingOfClass == [1, 2, 0])
        #expect(data.notes.trainingCounts.empty == 1 && data.notes.trainingCounts.longest == 3)
        #expect(data.notes.reading.skipped == 3)
        #expect(data.notes.reading.skippedNames == ["neg/.hidden", "neg/deeper", "README"])
        try FileManager.default.createDirectory(atPath: folder("nothing"), withIntermediateDirectories: true)
        #expect(complaint { _ = try corpus("nothing") }?.contains("found a folder without a text") == true)
    }

    @Test("Labels that are nearly all different are suspected to be the texts, in a line that is not long")
    func swappedColumns() throws {
        try write(
            (0..<20_000).map { "the text number \($0), \(String(repeating: "x", count: 60))\t\($0 % 2)\n" }.joined(),
            to: "swapped")
        let message = try #require(complaint { _ = try data("swapped") })
        #expect(message.contains("found 20000 different labels of 20000 texts") && message.contains("wrong way round"))
        #expect(message.contains("and 19990 more") && message.utf8.count < 1000)
    }

    @Test("The same label in composed and decomposed form is one class, and counted")
    func respelled() throws {
        try write("\u{e9}\ta\ne\u{301}\tb\nx\tc\n", to: "accents")
        let notes = try data("accents").notes
        #expect(notes.classes.count == 2 && notes.reading.respelled == 1)
    }

    @Test("Translations keep the text of the file for tests; every line has as many columns")
    func pairs() throws {
        try write("\u{feff}a b c d\tw x y  z.\tCC\r\n\r\na\tw q\tCC\r\n", to: "pairs")
        let corpus = try TranslationCorpus(path: folder("pairs"), testPath: nil, unit: .words)
        #expect(corpus.count == 2 && corpus.testCount == nil)
        let data = try corpus.prepared(training: [0], test: [1, 0], saved: nil, limit: 100, context: 3)
        let batch = data.test.batch(of: [0, 1])
        #expect(batch.references == ["w q", "w x y  z."] && batch.referenceTokens == [2, 5])
        #expect(batch.targets[0].count == 2 && batch.targets[0][1] == TokenVocabulary.unknown)
        #expect(batch.targets[1].count == 3 && batch.groups(of: 1)[1].references == ["w x y  z."])
        #expect(data.notes.testTargets.cut == 1 && data.notes.testTargets.unknown == 1)
        #expect(data.notes.trainingSources.cut == 1 && data.notes.reading.furtherColumns == 1)
        let copy = try TranslationData(notes: data.notes, arrays: data.arrays)
        #expect(copy.test.batch(of: [1]).references == ["w x y  z."] && copy.test.checksum == data.test.checksum)
    }

    @Test("A text is encoded in the smallest type that holds its characters, and read back", arguments: [1, 2, 4])
    func encodedText(width: Int) throws {
        // 200, 60,000 and 70,000 different characters, so many times that they lie over blocks of 2¹⁸ bytes
        let count = [1: 200, 2: 60_000, 4: 70_000][width] ?? 0
        var characters = String.UnicodeScalarView()
        // scalars from the blank on, without the surrogates
        let scalars = (0x20...0x1_ffff).lazy.compactMap { Unicode.Scalar(UInt32($0)) }
        characters.append(contentsOf: scalars.prefix(count))
        let text = String(repeating: String(characters), count: max(2, 600_000 / count))
        try write(text, to: "text")
        let encoded = try EncodedText(TextReader(path: folder("text")))
        #expect(encoded.tokens.width == width && encoded.alphabet.count == count)
        let all = try CharacterText(path: folder("text"), testFraction: 0.25)
        let tokens = CharacterVocabulary(of: text)
        #expect(try Array(all.training) + Array(all.validation) == tokens.encode(text))
        #expect(all.vocabulary == tokens)
        let copy = try EncodedText(notes: encoded.notes, arrays: encoded.arrays)
        #expect(copy.alphabet == encoded.alphabet && copy.tokens.bytes.checksum == encoded.tokens.bytes.checksum)
    }

    @Test("The checksum of a text tells other characters, and the windows say what they leave out")
    func windows() throws {
        func windows(_ text: String) throws -> TextWindows {
            try write(text, to: "text")
            return try TextWindows(CharacterText(path: folder("text"), testFraction: 0).training, context: 4, stride: 4)
        }
        let text = String(repeating: "abcd", count: 300)
        let first = try windows(text)
        // 1,200 = 299·4 + 4 + … one more than the last window's four is to be predicted
        #expect(first.count == 299 && first.uncoveredCount == 3)
        #expect(try windows(text).checksum == first.checksum)
        #expect(try windows(String(repeating: "abce", count: 300)).checksum != first.checksum)
        var changed = Array(text)
        changed[777] = "a"
        #expect(try windows(String(changed)).checksum != first.checksum)
    }

    @Test("Characters that a saved vocabulary has not are counted, with the first line")
    func unknownCharacters() throws {
        try write("ab\nxa\nyx\n", to: "text")
        let message = try #require(
            complaint { _ = try CharacterText(path: folder("text"), vocabulary: CharacterVocabulary(of: "ab\n")) })
        #expect(message.contains("text line 2: 3 of 9 characters are unknown") && message.contains(#""x", "y" do not"#))
    }
}

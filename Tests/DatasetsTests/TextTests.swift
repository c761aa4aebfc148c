import Datasets
import TensorEngine
import Testing
import TestSupport

@Suite("Text")
struct TextTests {
    @Test("Tokens are places among the sorted characters, and lead back to the text")
    func vocabulary() throws {
        let vocabulary = CharacterVocabulary(of: "hällo\n")
        #expect(vocabulary.count == 5)
        #expect(try vocabulary.encode("hällo\n") == [1, 4, 2, 2, 3, 0])
        #expect(vocabulary.decode([1, 4, 2, 2, 3, 0]) == "hällo\n")
        #expect(throws: UnknownCharacters.self) { try vocabulary.encode("x") }
    }

    @Test("A window begins where its number says, and its targets are one token on")
    func windows() throws {
        let tokens = Array<Int32>(0..<30)
        let windows = try TextWindows(tokens[10...], context: 4)
        #expect(windows.count == 16)
        let batch = windows.batch(of: [15, 0])
        #expect(batch.inputs == Indices([25, 26, 27, 28, 10, 11, 12, 13], shape: [2, 4]))
        #expect(batch.targets == Indices([26, 27, 28, 29, 11, 12, 13, 14]))
        let apart = try TextWindows(tokens[10...], context: 4, stride: 4)
        #expect(apart.count == 4)
        #expect(apart.batch(of: [3]).inputs.values == [22, 23, 24, 25])
        #expect(batch.groups(of: 1).map(\.targets) == [Indices([26, 27, 28, 29]), Indices([11, 12, 13, 14])])
    }

    @Test("A file's first nine tenths are for training; one too short or not UTF-8 is refused")
    func files() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("abcdefghij\nabcdefghi".utf8), to: "text")
        let text = try CharacterText(path: folder("text"))
        #expect(text.training.count == 18 && text.validation.count == 2 && text.vocabulary.count == 11)
        let short = complaint { _ = try TextWindows(text.validation, context: 4, source: "the text") }
        #expect(
            short == "cannot use the text: found a part of 2 tokens, expected at least 5 for a context of 4")
        // or as long a part as is asked for, or another file, whose characters are known, too
        let half = try CharacterText(path: folder("text"), testFraction: 0.5)
        #expect(half.training.count == 10)
        #expect(try Array(half.validation) == half.vocabulary.encode("\nabcdefghi"))
        try folder.write(Array("xa".utf8), to: "test")
        let two = try CharacterText(path: folder("text"), testPath: folder("test"))
        #expect(two.training.count == 20 && two.vocabulary.count == 12)
        #expect(try Array(two.validation) == two.vocabulary.encode("xa"))
        try folder.write([0x61, 0xff], to: "bytes")
        #expect(complaint { _ = try CharacterText(path: folder("bytes")) }?.contains("not UTF-8") == true)
    }
}

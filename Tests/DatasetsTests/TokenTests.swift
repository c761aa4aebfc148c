import Datasets
import Foundation
import TensorEngine
import Testing

@Suite("Tokens of texts")
struct TokenTests {
    @Test("Words are runs of letters, digits and apostrophes; other signs stand alone")
    func words() {
        #expect(
            TokenVocabulary.pieces(of: " Don't go,  Élise: 3.5€\n", .words) == [
                "Don't", "go", ",", "Élise", ":", "3", ".", "5", "€",
            ])
        #expect(TokenVocabulary.pieces(of: "a b", .characters) == ["a", " ", "b"])
    }

    @Test("The most frequent tokens have numbers, which lead back to the text and survive JSON")
    func vocabulary() throws {
        let vocabulary = TokenVocabulary(of: ["b a b", "c a b."], unit: .words, limit: 3)
        #expect(vocabulary.count == 6, "three, and those of unknown, begin and end")
        #expect(vocabulary.encode("b a . c") == [3, 4, 5, TokenVocabulary.unknown])
        #expect(vocabulary.decode([TokenVocabulary.begin, 3, 4, 5, TokenVocabulary.end]) == "b a.")
        let json = try JSONEncoder().encode(vocabulary)
        #expect(try JSONDecoder().decode(TokenVocabulary.self, from: json) == vocabulary)
    }

    @Test("Sequences are filled up to a multiple of eight")
    func padding() {
        let padded = PaddedTokens([[5, 6], [7]])
        #expect(padded.tokens.shape == [2, 8] && padded.lengths.values == [2, 1])
        #expect(padded.tokens.values == [5, 6, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0])
        #expect(PaddedTokens([[Int32](repeating: 1, count: 9)]).tokens.shape == [1, 16])
    }

    @Test("Two columns are read with LF and CR LF, further ones and empty lines passed over; bad lines are named")
    func columns() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array("a\tb c\r\n\nd\te\tCC-BY\n".utf8), to: "good")
        let good = try TwoColumnText(path: folder("good"), columns: "two")
        #expect(good.pairs == [.init("a", "b c"), .init("d", "e")])
        for (text, part) in [("a\tb\nc\n", "line 2: found no TAB"), ("a\tb\n\t c\n", "line 2: found an empty column")] {
            try folder.write(Array(text.utf8), to: "bad")
            #expect(
                complaint { _ = try TwoColumnText(path: folder("bad"), columns: "x and y") }?
                    .contains(part + ", expected x and y, with a TAB between them") == true)
        }
        try folder.write([], to: "empty")
        #expect(complaint { _ = try TwoColumnText(path: folder("empty"), columns: "two") }?.contains("no line") == true)
    }
}

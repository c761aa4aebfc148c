import Datasets
import Foundation
import TensorEngine
import Testing
import TestSupport

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

    @Test("A saved vocabulary that is empty, or has a token twice or one that is none, is refused")
    func flaws() throws {
        func read(_ json: String) throws -> TokenVocabulary {
            try JSONDecoder().decode(TokenVocabulary.self, from: Data(json.utf8))
        }
        #expect(try read(#"{"unit":"words","tokens":["a","don't"]}"#).count == 5)
        for (json, part) in [
            (#"{"unit":"words","tokens":[]}"#, "found no token, expected at least one"),
            (#"{"unit":"words","tokens":["a","b","a"]}"#, "found the token a twice, expected each once"),
            (#"{"unit":"words","tokens":["a",""]}"#, "found a token without a name"),
            (#"{"unit":"words","tokens":["a b"]}"#, "found the token a b, expected tokens that are single words"),
            (
                #"{"unit":"characters","tokens":["ab"]}"#,
                "found the token ab, expected tokens that are single characters"
            ),
        ] {
            #expect(complaint { _ = try read(json) }?.contains(part) == true, "\(json)")
        }
        #expect(try CharacterVocabulary(saved: "abé").count == 3)
        for (text, part) in [
            ("", "found no characters"), ("aa", "expected each character once"), ("ba", "rising order"),
        ] {
            #expect(complaint { _ = try CharacterVocabulary(saved: text) }?.contains(part) == true)
        }
    }

    @Test("Two columns are read with LF, CR LF and CR, blank lines counted; bad lines are named")
    func columns() throws {
        func read(_ text: String, _ form: TwoColumnText.Form = .pair) throws -> TwoColumnText {
            try TwoColumnText(bytes: Array(text.utf8), path: "file", columns: "x and y", form: form)
        }
        let good = try read("\u{feff}a\tb c\r\n\n \u{c}\nd \t\u{a0}e")
        #expect(good.pairs == [.init("a", "b c"), .init("d", "e")] && good.blankLines == 2 && good.furtherColumns == 0)
        #expect(try read("a\tb\rc\td\r").pairs == [.init("a", "b"), .init("c", "d")])
        // as the files of Tatoeba: a third column on each line
        let three = try read("a\tb\tCC-BY\nc\td\tCC-BY\n")
        #expect(three.pairs == [.init("a", "b"), .init("c", "d")] && three.furtherColumns == 1)
        // where it is no column, everything behind the first TAB is the text, which may be nothing
        let labeled = try read("a\tb\tc\n\u{c}d\t\u{c}\n", .labeledText)
        #expect(labeled.pairs == [.init("a", "b\tc"), .init("d", "")])
        for (text, form, part) in [
            ("a\tb\nc\n", TwoColumnText.Form.pair, "file line 2: found no TAB"),
            ("a\tb\n\t c\n", .pair, "file line 2: found an empty column"),
            ("a\tb\rc\t\u{c}", .pair, "file line 2: found an empty column"),
            ("\u{c}\tb", .labeledText, "file line 1: found an empty column"),
            ("a\tb\n\nc\td\te\n", .pair, "file line 3: found 2 TABs, where the lines before have 1"),
            ("a\tb\tc\nc\td\n", .pair, "file line 2: found 1 TAB, where the lines before have 2"),
        ] {
            #expect(
                complaint { _ = try read(text, form) }?
                    .contains(part + ", expected x and y, with a TAB between them") == true, "\(text)")
        }
        for text in ["", "\n\n", "\u{feff}", " \u{c}"] {
            #expect(complaint { _ = try read(text) }?.contains("no line") == true)
        }
    }
}

import Foundation
import Messages
import Testing

@Suite("A text from outside")
struct MessagesTests {
    @Test("is shown on one line, without anything that a terminal obeys")
    func printable() {
        #expect("red \u{1b}[31m\nand\rmore\t\u{7f}\u{9b}2J".printable == #"red \u{1b}[31m\nand\rmore\t\u{7f}\u{9b}2J"#)
        #expect("a\u{202e}b\u{2028}c".printable == #"a\u{202e}b\u{2028}c"#)
        #expect("a\u{1b}\nb".printableLines == "a\\u{1b}\nb")
        // what people write stays: accents, other scripts, emoji of several scalars
        for text in ["naïve e\u{301}", "日本語", "👩‍🔬 \\n", ""] { #expect(text.printable == text) }
        // what is shown once is not changed by being shown again, as in an error within an error
        #expect("\u{1b}\n".printable.printable == "\u{1b}\n".printable)
    }

    @Test("is cut where it is long, with how much is left out")
    func shortened() {
        #expect("abcdef".shortened(to: 6) == "abcdef")
        #expect("abcdefgh".shortened(to: 6) == "abcdef… (2 more characters)")
        #expect("ééé".shortened(to: 3) == "ééé")
        #expect((1...12).listed() == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more")
        #expect(["a\n"].listed() == "a\\n")
    }

    private struct Own: Error, CustomStringConvertible { let description: String }

    @Test("in an error makes one line of bounded length")
    func errors() {
        #expect(errorLine(Own(description: "no such file: a\nb")) == "no such file: a\\nb")
        #expect(errorLine(Own(description: String(repeating: "x", count: 1 << 20))).count < longestErrorLine + 40)
    }

    @Test("that Swift or Foundation cannot read or write is not told in their words")
    func foreign() {
        struct Content: Codable { var name: String, number: Double }
        func line(_ body: () throws -> Void) -> String {
            do { try body() } catch { return errorLine(error) }
            return "no error"
        }
        func decoding(_ text: String) -> String {
            line { _ = try JSONDecoder().decode(Content.self, from: Data(text.utf8)) }
        }
        let what = " in JSON that does not hold what it should"
        #expect(decoding(#"{"number": 1}"#) == #"found no "name""# + what)
        #expect(decoding(#"{"number": "1", "name": ""}"#) == #"found a "number" of another type"# + what)
        #expect(decoding("{") == "found text that is not JSON" + what)
        let infinite = line { _ = try JSONEncoder().encode(Content(name: "", number: .infinity)) }
        #expect(infinite == "inf as number")
        let missing = line { _ = try FileManager.default.contentsOfDirectory(atPath: "/no/such") }
        #expect(missing == "cannot use /no/such: No such file or directory")
    }
}

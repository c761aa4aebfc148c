import Checkpoints
import Foundation
import Testing
import Tokenizers

@Suite("Tokenizers")
struct TokenizerTests {
    /// `reference_tokenizers.py`, tokenizers 0.23.3: the digests of the ids of 1,000 lines of all scripts, odd white space,
    /// control characters and added tokens.
    static let digests: [String: UInt64] = [
        "gpt2": 0xf4e_1d55_a4c9_ffec, "bert": 0x2135_c698_2b10_c449, "words": 0x99fc_0bac_0cc3_c62c,
    ]

    @Test("of Hugging Face's format give the Python package's ids", arguments: digests.keys.sorted())
    func ids(name: String) throws {
        let tokenizer = try Fixture.tokenizer(name)
        for line in try Fixture.lines(name) {
            #expect(tokenizer.encode(line.text, addsSpecialTokens: true) == line.ids, "\(line.text.debugDescription)")
        }
        let encoder = TokenEncoder(tokenizer)
        var maker = LineMaker(seed: 1)
        let ids = maker.lines(1000).map { encoder.encode($0, addsSpecialTokens: true) }
        #expect(digest(ids) == Self.digests[name])
    }

    @Test("give the Python package's texts of ids", arguments: digests.keys.sorted())
    func texts(name: String) throws {
        let tokenizer = try Fixture.tokenizer(name)
        for line in try Fixture.lines(name) { #expect(tokenizer.decode(line.ids) == line.decoded) }
    }

    @Test(
        "strip the marks of the version of Unicode that the Python package has, BERT's only nonspacing ones",
        arguments: [
            // nonspacing since Unicode 1, 9 and 11; spacing; enclosing
            ("\u{301}", true, true), ("\u{11442}", true, false), ("\u{7fd}", false, false), ("\u{903}", true, false),
            ("\u{20dd}", true, false),
        ])
    func marks(mark: String, isStripped: Bool, isStrippedByBERT: Bool) throws {
        let bert =
            #""type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": false, "strip_accents": true, "lowercase": false"#
        for (normalizer, isStripped) in [(#""type": "StripAccents""#, isStripped), (bert, isStrippedByBERT)] {
            let json = """
                {"normalizer": {\(normalizer)}, "pre_tokenizer": {"type": "WhitespaceSplit"},
                "model": {"type": "WordPiece", "unk_token": "?", "vocab": {"?": 0, "a": 1}}}
                """
            let tokenizer = try Tokenizer(json: Array(json.utf8), path: "marks.json")
            #expect(tokenizer.encode("a\(mark)") == [isStripped ? 1 : 0])
        }
    }

    @Test("cover a text of bytes whole: decoding gives it back")
    func wholeText() throws {
        let tokenizer = try Fixture.tokenizer("gpt2")
        var maker = LineMaker(seed: 3)
        let text = maker.lines(100).joined(separator: "\n")
        #expect(tokenizer.decode(tokenizer.encode(text), skipsSpecialTokens: false).utf8.elementsEqual(text.utf8))
        #expect(tokenizer.encode("").isEmpty)
    }

    @Test("that are learned are the Python package's, merge by merge")
    func training() throws {
        var trainer = BytePairTrainer()
        trainer.add(LineMaker.training.joined(separator: "\n"))
        let (own, other) = (trainer.tokenizer(vocabulary: 500), try Fixture.tokenizer("gpt2"))
        #expect(own.names == other.names)
        var maker = LineMaker(seed: 1)
        let lines = maker.lines(200)
        #expect(lines.map { own.encode($0) } == lines.map { other.encode($0) })
        // the file that is written is read as the same
        let read = try Tokenizer(json: Array(own.json.utf8), path: "own.json")
        #expect(read.names == own.names && lines.map { read.encode($0) } == lines.map { own.encode($0) })
    }

    @Test("have fewer tokens than were asked for where no pair occurs often enough")
    func fewTokens() {
        var trainer = BytePairTrainer()
        trainer.add("abab abab")
        // of "abab" and "\u{120}abab" ab, then abab
        let tokenizer = trainer.tokenizer(vocabulary: 1000, special: ["<x>"])
        #expect(tokenizer.names.suffix(2) == ["ab", "abab"])
        #expect(tokenizer.count == 259)
    }

    @Test("that are not known, or damaged, are refused in one line that says what was found")
    func refused() throws {
        let text = String(decoding: try Fixture.bytes("gpt2"), as: UTF8.self)
        let tab = "\"vocab\": {"
        for (old, new, parts) in [
            ("\"type\": \"BPE\"", "\"type\": \"Unigram\"", ["model", "Unigram", "BPE, WordPiece"]),
            ("\"byte_fallback\": false", "\"byte_fallback\": true", ["byte_fallback"]),
            ("\"dropout\": null", "\"dropout\": 0.1", ["dropout", "0.1"]),
            ("\"ByteLevel\"", "\"Metaspace\"", ["pre_tokenizer", "Metaspace"]),
            (tab, tab + "\"!!\": -1,", ["no id", "!!"]), (tab, tab + "\"!!\": 7,", ["the id 7 twice"]),
            (tab, tab + "\"!\": 9999,", ["a token twice", "\"!\""]), (tab, tab + "\"!!\": 1e9,", ["no id"]),
            ("\"merges\": [", "\"merges\": [[\"a\"],", ["another merge 1"]),
            ("\"merges\": [", "\"merges\": [[\"a\", \"nowhere\"],", ["merge 1", "nowhere"]),
            ("\"special\": true", "\"special\": 1", ["special", "true or false"]),
            ("\"content\": \"<|endoftext|>\"", "\"content\": \"!\"", ["added token", "\"!\""]),
            ("\"model\"", "\"models\"", ["no model"]),
        ] {
            let edited = text.replacing(old, with: new, maxReplacements: 1)
            #expect(edited != text)
            do {
                _ = try Tokenizer(json: Array(edited.utf8), path: "bad.json")
                Issue.record("\(new) was not refused")
            } catch {
                for part in ["bad.json"] + parts { #expect("\(error)".contains(part), "\(error)") }
                #expect(!"\(error)".contains("\n"))
            }
        }
    }

    @Test(
        "whose bytes are changed at random are read or refused, without a trap", arguments: ["gpt2", "bert", "words"])
    func damaged(name: String) throws {
        let bytes = try Fixture.bytes(name)
        var state: UInt64 = 99
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        // the first part has the structure, and little of the vocabulary
        var small = bytes
        if let vocabulary = bytes.firstRange(of: Array("\"vocab\"".utf8)) {
            small = Array(bytes[..<min(bytes.count, vocabulary.upperBound + 400)])
        }
        var refusals = 0
        for round in 0..<60 {
            var edited = round % 2 == 0 ? small : Array(bytes.prefix(3000) + bytes.suffix(2000))
            for _ in 0..<(1 + next(4)) {
                switch next(3) {
                case 0: edited[next(edited.count)] = UInt8(next(256))
                case 1: edited.remove(at: next(edited.count))
                default: edited.insert(Array("{}[]\",:0-ue".utf8)[next(11)], at: next(edited.count))
                }
            }
            do {
                let tokenizer = try Tokenizer(json: edited, path: "edited.json")
                _ = tokenizer.decode(tokenizer.encode("the king\u{301} <|endoftext|> 17"))
            } catch {
                refusals += 1
                #expect(!"\(error)".contains("\n"))
            }
        }
        #expect(refusals > 0)
    }
}

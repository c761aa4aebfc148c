import Foundation
import Tokenizers

/// Files that `reference_tokenizers.py` has made.
enum Fixture {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json").path
    }

    static func tokenizer(_ name: String) throws -> Tokenizer { try Tokenizer(path: path(name)) }

    static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path(name)))) }

    /// A text with its ids, and their text.
    struct Line: Decodable {
        let text: String
        let ids: [Int32]
        let decoded: String
    }

    static func lines(_ name: String) throws -> [Line] {
        try JSONDecoder().decode([Line].self, from: Data(bytes(name + "-lines")))
    }
}

/// The lines that `reference_tokenizers.py` makes, from the same numbers.
struct LineMaker {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func below(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % count
    }

    private static let blocks: [(UInt32, UInt32)] = [
        (0x61, 0x7a), (0x61, 0x7a), (0x61, 0x7a), (0x41, 0x5a), (0x30, 0x39), (0x21, 0x2f), (0x3a, 0x40), (0x5b, 0x60),
        (0x7b, 0x7e), (0xa1, 0xff), (0x100, 0x17f), (0x391, 0x3a1), (0x3b1, 0x3c9), (0x410, 0x44f), (0x5d0, 0x5ea),
        (0x621, 0x63a), (0x660, 0x669), (0x905, 0x939), (0x966, 0x96f), (0xe01, 0xe30), (0x1e00, 0x1eff),
        (0x2010, 0x2027), (0x2070, 0x2071), (0x2160, 0x2188), (0x2190, 0x21ff), (0x3041, 0x3096), (0x30a1, 0x30fa),
        (0x4e00, 0x9fa5), (0xac00, 0xd7a3), (0xfb00, 0xfb06), (0xff01, 0xff5e), (0x300, 0x36f), (0x1d400, 0x1d454),
        (0x1f600, 0x1f640), (0x20000, 0x2a6d6), (0xe000, 0xe0ff), (0x200b, 0x200f), (0x1, 0x1f), (0x7f, 0x9f),
    ]
    private static let spaces = Array(" \t\u{a0}\u{2003}\u{3000}\u{2028}\u{85}\u{b}\u{1680}\u{202f}".unicodeScalars)
    private static let words = [
        "the", "king", "don't", "I'll", "we've", "they're", "I'm", "he'd", "it's", "DON'T", "'s", "l'été", "naïve",
        "x''s", "2026", "3.14", "<|endoftext|>", "[MASK]", "!?", "...", "Ⅷ", "½", "İstanbul", "straße", "ΣΑΣ", "ﬁne",
        "e\u{301}a",
    ]

    mutating func line() -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<(1 + below(12)) {
            let kind = below(8)
            if kind < 3 {
                text += Self.words[below(Self.words.count)].unicodeScalars
            } else if kind < 6 {
                let (first, last) = Self.blocks[below(Self.blocks.count)]
                for _ in 0..<(1 + below(6)) {
                    let value = first + UInt32(below(Int(last - first) + 1))
                    text.append(Unicode.Scalar(value) ?? "?")
                }
            }
            for _ in 0..<[0, 1, 1, 1, 1, 2, 3, 5][below(8)] {
                text.append(Self.spaces[below(4) == 0 ? below(Self.spaces.count) : 0])
            }
        }
        return String(String.UnicodeScalarView(text.map { $0 == "\n" || $0 == "\r" ? " " : $0 }))
    }

    mutating func lines(_ count: Int) -> [String] { (0..<count).map { _ in line() } }

    /// The texts that the fixtures were trained on.
    static var training: [String] {
        var maker = LineMaker(seed: 7)
        let saying = String(repeating: "the king and the queen, they're don't I'll ", count: 3)
        return maker.lines(400) + Array(repeating: saying, count: 20)
    }
}

/// FNV-1a over ids, each sequence ended by 2³² - 1, as `reference_tokenizers.py` has it.
func digest(_ sequences: [[Int32]]) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for ids in sequences {
        for id in ids.map({ UInt32(bitPattern: $0) }) + [.max] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                value = (value ^ UInt64(id >> shift & 0xff)) &* 0x100_0000_01b3
            }
        }
    }
    return value
}

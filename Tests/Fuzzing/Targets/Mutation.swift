/// Changes of valid input, in a sequence that a seed fixes.
package struct Mutation {
    private var random: SplitMix64

    package init(seed: UInt64) { random = SplitMix64(state: seed) }

    /// Words and bytes at which readers are apt to stumble.
    private static let words: [[UInt8]] =
        [
            "-1", "0", "9223372036854775807", "9223372036854775808", "1e999", "nan", "inf", "-0", "1e-400", "null",
            "none",
            "[]", "{}", "[[[[[[[[", "\"", "\"\"", "''", ",", ";", "\t", "\n", "\r", "\r\n", "\u{c}", "\u{b}",
            "\u{feff}",
            "\u{2028}", "e\u{301}", "&a", "*a", "|", ": ", "- ", "#", "\\ud800", "\\u0000", "\u{1b}[31m", "../", "NA",
            "2024-02-30",
            " ", "\u{a0}", "\u{3000}",
        ].map { Array($0.utf8) } + [[0], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]

    /// A copy of `input` with up to eight changes; `other` lends parts.
    package mutating func changed(_ input: [UInt8], other: [UInt8]) -> [UInt8] {
        var bytes = input
        for _ in 0...below(8) { change(&bytes, other) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let (start, end) = span(of: bytes, longest: below(4) == 0 ? bytes.count : 16)
        switch below(9) {
        case 0: if start < bytes.count { bytes[start] ^= 1 << below(8) }
        case 1: if start < bytes.count { bytes[start] = UInt8(below(256)) }
        case 2: bytes.removeSubrange(start..<end)
        case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 4: bytes.insert(contentsOf: Self.words[below(Self.words.count)], at: start)
        case 5: bytes.replaceSubrange(start..<end, with: Self.words[below(Self.words.count)])
        case 6: bytes.removeSubrange(start...)
        case 7:
            let (from, to) = span(of: other, longest: 64)
            bytes.insert(contentsOf: other[from..<to], at: start)
        default: replaceNumber(&bytes, from: start)
        }
        if bytes.count > 1 << 16 { bytes.removeSubrange((1 << 16)...) }
    }

    /// Puts a word in the place of the next number.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from start: Int) {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
        let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(first..<end, with: Self.words[below(9)])
    }

    private mutating func span(of bytes: [UInt8], longest: Int) -> (Int, Int) {
        let start = below(bytes.count + 1)
        return (start, min(bytes.count, start + below(longest + 1)))
    }

    private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }
}

/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

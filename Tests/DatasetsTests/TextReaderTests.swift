import Datasets
import Testing
import TestSupport

@Suite("The reader of texts")
struct TextReaderTests {
    private func lines(_ bytes: [UInt8]) throws -> [String] {
        let reader = LineReader(TextReader(bytes: bytes, path: "the text"))
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }

    @Test("Lines end with LF, CR LF or CR; form feed, NEL and U+2028 are white space within a line")
    func lineEnds() throws {
        #expect(try lines(Array("a\nb\r\nc\rd".utf8)) == ["a", "b", "c", "d"])
        #expect(try lines(Array("a\rb\r".utf8)) == ["a", "b"])
        #expect(try lines(Array("\n\r\n\r\ra\r\r\n".utf8)) == ["", "", "", "", "a", ""])
        #expect(try lines(Array("a\u{c}b\u{85}c\u{2028}d\n".utf8)) == ["a\u{c}b\u{85}c\u{2028}d"])
        #expect(try lines([]) == [])
        #expect("\u{feff}\u{c}\u{2028}\u{85}\t\u{b} ".isBlank && !"\u{c}e\u{301}".isBlank)
        #expect("\u{c} e\u{301} x\u{a0}\r\n".withoutOuterWhiteSpace == "e\u{301} x")
    }

    @Test("A character, a line end or a line may lie over the ends of blocks, plain and compressed")
    func blocks() throws {
        let folder = try TemporaryFolder()
        // 2¹⁸ bytes are a block; each shift puts another part of the pattern at its end
        for shift in 0..<8 {
            let line = String(repeating: "x", count: shift) + String(repeating: "é€😀\u{c}", count: 40_000)
            let text = "\u{feff}\(line)\r\n\(line)\rend"
            for bytes in [Array(text.utf8), gzip(Array(text.utf8))] {
                try folder.write(bytes, to: "text")
                #expect(try TextLines.read(folder("text")) == [line, line, "end"])
                #expect(try TextFile.read(folder("text")) == Array(text.utf8.dropFirst(3)))
            }
        }
        let atEnd = String(repeating: "x", count: 1 << 18 - 1)
        #expect(try lines(Array((atEnd + "\r\ny").utf8)) == [atEnd, "y"])
    }

    @Test("What is well-formed UTF-8 is what Swift's strings take for it")
    func wellFormed() {
        // pieces that are well-formed, and the ill-formed of table 3-7: overlong, surrogates, above U+10FFFF, cut, alone
        let pieces: [[UInt8]] = [
            [0x61], [0xc3, 0xa9], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80], [0xef, 0xbb, 0xbf], [0xc0, 0x80],
            [0xe0, 0x9f, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0x80, 0x80], [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80, 0x80, 0x80], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0x80], [0xff],
            Array("12345678".utf8),
        ]
        var (wellFormed, illFormed) = (0, 0)
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    let bytes = a + b + c
                    let scan = bytes.withUnsafeBytes { UTF8Scan($0) }
                    let isText = String(validating: bytes, as: UTF8.self) != nil
                    #expect((scan.validCount == bytes.count) == isText, "\(bytes)")
                    #expect(String(validating: bytes.prefix(scan.validCount), as: UTF8.self) != nil, "\(bytes)")
                    wellFormed += isText ? 1 : 0
                    illFormed += isText ? 0 : 1
                }
            }
        }
        #expect(wellFormed >= 6 * 6 * 6 && illFormed > 1000)
    }

    @Test(
        "What is no text in UTF-8 is refused by name, with what to do",
        arguments: [
            ([0xff, 0xfe, 0x61, 0], "found a text in UTF-16, expected a text in UTF-8; convert it (iconv -f UTF-16"),
            ([0xfe, 0xff, 0, 0x61], "found a text in UTF-16, "), ([0xff, 0xfe, 0, 0], "found a text in UTF-32, "),
            ([0, 0, 0xfe, 0xff], "found a text in UTF-32, "),
            (
                Array("a line of 16 char".utf8).flatMap { [$0, 0] },
                "without a byte order mark, expected a text in UTF-8; "
            ),
            (Array("a line of 16 char".utf8).flatMap { [0, $0] }, "convert it (iconv -f UTF-16BE"),
            (Array("BZh91AY&SY".utf8), "found a file compressed with bzip2, "),
            ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0], "found a file compressed with xz, "),
            ([0x28, 0xb5, 0x2f, 0xfd, 0], "found a file compressed with zstd, "),
            (Array("PK\u{3}\u{4}".utf8), "found a zip archive"), (Array("%PDF-1.7".utf8), "found a PDF document, "),
            (gzip(gzip([0x61])), "found a file compressed with gzip twice, "),
            ([UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8), "found a tar archive, "),
            (Array("a\r\nb\rc\u{0}".utf8), "line 3: found a NUL byte, expected a text in UTF-8"),
            (Array("a\nb\nna".utf8) + [0xef, 0x76, 0x65], "line 3: found bytes that are not UTF-8 (0xef), expected"),
            (Array("a\n".utf8) + [0xe2, 0x82], "line 2: found bytes that are not UTF-8 (0xe2), expected"),
        ] as [([UInt8], String)])
    func refusals(bytes: [UInt8], part: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(bytes, to: "text")
        let message = try #require(complaint { _ = try TextFile.read(folder("text")) })
        #expect(message.hasPrefix("cannot use \(folder("text"))") && message.contains(part), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test("A line of a later block is named, too")
    func lateLine() {
        let bytes = Array(String(repeating: "é\r\n", count: 200_000).utf8) + [0xe9]
        #expect(complaint { _ = try TextFile.read(bytes: bytes, path: "x") }?.contains("x line 200001: ") == true)
    }

    @Test("Content and lines beyond a limit are refused before they are taken")
    func limits() throws {
        let folder = try TemporaryFolder()
        let bytes = [UInt8](repeating: 0x61, count: 3_000_000)
        for bytes in [bytes, gzip(bytes)] {
            try folder.write(bytes, to: "long")
            let message = complaint { _ = try GzipFile.read(folder("long"), limit: ContentLimit(bytes: 2_000_000)) }
            #expect(message?.contains("more than 0.00 GiB of content") == true)
            let reader = LineReader(try TextReader(path: folder("long")), limit: ContentLimit(bytes: 2_000_000))
            #expect(complaint { _ = try reader.next() }?.contains("long line 1: found more than") == true)
        }
        #expect(complaint { _ = try TextLines.read("/dev/zero") }?.contains("line 1: found a NUL byte") == true)
    }
}

/// A kind of file that is no text in UTF-8, known by its first bytes, and what to do with it.
package struct ForeignFormat: Sendable, Equatable {
    /// The format of the file, such as `a zip archive`.
    package let name: String
    /// How to convert it to text, completing "expected a text in UTF-8; ".
    package let advice: String

    /// What `content` is that is no text, of which the first 512 bytes are looked at; nil if they may be one.
    package init?(of content: UnsafeRawBufferPointer) {
        let start = Array(content.prefix(512))
        if let order = Self.unmarkedOrder(start) {
            name = "a text in UTF-16 without a byte order mark"
            advice = Self.converted("UTF-16\(order)")
            return
        }
        guard let known = Self.table.first(where: { $0.matches(start) }) else { return nil }
        (name, advice) = (known.name, known.advice)
    }

    /// What `content` is that is no text.
    package init?(of content: [UInt8]) {
        guard let format = content.withUnsafeBytes({ ForeignFormat(of: $0) }) else { return nil }
        self = format
    }

    /// The byte order, `LE` or `BE`, of what looks like Latin letters in UTF-16: of 32 bytes or more every other one
    /// is 0, and no other.
    private static func unmarkedOrder(_ start: [UInt8]) -> String? {
        let even = start.count & ~1
        guard even >= 32 else { return nil }
        let zeros = (0..<2).map { parity in stride(from: parity, to: even, by: 2).count { start[$0] == 0 } }
        return zeros == [0, even / 2] ? "LE" : zeros == [even / 2, 0] ? "BE" : nil
    }

    private struct Signature {
        let name, advice: String
        let bytes: [UInt8]
        var offset = 0

        func matches(_ start: [UInt8]) -> Bool { start.dropFirst(offset).starts(with: bytes) }
    }

    private static func unpacked(_ program: String) -> String { "decompress it (\(program)), or use gzip" }
    private static func converted(_ encoding: String) -> String {
        "convert it (iconv -f \(encoding) -t UTF-8 OLD > NEW)"
    }
    private static let exported = "export its content as a text"

    /// UTF-32 stands before UTF-16, whose mark of little-endian order is the beginning of its own.
    private static let table = [
        Signature(name: "a text in UTF-32", advice: converted("UTF-32"), bytes: [0xff, 0xfe, 0, 0]),
        Signature(name: "a text in UTF-32", advice: converted("UTF-32"), bytes: [0, 0, 0xfe, 0xff]),
        Signature(name: "a text in UTF-16", advice: converted("UTF-16"), bytes: [0xff, 0xfe]),
        Signature(name: "a text in UTF-16", advice: converted("UTF-16"), bytes: [0xfe, 0xff]),
        Signature(
            name: "a file compressed with gzip twice", advice: "decompress it once (gunzip)", bytes: [0x1f, 0x8b]),
        Signature(
            name: "a file compressed with bzip2", advice: unpacked("bunzip2"),
            bytes: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], offset: 4),
        Signature(
            name: "a file compressed with xz", advice: unpacked("unxz"), bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
        Signature(
            name: "a file compressed with zstd", advice: unpacked("unzstd"), bytes: [0x28, 0xb5, 0x2f, 0xfd]),
        Signature(name: "a file compressed with lz4", advice: unpacked("unlz4"), bytes: [0x04, 0x22, 0x4d, 0x18]),
        Signature(name: "a file compressed with compress", advice: unpacked("uncompress"), bytes: [0x1f, 0x9d]),
        Signature(
            name: "a zip archive (of which .docx, .xlsx and .ods files are too)",
            advice: "unpack it (unzip), or export its content as a text", bytes: [0x50, 0x4b, 0x03, 0x04]),
        Signature(
            name: "an empty zip archive", advice: "name another file", bytes: [0x50, 0x4b, 0x05, 0x06]),
        Signature(
            name: "a 7z archive", advice: "unpack it (7z x)", bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
        Signature(name: "a rar archive", advice: "unpack it (unrar x)", bytes: Array("Rar!\u{1a}\u{7}".utf8)),
        Signature(name: "a tar archive", advice: "unpack it (tar xf)", bytes: Array("ustar".utf8), offset: 257),
        Signature(name: "a PDF document", advice: "convert it (pdftotext)", bytes: Array("%PDF-".utf8)),
        Signature(name: "a Parquet table", advice: exported, bytes: Array("PAR1".utf8)),
        Signature(name: "an Arrow table", advice: exported, bytes: Array("ARROW1".utf8)),
        Signature(name: "an HDF5 file", advice: exported, bytes: [0x89, 0x48, 0x44, 0x46]),
        Signature(name: "a NumPy array", advice: exported, bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]),
        Signature(name: "an SQLite database", advice: exported, bytes: Array("SQLite format 3\0".utf8)),
        Signature(
            name: "an old Office document", advice: exported, bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
        Signature(name: "a PNG image", advice: "name a text", bytes: [0x89, 0x50, 0x4e, 0x47]),
        Signature(name: "a JPEG image", advice: "name a text", bytes: [0xff, 0xd8, 0xff]),
        Signature(name: "a program", advice: "name a text", bytes: [0x7f, 0x45, 0x4c, 0x46]),
        Signature(
            name: "a Git LFS pointer, which stands for the file", advice: "fetch the file itself (git lfs pull)",
            bytes: Array("version https://git-lfs.github.com/spec/".utf8)),
    ]
}

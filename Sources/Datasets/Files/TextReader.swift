import Glibc

/// Reads a text in UTF-8 from its beginning to its end: the one reader of texts, in bounded memory.
///
/// gzip is decompressed and a byte order mark is skipped. Other encodings, compressions and formats are refused by
/// name, bytes that are not UTF-8 and NUL by their line.
public final class TextReader {
    /// The name of the text in errors.
    public let path: String
    /// The bytes of the file; 0 if it has no size, such as a pipe.
    public let fileSize: Int

    private let source: Source
    private let buffer: UnsafeMutableRawBufferPointer
    /// The bytes in `buffer`, of which an incomplete character's at the end wait for the rest of it.
    private var filled = 0
    private var handedOut = 0
    private var isFirst = true
    private var isAtEnd = false
    private var lines = LineCount()

    private enum Source {
        case stream(ByteStream)
        case bytes([UInt8])
    }
    private var taken = 0

    private static let blockCount = 1 << 18

    /// Opens the file at `path`.
    public init(path: String) throws(DatasetError) {
        let stream = try ByteStream(path: path)
        (self.path, source, fileSize) = (path, .stream(stream), stream.fileSize)
        buffer = .allocate(byteCount: Self.blockCount, alignment: 16)
    }

    /// Reads the content of a file; errors call it `path`.
    public init(bytes: [UInt8], path: String) {
        (self.path, source, fileSize) = (path, .bytes(bytes), bytes.count)
        buffer = .allocate(byteCount: Self.blockCount, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// How many bytes of the file were read, for reports of progress.
    public var position: Int {
        switch source {
        case .stream(let stream): stream.position
        case .bytes: taken
        }
    }

    /// The next block of complete characters, valid until the next call; nil at the end of the text.
    package func next() throws(DatasetError) -> UnsafeRawBufferPointer? {
        while true {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[handedOut..<filled])
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<rest.count]).copyMemory(
                from: UnsafeRawBufferPointer(rest))
            (filled, handedOut) = (rest.count, 0)
            if !isAtEnd {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                let count = try read(into: room)
                isAtEnd = count < room.count
                filled += count
            }
            guard filled > 0 else { return nil }
            if isFirst {
                isFirst = false
                let start = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
                if let format = ForeignFormat(of: start) {
                    throw .unusable(path: path, found: format.name, expected: "a text in UTF-8; \(format.advice)")
                }
                // the byte order mark of UTF-8
                if start.starts(with: [0xef, 0xbb, 0xbf]) {
                    handedOut = 3
                    continue
                }
            }
            let block = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
            let scan = UTF8Scan(block)
            if let place = block.firstOffset(of: 0), place < scan.validCount { throw nul(block, at: place) }
            if scan.isIllFormed || (isAtEnd && scan.validCount < filled) { throw illFormed(block, at: scan.validCount) }
            handedOut = scan.validCount
            guard handedOut > 0 else { continue }
            let valid = UnsafeRawBufferPointer(rebasing: block[..<handedOut])
            lines.append(valid)
            return valid
        }
    }

    private func read(into room: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
        switch source {
        case .stream(let stream): return try stream.read(into: room)
        case .bytes(let bytes):
            let count = min(room.count, bytes.count - taken)
            room.copyBytes(from: bytes[taken..<taken + count])
            taken += count
            return count
        }
    }

    private func line(_ block: UnsafeRawBufferPointer, at place: Int) -> Int {
        var count = lines
        count.append(UnsafeRawBufferPointer(rebasing: block[..<place]))
        return count.ends + 1
    }

    private func nul(_ block: UnsafeRawBufferPointer, at place: Int) -> DatasetError {
        .unusable(
            path: "\(path) line \(line(block, at: place))", found: "a NUL byte",
            expected: "a text in UTF-8; if it is one in UTF-16, convert it (iconv -f UTF-16LE -t UTF-8 OLD > NEW)")
    }

    private func illFormed(_ block: UnsafeRawBufferPointer, at place: Int) -> DatasetError {
        let byte = String(block[place], radix: 16)
        return .unusable(
            path: "\(path) line \(line(block, at: place))", found: "bytes that are not UTF-8 (0x\(byte))",
            expected: "a text in UTF-8; if it is one in Latin-1 or Windows-1252, "
                + "convert it (iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW)")
    }
}

/// How many lines have ended: with LF, CR LF or CR.
private struct LineCount {
    var ends = 0
    private var followsReturn = false

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        var (ends, follows) = (0, followsReturn)
        for byte in bytes {
            // a LF behind a CR ends no second line
            ends += byte == 0x0d || (byte == 0x0a && !follows) ? 1 : 0
            follows = byte == 0x0d
        }
        self.ends += ends
        followsReturn = follows
    }
}

extension UnsafeRawBufferPointer {
    /// The offset of the first of these bytes that is `byte`.
    package func firstOffset(of byte: UInt8) -> Int? {
        guard let start = baseAddress, let found = memchr(start, Int32(byte), count) else { return nil }
        return UnsafeRawPointer(found) - start
    }
}

import Datasets
import Training

/// Cuts a stream into the rows of steps, on the rank that reads it.
final class StreamReader {
    /// What there is for the next step.
    enum Part {
        /// So many rows, and the position in the stream behind them.
        case rows([UInt8], end: Int)
        case nothing
        case end
    }

    private let path: String
    private let file: StreamFile
    private let follows: Bool
    private var buffer = RowBuffer()
    /// The position in the stream of the first byte of `buffer`.
    private var offset: Int
    /// Whether the header row is still to be read.
    private var needsHeader: Bool
    private var isAtEnd = false
    /// The header row; empty where no row names the columns.
    private(set) var header: [UInt8] = []

    /// A reader that goes on after `state`.
    init(_ settings: Settings, path: String, after state: StreamState) throws {
        (self.path, offset, follows) = (path, state.offset, settings.stream.follow)
        file = try StreamFile(path: path, follows: follows, idleSeconds: settings.stream.idleSeconds)
        if follows, !file.isSeekable { throw FollowedPipe(path: path) }
        needsHeader = settings.csv.header != .no
        guard offset > 0 else { return }
        // the file must be the one that was read before
        try file.seek(to: offset)
        if needsHeader {
            try file.seek(to: 0)
            guard try Self.head(of: file, path: path, rows: 1, withHeader: false).bytes == state.header else {
                throw DatasetError.unusable(
                    path: path, found: "another header row", expected: "the file that the run was started on")
            }
            (header, needsHeader) = (state.header, false)
        }
        try file.seek(to: offset - state.tail.count)
        let before = try bytes(state.tail.count)
        let next = try bytes(1).first
        let isEnd =
            state.tail.last == UInt8(ascii: "\n") || [nil, UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(next)
        guard before == state.tail, isEnd else {
            throw DatasetError.unusable(
                path: path, found: "other bytes at byte \(offset), behind the last row that was read",
                expected: "the file that the run was started on, to which rows may be appended")
        }
        try file.seek(to: offset)
    }

    /// The next bytes, fewer at the end of the file.
    private func bytes(_ count: Int) throws -> [UInt8] {
        guard count > 0, case .bytes(let bytes) = try file.next(milliseconds: 0, atMost: count) else { return [] }
        return bytes
    }

    /// The longest row.
    private static let longestRow = 1 << 24

    /// The next `count` rows, fewer only at the end; waits for a moment where they are not there yet.
    func next(_ count: Int) throws -> Part {
        var looks = 0
        while buffer.count < (needsHeader ? 1 : count), !isAtEnd {
            switch try file.next() {
            case .bytes(let bytes): append(bytes)
            case .nothing:
                looks += 1
                // the other ranks want to hear something
                if looks == 2 { return .nothing }
            case .end:
                isAtEnd = true
                // of a file that is still written the last row may be a part of one
                if !follows { _ = buffer.finish() }
            }
            guard buffer.rest <= Self.longestRow else {
                throw DatasetError.unusable(
                    path: path, found: "a row of more than \(Self.longestRow >> 20) MiB",
                    expected: "shorter rows; is a quote not closed?")
            }
        }
        if needsHeader, buffer.count > 0 {
            let taken = buffer.take(1)
            offset += taken.count
            (header, needsHeader) = (taken, false)
            return try next(count)
        }
        let available = min(count, buffer.count)
        guard available > 0 else { return .end }
        let taken = buffer.take(available)
        offset += taken.count
        return .rows(taken, end: offset)
    }

    private func append(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        if offset == 0, buffer.count == 0, buffer.rest == 0, bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            bytes = bytes.dropFirst(3)
            offset = 3
        }
        buffer.append(bytes)
    }

    /// The first `rows` rows of a file, with the header row if there is one.
    static func head(
        of file: StreamFile, path: String, rows: Int, withHeader: Bool
    ) throws(DatasetError) -> (bytes: [UInt8], rows: Int) {
        var buffer = RowBuffer()
        var isStart = true
        let wanted = rows + (withHeader ? 1 : 0)
        while buffer.count < wanted {
            guard case .bytes(let bytes) = try file.next(milliseconds: 0) else {
                _ = buffer.finish()
                break
            }
            if isStart, bytes.starts(with: [0x1f, 0x8b]) {
                throw .unusable(
                    path: path, found: "a file that is compressed with gzip",
                    expected: "rows as text; decompress it into a pipe: zcat FILE | … --data /dev/stdin")
            }
            buffer.append(isStart && bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...])
            isStart = false
            guard buffer.rest <= longestRow else {
                throw .unusable(
                    path: path, found: "a row of more than \(longestRow >> 20) MiB",
                    expected: "shorter rows; is a quote not closed?")
            }
        }
        let count = min(wanted, buffer.count)
        return (buffer.take(count), max(0, count - (withHeader ? 1 : 0)))
    }
}

/// A pipe cannot be followed.
struct FollowedPipe: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "stream.follow waits at the end of a file, and \(path) is a pipe, which ends when its writers do; leave it out"
    }
}

import Glibc

/// Reads comma-separated values row by row, in bytes and in memory of one row. Source: RFC 4180; a line ends in CR
/// LF, LF or CR, and a byte order mark is skipped.
///
/// What every field reads is not checked for exclusive access, which nothing here lends out.
package final class CSVReader {
    /// A field of the current row, within `bytes`, without the quotes around it.
    package struct Field {
        var start, count: Int
        /// Whether it is in quotes.
        package var isQuoted = false
        /// Whether it holds quotes, each doubled.
        var isEscaped = false
    }

    /// The longest row.
    static let longestRow = 1 << 26

    /// The name of the file in errors.
    package let path: String
    /// The byte between two fields.
    package private(set) var separator: UInt8
    /// The fields of the current row.
    @exclusivity(unchecked) package private(set) var fields: [Field] = []
    /// The line on which the current row begins, from 1.
    @exclusivity(unchecked) package private(set) var line = 0
    /// The lines without any character that were skipped between rows.
    package private(set) var blankLines = 0
    /// How many times the buffer was filled.
    private(set) var fills = 0

    /// The bytes.
    let stream: RowSource
    /// Owned here; one byte more than `capacity`, which ends every search.
    @exclusivity(unchecked) private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var filled = 0
    private var isAtEnd = false
    /// Where the current row begins and ends, and the next one begins.
    private var rowStart = 0
    private var rowEnd = 0
    private var next = 0
    private var nextLine = 1
    private var pendingBlankLines = 0
    /// 1 for the bytes at which an unquoted field may end.
    private let ends: UnsafeMutablePointer<Bool>

    /// A reader of `stream`, which errors call `path`; `capacity` is the size of its first buffer.
    package init(_ stream: RowSource, path: String, separator: UInt8, capacity: Int = 1 << 20) throws(DatasetError) {
        (self.stream, self.path, self.separator, self.capacity) = (stream, path, separator, capacity)
        buffer = .allocate(capacity: capacity + 1)
        ends = .allocate(capacity: 256)
        ends.initialize(repeating: false, count: 256)
        for byte in [separator, Self.quote, Self.lineFeed, Self.carriageReturn] { ends[Int(byte)] = true }
        try fill()
        if let format = ForeignFormat(of: UnsafeRawBufferPointer(start: buffer, count: filled)) {
            throw .unusable(path: path, found: format.name, expected: "a text in UTF-8; \(format.advice)")
        }
        if filled >= 3, buffer[0] == 0xef, buffer[1] == 0xbb, buffer[2] == 0xbf { next = 3 }
    }

    deinit {
        buffer.deallocate()
        ends.deallocate()
    }

    static let quote = UInt8(ascii: "\"")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    /// Goes to the next row; false at the end.
    package func advance() throws(DatasetError) -> Bool {
        rowStart = next
        while true {
            if try scan() { return !fields.isEmpty }
            try makeRoom()
            try fill()
        }
    }

    /// Reads the current row once more, by another separator.
    func reread(separator: UInt8) throws(DatasetError) {
        ends[Int(self.separator)] = false
        ends[Int(separator)] = true
        self.separator = separator
        (next, nextLine) = (rowStart, line)
        _ = try advance()
    }

    /// The bytes of a field as they are in the file, to be used at once; quotes within it are doubled.
    @inline(__always)
    func raw(_ field: Field) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: buffer + field.start, count: field.count)
    }

    /// The bytes of a field.
    package func bytes(_ field: Field) -> [UInt8] {
        guard field.isEscaped else { return Array(raw(field)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(field.count)
        var isSecond = false
        for byte in raw(field) {
            isSecond = byte == Self.quote && !isSecond
            if !isSecond { bytes.append(byte) }
        }
        return bytes
    }

    /// A field as text; throws where it is not UTF-8.
    package func text(_ field: Field) throws(DatasetError) -> String {
        guard let text = String(validating: bytes(field), as: UTF8.self) else { throw notUTF8() }
        return text
    }

    /// The current row as it is in the file, without the end of its line.
    package func rowText() throws(DatasetError) -> String {
        let row = UnsafeBufferPointer(start: buffer + rowStart, count: rowEnd - rowStart)
        guard let text = String(validating: row, as: UTF8.self) else { throw notUTF8() }
        return text
    }

    func notUTF8() -> DatasetError {
        refusal(
            found: "bytes that are not UTF-8",
            expected: "a text in UTF-8; if it is one in Latin-1 or Windows-1252, "
                + "convert it (iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW)")
    }

    /// An error about the current row, or another line.
    func refusal(line: Int? = nil, found: String, expected: String) -> DatasetError {
        .unusable(path: "\(path) line \(line ?? self.line)", found: found, expected: expected)
    }
}

extension CSVReader {
    /// Reads on behind what is there.
    private func fill() throws(DatasetError) {
        let room = UnsafeMutableRawBufferPointer(start: buffer + filled, count: capacity - filled)
        let count = try stream.read(into: room)
        isAtEnd = count < room.count
        filled += count
        fills += 1
        buffer[filled] = Self.lineFeed
    }

    /// Moves the current row to the beginning, and doubles the buffer where the row fills it.
    private func makeRoom() throws(DatasetError) {
        let kept = filled - rowStart
        if rowStart > 0, kept < capacity {
            memmove(buffer, buffer + rowStart, kept)
        } else {
            guard kept < Self.longestRow else {
                throw refusal(
                    line: nextLine, found: "a row of more than \(Self.longestRow >> 20) MiB",
                    expected: "shorter rows; is a quote not closed?")
            }
            capacity *= 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + 1)
            memcpy(larger, buffer + rowStart, kept)
            buffer.deallocate()
            buffer = larger
        }
        (filled, rowStart) = (kept, 0)
    }

    /// Finds the fields of the row at `rowStart`, none at the end of the file; false if more of the file is needed.
    private func scan() throws(DatasetError) -> Bool {
        let (bytes, filled, ends, separator) = (buffer, filled, ends, separator)
        var position = rowStart
        var endLine = nextLine
        // a row that somebody still holds keeps its fields
        var fields: [Field] = []
        swap(&fields, &self.fields)
        defer { swap(&fields, &self.fields) }
        fields.removeAll(keepingCapacity: true)
        // lines without any character
        while position < filled, bytes[position] == Self.lineFeed || bytes[position] == Self.carriageReturn {
            guard let length = lineEnd(at: position) else {
                rowStart = position
                return false
            }
            position += length
            nextLine += 1
            pendingBlankLines += 1
        }
        (rowStart, endLine) = (position, nextLine)
        if position == filled {
            next = position
            return isAtEnd
        }
        while true {
            var field = Field(start: position, count: 0)
            if bytes[position] == Self.quote, position < filled {
                guard let end = try closingQuote(&field, &endLine) else { return false }
                position = end + 1
                guard position < filled || isAtEnd else { return false }
                guard ends[Int(bytes[position])], bytes[position] != Self.quote else {
                    throw refusal(
                        line: endLine, found: "text after a closing quote",
                        expected: "a separator, or quotes in a field doubled")
                }
            } else {
                while !ends[Int(bytes[position])] { position += 1 }
                field.count = position - field.start
                guard bytes[position] != Self.quote else {
                    throw refusal(
                        line: nextLine, found: "a quote within a field that doesn't begin with one",
                        expected: "such fields in quotes, with each quote doubled")
                }
            }
            fields.append(field)
            if bytes[position] == separator, position < filled {
                position += 1
                continue
            }
            guard position < filled || isAtEnd, let length = lineEnd(at: position) else { return false }
            rowEnd = position
            next = min(filled, position + length)
            (line, nextLine) = (nextLine, endLine + 1)
            blankLines += pendingBlankLines
            pendingBlankLines = 0
            return true
        }
    }

    /// How many bytes the end of the line at `position` has; nil if that is not known yet.
    private func lineEnd(at position: Int) -> Int? {
        guard buffer[position] == Self.carriageReturn else { return 1 }
        guard position + 1 < filled else { return isAtEnd ? 1 : nil }
        return buffer[position + 1] == Self.lineFeed ? 2 : 1
    }

    /// Where the quote that closes `field` is; nil if more of the file is needed.
    private func closingQuote(_ field: inout Field, _ line: inout Int) throws(DatasetError) -> Int? {
        field.start += 1
        field.isQuoted = true
        var position = field.start
        while true {
            guard let hit = memchr(buffer + position, Int32(Self.quote), filled - position) else {
                guard isAtEnd else { return nil }
                throw refusal(line: line, found: "a quote that is not closed", expected: "a second one")
            }
            position = buffer.distance(to: hit.assumingMemoryBound(to: UInt8.self))
            guard position + 1 < filled, buffer[position + 1] == Self.quote else { break }
            field.isEscaped = true
            position += 2
        }
        if position + 1 == filled, !isAtEnd { return nil }
        field.count = position - field.start
        for index in field.start..<position where buffer[index] == Self.lineFeed || buffer[index] == Self.carriageReturn
        {
            let isPair = buffer[index] == Self.carriageReturn && buffer[index + 1] == Self.lineFeed
            if !isPair { line += 1 }
        }
        return position
    }
}

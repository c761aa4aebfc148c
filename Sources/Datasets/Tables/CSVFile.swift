/// A table of comma-separated values with a header row, as texts. Source: RFC 4180; a line may also end in a line feed alone.
public struct CSVFile: Sendable {
    /// A row, and the line of the file on which it begins.
    public struct Row: Sendable, Equatable {
        /// The number of the line, from 1.
        public let line: Int
        /// One field for each column.
        public let fields: [String]
    }

    /// Where the file is.
    public let path: String
    /// The columns' names.
    public let header: [String]
    /// The rows after the header.
    public let rows: [Row]

    /// Reads the file at `path`, which may be compressed with gzip.
    public init(path: String, separator: Character = ",") throws(DatasetError) {
        try self.init(bytes: try GzipFile.read(path), path: path, separator: separator)
    }

    /// Reads the content of a file; errors call it `path`. Lines without any character are passed over.
    public init(bytes: [UInt8], path: String, separator: Character = ",") throws(DatasetError) {
        var reader = CSVReader(bytes: bytes, separator: separator.asciiValue ?? UInt8(ascii: ","), path: path)
        guard let header = try reader.next() else {
            throw .unusable(path: path, found: "no line", expected: "a header row with the columns' names")
        }
        for (place, name) in header.fields.enumerated() {
            guard !name.isEmpty else {
                throw reader.refusal(
                    line: header.line, found: "no name for column \(place + 1)",
                    expected: "a header row that names each column")
            }
            guard header.fields.firstIndex(of: name) == place else {
                throw reader.refusal(
                    line: header.line, found: "two columns named \(name)", expected: "a different name for each column")
            }
        }
        var rows: [Row] = []
        while let row = try reader.next() {
            guard row.fields.count == header.fields.count else {
                throw reader.refusal(
                    line: row.line, found: "\(row.fields.count) fields",
                    expected: "\(header.fields.count), as the header row has")
            }
            rows.append(row)
        }
        (self.path, self.header, self.rows) = (path, header.fields, rows)
    }

    /// The place of the column of this name; `purpose` says what it is for.
    public func column(named name: String, for purpose: String) throws(DatasetError) -> Int {
        guard let place = header.firstIndex(of: name) else {
            throw .unusable(
                path: path, found: "no column \(name) (\(purpose))",
                expected: "one of \(header.joined(separator: ", "))")
        }
        return place
    }
}

/// Goes through the rows of a file.
private struct CSVReader {
    let bytes: [UInt8]
    let separator: UInt8
    let path: String
    private var place = 0
    private var line = 1

    init(bytes: [UInt8], separator: UInt8, path: String) {
        (self.bytes, self.separator, self.path) = (bytes, separator, path)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { place = 3 }  // the byte order mark of UTF-8
    }

    func refusal(line: Int, found: String, expected: String) -> DatasetError {
        .unusable(path: "\(path) line \(line)", found: found, expected: expected)
    }

    private static let (quote, feed, carriageReturn) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    /// Whether a line ends at `place`; passes over the end.
    private mutating func takeLineEnd() -> Bool {
        guard place < bytes.count else { return true }
        let isPair = bytes[place] == Self.carriageReturn && place + 1 < bytes.count && bytes[place + 1] == Self.feed
        guard isPair || bytes[place] == Self.feed else { return false }
        place += isPair ? 2 : 1
        line += 1
        return true
    }

    /// The next row; nil at the end of the file.
    mutating func next() throws(DatasetError) -> CSVFile.Row? {
        while place < bytes.count, takeLineEnd() {}
        guard place < bytes.count else { return nil }
        let first = line
        var fields = [try field()]
        while !takeLineEnd() {
            place += 1  // the separator
            fields.append(try field())
        }
        return CSVFile.Row(line: first, fields: fields)
    }

    /// The field at `place`, which is left at the separator or the line's end behind it.
    private mutating func field() throws(DatasetError) -> String {
        if place < bytes.count, bytes[place] == Self.quote { return try quotedField() }
        let start = place
        while place < bytes.count, bytes[place] != separator, bytes[place] != Self.feed {
            if bytes[place] == Self.carriageReturn, place + 1 < bytes.count, bytes[place + 1] == Self.feed { break }
            guard bytes[place] != Self.quote else {
                throw refusal(
                    line: line, found: "a quote within a field that doesn't begin with one",
                    expected: "such fields in quotes, with each quote doubled")
            }
            place += 1
        }
        return try text(bytes[start..<place], line: line)
    }

    private mutating func quotedField() throws(DatasetError) -> String {
        let first = line
        var content: [UInt8] = []
        place += 1
        while true {
            guard place < bytes.count else {
                throw refusal(line: first, found: "a quote that is not closed", expected: "a second one")
            }
            let byte = bytes[place]
            place += 1
            if byte == Self.feed { line += 1 }
            if byte == Self.quote {
                guard place < bytes.count, bytes[place] == Self.quote else { break }
                place += 1
            }
            content.append(byte)
        }
        let isEnd =
            place == bytes.count || bytes[place] == separator || bytes[place] == Self.feed
            || (bytes[place] == Self.carriageReturn && place + 1 < bytes.count && bytes[place + 1] == Self.feed)
        guard isEnd else {
            throw refusal(
                line: line, found: "text after a closing quote", expected: "a separator, or quotes in a field doubled")
        }
        return try text(content[...], line: first)
    }

    private func text(_ bytes: ArraySlice<UInt8>, line: Int) throws(DatasetError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw refusal(line: line, found: "bytes that are not UTF-8", expected: "a text in UTF-8")
        }
        return text
    }
}

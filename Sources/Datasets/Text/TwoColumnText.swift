/// The lines of a text file of two columns with a TAB between them, such as a label and a text, or a text and its
/// translation.
public struct TwoColumnText: Sendable {
    /// The columns of a line.
    public struct Pair: Sendable, Equatable {
        /// The first and the second column, without the white space at their ends.
        public let first, second: String

        /// A line of these columns.
        public init(_ first: String, _ second: String) { (self.first, self.second) = (first, second) }
    }

    /// The kind of a line's second column.
    public enum Form: Sendable {
        /// Everything behind the first TAB, which may be nothing: a text with its label.
        case labeledText
        /// A text, without a TAB. Further columns must be on every line, such as the attributions of Tatoeba's files;
        /// they are counted and not used.
        case pair
    }

    /// The lines in order.
    public let pairs: [Pair]
    /// How many lines were skipped, since there is nothing but white space on them.
    public let blankLines: Int
    /// How many further columns each line has, which are not used.
    public let furtherColumns: Int

    /// Reads the text at `path`, as `TextReader` reads it; `columns` names the columns in errors, which have the
    /// line's number.
    public init(path: String, columns: String, form: Form = .pair) throws(DatasetError) {
        try self.init(TextReader(path: path), columns: columns, form: form)
    }

    /// Reads the content of a file; errors call it `path`.
    public init(bytes: [UInt8], path: String, columns: String, form: Form = .pair) throws(DatasetError) {
        try self.init(TextReader(bytes: bytes, path: path), columns: columns, form: form)
    }

    private init(_ text: TextReader, columns: String, form: Form) throws(DatasetError) {
        var reader = TwoColumnReader(text, columns: columns, form: form)
        var pairs: [Pair] = []
        while let pair = try reader.next() { pairs.append(pair) }
        (self.pairs, blankLines, furtherColumns) = (pairs, reader.blankLines, reader.furtherColumns)
    }
}

/// Reads two columns line by line.
struct TwoColumnReader {
    let lines: LineReader
    private let columns: String
    private let form: TwoColumnText.Form
    private(set) var blankLines = 0
    private var tabs: Int?
    private var isEmpty = true

    init(_ text: TextReader, columns: String, form: TwoColumnText.Form) {
        (lines, self.columns, self.form) = (LineReader(text), columns, form)
    }

    /// How many columns behind the second each line has.
    var furtherColumns: Int { form == .pair ? max(0, (tabs ?? 1) - 1) : 0 }

    /// The next line that is not blank; nil at the end of a text that had one.
    mutating func next() throws(DatasetError) -> TwoColumnText.Pair? {
        while let line = try lines.next() {
            guard let tab = line.utf8.firstIndex(of: UInt8(ascii: "\t")) else {
                guard line.isBlank else { throw refusal(found: "no TAB") }
                blankLines += 1
                continue
            }
            isEmpty = false
            let first = line[..<tab].withoutOuterWhiteSpace
            var rest = line[line.utf8.index(after: tab)...]
            if form == .pair {
                let count = 1 + rest.utf8.count { $0 == UInt8(ascii: "\t") }
                guard count == tabs ?? count else {
                    throw refusal(
                        found: "\(count) TAB\(count == 1 ? "" : "s"), where the lines before have \(tabs ?? 0)")
                }
                tabs = count
                if let end = rest.utf8.firstIndex(of: UInt8(ascii: "\t")) { rest = rest[..<end] }
            }
            let second = rest.withoutOuterWhiteSpace
            guard !first.isEmpty, form == .labeledText || !second.isEmpty else {
                throw refusal(found: "an empty column")
            }
            return TwoColumnText.Pair(first, second)
        }
        guard !isEmpty else {
            throw .unusable(
                path: lines.text.path, found: "no line", expected: "lines of \(columns), with a TAB between them")
        }
        return nil
    }

    private func refusal(found: String) -> DatasetError {
        .unusable(
            path: "\(lines.text.path) line \(lines.number)", found: found,
            expected: "\(columns), with a TAB between them")
    }
}

/// The lines of a text.
public enum TextLines {
    /// The lines of the text at `path`, without their ends, as `LineReader` reads them.
    public static func read(_ path: String) throws(DatasetError) -> [String] {
        let reader = LineReader(try TextReader(path: path))
        var lines: [String] = []
        while let line = try reader.next() { lines.append(line) }
        return lines
    }
}

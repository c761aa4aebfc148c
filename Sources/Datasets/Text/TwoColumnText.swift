import Foundation

/// The lines of a text file of two columns with a TAB between them, such as a label and a text, or a text and its translation.
public struct TwoColumnText: Sendable {
    /// The columns of a line.
    public struct Pair: Sendable, Equatable {
        /// The first and the second column.
        public let first, second: String

        /// A line of these columns.
        public init(_ first: String, _ second: String) { (self.first, self.second) = (first, second) }
    }

    /// The lines in order.
    public let pairs: [Pair]

    /// Reads the UTF-8 text at `path`, which may be compressed with gzip.
    ///
    /// Empty lines are passed over; further columns, such as the attributions of Tatoeba's files, are too. Throws, with
    /// the line's number, when a line has no TAB or an empty column; `columns` names them.
    public init(path: String, columns: String) throws(DatasetError) {
        var pairs: [Pair] = []
        for (number, line) in try TextLines.read(path).enumerated() where !line.isEmpty {
            let fields = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(
                \.withoutOuterWhiteSpace)
            guard fields.count >= 2, !fields[0].isEmpty, !fields[1].isEmpty else {
                throw .unusable(
                    path: "\(path) line \(number + 1)",
                    found: fields.count < 2 ? "no TAB" : "an empty column",
                    expected: "\(columns), with a TAB between them")
            }
            pairs.append(Pair(fields[0], fields[1]))
        }
        guard !pairs.isEmpty else {
            throw .unusable(path: path, found: "no line", expected: "lines of \(columns), with a TAB between them")
        }
        self.pairs = pairs
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

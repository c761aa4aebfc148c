import Checkpoints
import Foundation

/// The records of `metrics.jsonl` as one table, for spreadsheets and data frames: a row for each record, a column for each
/// field.
///
/// The fields of nested objects have names such as `metrics.d_real` and `layers.0.gradient_norm`. Columns are in the order
/// in which the file first has them; numbers keep all digits.
public struct MetricsTable: Sendable {
    /// The names of the columns.
    public let columns: [String]
    /// The lines that are no records.
    public private(set) var unreadableLines = 0
    private let lines: [ArraySlice<UInt8>]

    /// The records in the file at `path`.
    public init(path: String) throws(RunLogError) {
        let bytes = Array(try FileContents.read(path))
        var (columns, known): ([String], Set<String>) = ([], [])
        var readable: [ArraySlice<UInt8>] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let leaves = JSONFile.leaves(of: Array(line)), leaves.contains(where: { $0.path == "event" }) else {
                unreadableLines += 1
                continue
            }
            readable.append(line)
            for leaf in leaves where known.insert(leaf.path).inserted { columns.append(leaf.path) }
        }
        (self.columns, lines) = (columns, readable)
    }

    /// Gives `output` the table as comma-separated values (RFC 4180), line by line: the names of the columns, then the
    /// records.
    public func write(_ output: (_ line: String) throws -> Void) rethrows {
        try output(row(columns))
        let index = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        for line in lines {
            var fields = Array(repeating: "", count: columns.count)
            for leaf in JSONFile.leaves(of: Array(line)) ?? [] {
                if let column = index[leaf.path] { fields[column] = leaf.text }
            }
            try output(row(fields))
        }
    }

    /// The table as comma-separated values.
    public var csv: String {
        var text = ""
        write { text += $0 }
        return text
    }

    private func row(_ fields: [String]) -> String {
        fields.map { field in
            // byte by byte: a quote that a combining mark follows is another character
            guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
            let quoted = field.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
            return "\"\(String(decoding: quoted, as: UTF8.self))\""
        }.joined(separator: ",") + "\n"
    }
}

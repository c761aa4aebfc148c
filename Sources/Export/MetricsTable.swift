import Foundation

/// The records of `metrics.jsonl` as a table of comma-separated values (RFC 4180): a line for each, a column for each field.
public struct MetricsTable {
    /// The lines, the first of which names the columns; without line ends.
    public private(set) var lines: [String] = []
    /// How many lines of the log are no records, and left out: the last one of a run that was killed.
    public private(set) var unreadable = 0

    /// The table of a log. Fields of fields have names such as `metrics.bleu`; lists are texts in JSON.
    public init(log: String) {
        var columns: [String] = []
        var known: Set<String> = []
        var rows: [[String: String]] = []
        for line in log.split(whereSeparator: \.isNewline) {
            guard let record = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                unreadable += 1
                continue
            }
            var row: [String: String] = [:]
            Self.add(record, prefix: "", to: &row)
            for name in row.keys.sorted() where known.insert(name).inserted { columns.append(name) }
            rows.append(row)
        }
        // what tells records apart comes first
        let first = ["event", "step", "epoch", "samples", "loss"].filter { known.contains($0) }
        columns = first + columns.filter { !first.contains($0) }
        lines = [columns.map(Self.field).joined(separator: ",")]
        lines += rows.map { row in columns.map { Self.field(row[$0] ?? "") }.joined(separator: ",") }
    }

    private static func add(_ record: [String: Any], prefix: String, to row: inout [String: String]) {
        for (name, value) in record {
            switch value {
            case let text as String: row[prefix + name] = text
            case let parts as [String: Any]: add(parts, prefix: prefix + name + ".", to: &row)
            case is NSNull: row[prefix + name] = ""
            case let list as [Any]:
                row[prefix + name] =
                    (try? JSONSerialization.data(withJSONObject: list, options: [.sortedKeys]))
                    .map { String(decoding: $0, as: UTF8.self) } ?? ""
            default: row[prefix + name] = "\(value)"
            }
        }
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\""
    }
}

import Datasets
import Foundation
import Messages
import RunRecords

/// The results of a search, best first: the same on any number of ranks.
struct SearchTable {
    /// The names of what varies, in their order.
    let keys: [String]
    let objective: SearchObjective
    /// The best first; of equals, and of those that came to no end, the lower number first.
    let results: [TrialResult]

    init(_ results: [TrialResult], keys: [String], objective: SearchObjective) {
        (self.keys, self.objective) = (keys, objective)
        func cost(_ result: TrialResult) -> Double {
            result.status == .complete ? objective.cost(of: result) ?? .infinity : .infinity
        }
        self.results = results.sorted { (cost($0), $0.number) < (cost($1), $1.number) }
    }

    /// The best trial; nil when none came to its end.
    var best: TrialResult? { results.first.flatMap { $0.status == .complete ? $0 : nil } }

    private static let measures: [(name: String, value: @Sendable (TrialResult) -> Double?)] = [
        ("final_loss", { $0.finalLoss }), ("final_accuracy", { $0.finalAccuracy }), ("best_loss", { $0.bestLoss }),
        ("best_accuracy", { $0.bestAccuracy }),
    ]

    /// One line for each trial, as RFC 4180 has it, all digits.
    var csv: String {
        let header = ["trial", "status"] + keys + Self.measures.map(\.name) + ["steps", "directory", "reason"]
        let rows = results.map { result in
            ["\(result.number)", result.status.rawValue] + keys.map { result.values[$0] ?? "" }
                + Self.measures.map { $0.value(result).map { "\($0)" } ?? "" }
                + [
                    result.steps.map { "\($0)" } ?? "", SearchDirectory.trialName(result.number), result.reason ?? "",
                ]
        }
        return ([header] + rows).map { CSVText.row($0) + "\n" }.joined()
    }

    /// Replaces the file at `path` by everything as one JSON object.
    func writeJSON(to path: String) throws(RunLogError) {
        struct Document: Encodable {
            let objective: SearchObjective
            let best: Int?
            let trials: [TrialResult]
        }
        let document = Document(objective: objective, best: best?.number, trials: results)
        try FileContents.replace(path, withJSON: document)
    }

    /// The table for people, and what the best trial is.
    func text(directory: String) -> String {
        let hasAccuracy = results.contains { $0.finalAccuracy != nil }
        var rows = [["trial"] + keys + ["test loss"] + (hasAccuracy ? ["accuracy"] : []) + ["best loss"]]
        if hasAccuracy { rows[0].append("best accuracy") }
        for result in results {
            var row = ["\(result.number)"] + keys.map { result.values[$0] ?? "" }
            if result.status == .complete {
                row.append(result.finalLoss.map(Readable.loss) ?? "")
                if hasAccuracy { row.append(result.finalAccuracy.map { Readable.percent($0) } ?? "") }
                row.append(result.bestLoss.map(Readable.loss) ?? "")
                if hasAccuracy { row.append(result.bestAccuracy.map { Readable.percent($0) } ?? "") }
            } else {
                row.append(result.status.rawValue)
            }
            rows.append(row)
        }
        let widths = rows[0].indices.map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        let lines = rows.map { row in
            "  " + zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmedAtEnd
        }
        let unfinished = results.count { $0.status != .complete }
        var text = "Trials, the best by \(objective.rawValue) first\n" + lines.map { $0 + "\n" }.joined()
        if unfinished > 0 { text += "  \(Readable.count(unfinished, of: "trial")) came to no end: see results.csv\n" }
        if let best { text += "\nBest: \(directory)/\(SearchDirectory.trialName(best.number))\n" }
        return text
    }
}

extension String {
    fileprivate var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}

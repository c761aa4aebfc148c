import Datasets
import Foundation
import Messages
import RunRecords
import Training

/// The results of a search, best first: the same on any number of ranks.
struct SearchTable {
    /// The settings that vary, in their order.
    let keys: [String]
    let objective: SearchObjective
    /// The best first, then those that were stopped, the last rung first; of equals, and of others, the lower number first.
    let results: [TrialResult]
    /// The number of trials that the search was to have.
    var expected: Int?

    init(_ results: [TrialResult], keys: [String], objective: SearchObjective) {
        (self.keys, self.objective) = (keys, objective)
        func order(_ result: TrialResult) -> (Int, Double, Int) {
            let cost = objective.cost(of: result) ?? .infinity
            return switch result.status {
            case .complete: (.min, cost, result.number)
            case .stopped: (-(result.rung ?? 0), cost, result.number)
            case .diverged, .tooLarge, .failed: (.max, .infinity, result.number)
            }
        }
        self.results = results.sorted { order($0) < order($1) }
    }

    /// The best trial; nil if none is complete.
    var best: TrialResult? { results.first.flatMap { $0.status == .complete ? $0 : nil } }

    /// The names of all metrics of the trials: loss and accuracy, then the others by name.
    private var metrics: [String] {
        let others = Set(results.flatMap { ($0.final ?? [:]).keys }).subtracting(["loss", "accuracy"])
        return ["loss", "accuracy"] + others.sorted()
    }

    /// The metric with the objective's direction, if it is the objective's.
    private func metric(_ name: String) -> MetricName {
        name == objective.metric.name ? objective.metric : MetricName(name)
    }

    private var isInRungs: Bool { results.contains { $0.rung != nil } }
    private func text(_ number: Int?) -> String { number.map { "\($0)" } ?? "" }

    /// Comma-separated values (RFC 4180), a line for each trial, with all digits.
    var csv: String {
        let metrics = metrics.map(metric)
        let header =
            ["trial", "status"] + keys + metrics.map { "final_\($0.name)" } + metrics.map { "best_\($0.name)" }
            + (isInRungs ? ["rung"] : []) + ["parameters", "steps", "directory", "reason"]
        let rows = results.map { result in
            let values = metrics.map { result.final?[$0.name] } + metrics.map { result.best($0) }
            return ["\(result.number)", result.status.rawValue] + keys.map { result.values[$0] ?? "" }
                + values.map { $0.map { "\($0)" } ?? "" }
                + (isInRungs ? [text(result.rung)] : [])
                + [
                    text(result.parameters), text(result.steps), SearchDirectory.trialName(result.number),
                    result.reason ?? "",
                ]
        }
        return ([header] + rows).map { CSVText.row($0) + "\n" }.joined()
    }

    /// Replaces the file at `path` by one JSON object with all results, and of rounds also the earlier ones.
    func writeJSON(to path: String, _ lineage: SearchLineage) throws(RunLogError) {
        struct Document: Encodable {
            let objective: SearchObjective
            let best: Int?
            let trials: [TrialResult]
            let rounds: [[TrialResult]]?
        }
        let document = Document(
            objective: objective, best: best?.number, trials: results,
            rounds: lineage.rounds.isEmpty ? nil : lineage.rounds)
        try FileContents.replace(path, withJSON: document)
    }

    /// The table as text, and the best trial.
    func text(directory: String) -> String {
        let own = objective.metric.name
        let shown = ["loss", "accuracy"].filter { name in
            name != own && results.contains { $0.final?[name] != nil }
        }
        let columns = ([own] + shown).map(metric)
        let sizesDiffer = Set(results.compactMap(\.parameters)).count > 1
        let (sizes, rungs) = (sizesDiffer ? ["parameters"] : [], isInRungs ? ["rung"] : [])
        var rows = [["trial"] + keys + sizes + rungs + columns.flatMap { ["final \($0.name)", "best \($0.name)"] }]
        for result in results {
            var row = ["\(result.number)"] + keys.map { result.values[$0] ?? "" }
            if sizesDiffer { row.append(text(result.parameters)) }
            if isInRungs { row.append(text(result.rung)) }
            if [.complete, .stopped].contains(result.status) {
                row += columns.flatMap { metric in
                    [result.final?[metric.name], result.best(metric)].map { $0.map { metric.text(of: $0) } ?? "" }
                }
            } else {
                row.append(result.status.rawValue)
            }
            rows.append(row)
        }
        let widths = rows[0].indices.map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        let lines = rows.map { row in
            "  " + zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmedAtEnd
        }
        func count(_ status: TrialResult.Status) -> Int { results.count { $0.status == status } }
        let (tooLarge, unfinished) = (count(.tooLarge), count(.diverged) + count(.failed))
        var text = "Trials, the best by \(objective.name) first\n" + lines.map { $0 + "\n" }.joined()
        if unfinished > 0 { text += "  \(Readable.count(unfinished, of: "trial")) did not complete: see results.csv\n" }
        if tooLarge > 0 {
            text += "  \(Readable.count(tooLarge, of: "trial")) not trained: more than --max-parameters\n"
        }
        if let expected, results.count < expected {
            text +=
                "  \(Readable.count(expected - results.count, of: "trial")) not made: hardly any new settings are left\n"
        }
        if let best { text += "\nBest: \(directory)/\(SearchDirectory.trialName(best.number))\n" }
        return text
    }
}

extension String {
    fileprivate var trimmedAtEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}

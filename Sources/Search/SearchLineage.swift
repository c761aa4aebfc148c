import Datasets
import Messages
import RunRecords

/// Who copied whom in population-based training: the results of all trials after each round.
package struct SearchLineage: Sendable {
    /// The rounds in order, each with the results of all trials in the order of their numbers.
    package let rounds: [[TrialResult]]
    private let keys: [String]
    private let objective: SearchObjective

    /// The lineage of trials with the settings `keys`.
    package init(_ rounds: [[TrialResult]], keys: [String], objective: SearchObjective) {
        (self.rounds, self.keys, self.objective) = (rounds, keys, objective)
    }

    /// One round of one trial, as texts.
    private func row(_ round: Int, _ result: TrialResult) -> [String] {
        let scores = [objective.value(of: result), result.final?["loss"], result.final?["accuracy"]]
        return ["\(round + 1)", result.steps.map { "\($0)" } ?? "", "\(result.number)"]
            + [result.source.map { "\($0)" } ?? "", result.status.rawValue]
            + keys.map { result.values[$0] ?? "" } + scores.map { $0.map { "\($0)" } ?? "" } + [result.reason ?? ""]
    }

    /// Comma-separated values (RFC 4180): a line for each round and trial, with the trial that it copied at the begin
    /// of the round, its settings in the round and its scores at the end.
    package var csv: String {
        let header =
            ["round", "step", "trial", "copied_from", "status"] + keys
            + [
                objective.metric.name == "loss" ? "objective" : "objective_\(objective.metric.name)", "loss",
                "accuracy",
            ]
            + ["reason"]
        let rows = rounds.enumerated().flatMap { round, results in results.map { row(round, $0) } }
        return ([header] + rows).map { CSVText.row($0) + "\n" }.joined()
    }

    /// The results whose weights led to `result`, that of the last round: one for each round.
    package func ancestors(of result: TrialResult) -> [TrialResult] {
        var (number, path): (Int, [TrialResult]) = (result.number, [])
        for round in rounds.reversed() {
            guard let own = round.first(where: { $0.number == number }) else { break }
            path.append(own)
            number = own.source ?? number
        }
        return path.reversed()
    }

    /// The settings with which the weights of `best` were trained, round by round; rounds of equal settings on one
    /// line.
    func text(of best: TrialResult?) -> String {
        guard let best, !rounds.isEmpty else { return "" }
        let path = ancestors(of: best)
        var lines: [(steps: String, text: String)] = []
        for result in path {
            let values = keys.map { "\($0)=\(result.values[$0] ?? "")" }.joined(separator: " ")
            let line = (steps: "\(result.steps ?? 0)", text: "trial \(result.number)  \(values)")
            if lines.last?.text == line.text { lines.removeLast() }
            lines.append(line)
        }
        let width = lines.map(\.steps.count).max() ?? 0
        let copies = rounds.joined().count { $0.source != nil }
        return
            "Lineage of the best trial, among \(Readable.count(copies)) \(copies == 1 ? "copy" : "copies"): see lineage.csv\n"
            + lines.map { "  to step \($0.steps.padded(to: width))  \($0.text)\n" }.joined() + "\n"
    }
}

import Communication
import MPICommunication
import Messages
import Search
import Training

/// The runs of an ensemble, as a command names them.
enum EnsembleMembers {
    /// The runs that `paths` stand for, where that is an ensemble: several runs, or the complete trials of a search in
    /// the order of their numbers; nil for one run. *Collective.*
    static func paths(_ paths: [String], over communicator: any Communicator) throws -> [String]? {
        let found = try communicator.share(from: 0) { () throws -> [String] in
            guard paths.count > 1 || paths.contains(where: SearchResults.exist) else { return [] }
            let members = try paths.flatMap { path -> [String] in
                guard SearchResults.exist(at: path) else { return [path] }
                let results = try SearchResults(path: path)
                return results.trials.filter { $0.status == .complete }.sorted { $0.number < $1.number }
                    .map(results.runDirectory)
            }
            guard members.count >= 2 else { throw TooFewMembers(paths: members) }
            return members
        }
        return found.isEmpty ? nil : found
    }
}

extension EnsembleOutcome {
    /// The scores of members and ensemble as a table.
    var text: String {
        let scores = members.map(\.scores)
        func mean(_ value: (EnsembleScores) -> Double) -> Double {
            scores.reduce(0) { $0 + value($1) } / Double(scores.count)
        }
        func row(_ name: String, _ model: String, _ values: [Double]) -> [String] {
            [name] + values.map { Readable.significant($0) } + [model]
        }
        func values(_ scores: EnsembleScores) -> [Double] {
            [scores.accuracy, scores.loss, scores.expectedCalibrationError, scores.brier]
        }
        var rows = [["run", "accuracy", "loss", "calibration error", "brier", "model"]]
        rows += members.map { row($0.path, $0.model, values($0.scores)) }
        rows.append(
            row(
                "mean of members", "",
                [mean(\.accuracy), mean(\.loss), mean(\.expectedCalibrationError), mean(\.brier)]))
        rows.append(row("ensemble", "mean of the probabilities of \(members.count) members", values(ensemble)))
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            row.enumerated().map { $0.offset + 1 == row.count ? $0.element : $0.element.padded(to: widths[$0.offset]) }
                .joined(separator: "  ")
        }
        var lines = data.enumerated().map { "\(($0.offset == 0 ? "data" : "").padded(to: 7))  \($0.element)" }
        lines.append("samples  \(ensemble.samples)" + (ensemble.samples < available ? " of \(available)" : ""))
        lines += [""] + table
        lines += ["", "mutual information of prediction and member: \(Readable.significant(mutualInformation)) nats"]
        return lines.joined(separator: "\n")
    }
}

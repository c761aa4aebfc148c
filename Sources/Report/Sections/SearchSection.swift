import Messages
import RunRecords

/// A search: its trials as parallel coordinates, their curves, and a table.
struct SearchSection {
    let search: ReportedSearch

    /// The most lines of a picture; the table has all trials.
    private static let mostLines = 1000

    var html: String {
        let complete = search.trials.filter { $0.objective?.isFinite == true }
        let others = search.trials.count - complete.count
        var notes = [
            "\(Readable.count(search.trials.count, of: "trial")), the best by \(search.objective) first, in orange; the others the bluer, the better"
        ]
        if others > 0 { notes.append("\(Readable.count(others)) without a result, dashed") }
        if search.trials.count > Self.mostLines {
            notes.append("the picture shows the best \(Readable.count(Self.mostLines))")
        }
        return HTML.section(
            "Search: \(search.name)",
            HTML.note(notes.joined(separator: "; ") + ".") + picture(complete.count) + curves + table + lineage)
    }

    /// The rounds of population-based training that led to the best trial.
    private var lineage: String {
        guard !search.lineage.isEmpty else { return "" }
        let rows = search.lineage.enumerated().map { index, round in
            ["\(index + 1)", "\(round.step)", "\(round.trial)", round.source.map { "\($0)" } ?? ""]
                + search.keys.map { round.values[$0] ?? "" }
                + [round.objective.map { search.metric.text(of: $0) } ?? ""]
        }
        return HTML.note("Lineage of the best trial: whose weights it has, and with which settings they were trained.")
            + HTML.table(
                ["round", "to step", "trial", "copied from"] + search.keys + [search.metric.name], rows, texts: 0,
                isSortable: false)
    }

    private func picture(_ complete: Int) -> String {
        let lines = search.trials.prefix(Self.mostLines).enumerated().map { index, trial in
            let isComplete = trial.objective?.isFinite == true
            let settings = search.keys.map { "\($0)=\(trial.values[$0] ?? "")" }.joined(separator: " ")
            let result = trial.objective.map { "\(search.objective) \(search.metric.text(of: $0))" } ?? trial.status
            return ParallelCoordinates.Line(
                label: "trial \(trial.number): \(settings): \(result)",
                values: search.keys.map { trial.values[$0] } + [isComplete ? trial.objective.map { "\($0)" } : nil],
                rank: isComplete ? Double(index) / Double(max(1, complete - 1)) : nil)
        }
        guard lines.count > 1 else { return "" }
        let arrow = search.metric.direction == .minimize ? "less is better" : "more is better"
        return ParallelCoordinates(axes: search.keys + ["\(search.objective) (\(arrow))"], lines: lines).svg
    }

    /// The objective's metric over the steps of each trial, the best in color.
    private var curves: String {
        let drawn = search.trials.filter { $0.evaluations.count > 1 }
        let isPercent = search.metric.name == "accuracy" || search.metric.name.hasSuffix("_accuracy")
        let curves = drawn.enumerated().map { index, trial in
            LineChart.Curve(
                label: "trial \(trial.number)", color: 1, style: index == 0 ? .main : .minor,
                points: CurvePoints(
                    points: trial.evaluations.compactMap { report in
                        report.values[search.metric.name].flatMap {
                            $0.isFinite ? (Double(report.step), isPercent ? 100 * $0 : $0) : nil
                        }
                    }))
        }
        let name = "test " + search.metric.name.replacing("_", with: " ")
        guard let svg = LineChart(x: "step", y: name, isPercent: isPercent, curves: curves).svg else { return "" }
        let best = drawn.first.map { "trial \($0.number)" } ?? ""
        return
            "<div class=\"charts\"><figure><div class=\"legend\"><span><i class=\"key c1\"></i>\(best), the best</span>"
            + "<span><i class=\"key other\"></i>\(Readable.count(drawn.count - 1)) others</span></div>\(svg)</figure></div>"
    }

    private var table: String {
        let known = Set(search.trials.flatMap(\.scores.keys))
        // as on the screen, of the scores of a classification one is shown
        let names =
            known.contains("f1_macro")
            ? ["loss", "accuracy", "f1_macro"]
            : ["loss", "accuracy"] + known.subtracting(["loss", "accuracy"]).sorted()
        let scores = names.filter { known.contains($0) && "final \($0)" != search.objective }
        let omitted = known.subtracting(names).subtracting([search.metric.name]).count
        let rows = search.trials.map { trial in
            ["\(trial.number)"] + search.keys.map { trial.values[$0] ?? "" }
                + [trial.objective.map { search.metric.text(of: $0) } ?? trial.status]
                + scores.map { name in trial.scores[name].map { MetricName(name).text(of: $0) } ?? "" }
                + [trial.reason ?? ""]
        }
        let head = ["trial"] + search.keys + [search.objective] + scores.map { "final \($0)" } + ["reason"]
        let hasReasons = search.trials.contains { $0.reason != nil }
        return HTML.table(
            hasReasons ? head : head.dropLast(), hasReasons ? rows : rows.map { $0.dropLast() }, texts: 0,
            isSortable: true)
            + HTML.note(omitted > 0 ? "\(Readable.count(omitted, of: "further score")): see results.csv" : "")
    }
}

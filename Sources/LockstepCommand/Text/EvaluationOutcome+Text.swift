import Foundation
import Messages
import Training

extension EvaluationOutcome {
    private static let (mostRows, mostColumns) = (30, 12)

    /// The scores as aligned lines; of many classes the worst, of many confusions the most frequent.
    var text: String {
        var rows = [("model", model)]
        rows += data.enumerated().map { ($0.offset == 0 ? "data" : "", $0.element) }
        rows += notes.map { ("note", $0) }
        rows.append(("samples", "\(result.samples)" + (result.samples < available ? " of \(available)" : "")))
        rows.append(("loss", Readable.number(result.loss)))
        if let accuracy = result.accuracy { rows.append(("accuracy", Readable.number(accuracy))) }
        rows += result.metrics.sorted { $0.key < $1.key }.map { ($0.key, Readable.number($0.value)) }
        if let report = result.classification { rows += undefined(report).map { ($0, $1) } }
        let width = max(8, rows.map(\.0.count).max() ?? 0)
        let lines = rows.map { "\($0.padded(to: width))  \($1)" }
        return (lines + (result.classification.map(tables) ?? [])).joined(separator: "\n")
    }

    /// Why scores are left out.
    private func undefined(_ report: ClassificationReport) -> [(String, String)] {
        guard report.classes >= 2, result.metrics["roc_auc"] == nil else { return [] }
        guard report.hasRankings else {
            return [
                ("roc_auc", "left out: more than \(ClassificationCounts.mostThoroughly) probabilities to put in order")
            ]
        }
        let lacking = report.perClass.filter { $0.label >= 0 && $0.areaUnderROC == nil }.map(\.label)
        return [("roc_auc", "not defined: all test samples or none are of \(lacking.map(name).listed())")]
    }

    private func shortName(_ label: Int) -> String {
        let name = name(label)
        return name.count > 24 ? name.prefix(23) + "…" : name
    }

    /// The number and the name of a class, which may be the same.
    private func numbered(_ label: Int) -> String {
        let (number, name) = (label < 0 ? "-" : "\(label)", shortName(label))
        return number == name ? number : "\(number) \(name)"
    }

    private func tables(_ report: ClassificationReport) -> [String] {
        var shown = report.perClass
        if shown.count > Self.mostRows {
            shown = Array(shown.sorted { ($0.f1, $0.label) < ($1.f1, $1.label) }.prefix(10))
        }
        let title =
            shown.count < report.perClass.count ? "class (10 of \(report.perClass.count) with the least f1)" : "class"
        let head = [title, "precision", "recall", "f1", "roc_auc", "samples", "predicted"]
        let rows = shown.map { scores in
            [
                numbered(scores.label), decimal(scores.precision),
                decimal(scores.recall), decimal(scores.f1), scores.areaUnderROC.map(decimal) ?? "-",
                "\(scores.support)", "\(scores.predicted)",
            ]
        }
        return [""] + aligned([head] + rows) + [""] + confusions(report)
    }

    private func confusions(_ report: ClassificationReport) -> [String] {
        let labels = report.perClass.map(\.label)
        guard labels.count > Self.mostColumns else {
            let cells = matrix(report, labels)
            // rows begin with a word that no other line begins with: scripts read them by it
            let head = ["true→predicted"] + labels.map { $0 < 0 ? "-" : "\($0)" }
            return aligned(
                [head]
                    + zip(labels, cells).map { label, row in
                        [(label < 0 ? "-" : "\(label)") + "→"] + row.map(String.init)
                    })
        }
        let wrong = report.confusion.filter { $0.label != $0.prediction }.sorted {
            ($1.count, $0.label, $0.prediction) < ($0.count, $1.label, $1.prediction)
        }
        guard !wrong.isEmpty else { return ["no sample was taken for another class"] }
        let rows = wrong.prefix(10).map { [shortName($0.label), shortName($0.prediction), "\($0.count)"] }
        let more = wrong.count > 10 ? ["and \(wrong.count - 10) more (--confusion FILE.csv, --json FILE)"] : []
        return aligned([["most frequent errors: true class", "taken for", "samples"]] + rows) + more
    }

    private func decimal(_ value: Double) -> String { Readable.number(value, "%.4f") }

    /// The first column to the left, the others to the right.
    private func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }.joined(separator: "  ")
        }
    }
}

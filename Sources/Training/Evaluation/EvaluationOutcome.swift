import Checkpoints
import Datasets
import Foundation
import Messages

/// What `lockstep evaluate` says: the scores as text, as JSON, and the confusion matrix as comma-separated values.
public struct EvaluationOutcome: Sendable {
    /// The model in a few words, and the data, with notes on them.
    let model: String
    let data: [String]
    /// What is to be known beside the scores, such as that the data are not the run's.
    let notes: [String]
    /// The scores.
    public let result: EvaluationResult
    /// The names of the classes, by number.
    let classNames: [String]
    /// The test samples that there are.
    let available: Int

    private static let (mostRows, mostColumns) = (30, 12)

    /// The scores as aligned lines; of many classes the worst, of many confusions the most frequent.
    public var text: String {
        var rows = [("model", model)]
        rows += data.enumerated().map { ($0.offset == 0 ? "data" : "", $0.element) }
        rows += notes.map { ("note", $0) }
        rows.append(("samples", "\(result.samples)" + (result.samples < available ? " of \(available)" : "")))
        rows.append(("loss", "\(result.loss)"))
        if let accuracy = result.accuracy { rows.append(("accuracy", "\(accuracy)")) }
        rows += result.metrics.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
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
        return [("roc_auc", "not defined: all test samples or none are of \(list(lacking.map(name)))")]
    }

    private func list(_ names: [String]) -> String {
        names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
    }

    /// The name of a class, in characters that can be printed.
    private func name(_ label: Int) -> String {
        guard classNames.indices.contains(label) else { return label < 0 ? "(unknown)" : "\(label)" }
        return classNames[label].unicodeScalars.map { scalar in
            let isPrintable =
                scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
            return isPrintable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }.joined()
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

    private func matrix(_ report: ClassificationReport, _ labels: [Int]) -> [[Int]] {
        let index = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        var cells = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
        for cell in report.confusion {
            if let row = index[cell.label], let column = index[cell.prediction] { cells[row][column] = cell.count }
        }
        return cells
    }

    private func decimal(_ value: Double) -> String { String(format: "%.4f", value) }

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

    /// The confusion matrix, a row for each true class and a column for each prediction; nil where nothing is classified.
    ///
    /// Of more than 1000 classes the cells that are not 0, each in a row of true class, prediction and count.
    public var confusionCSV: String? {
        guard let report = result.classification else { return nil }
        let labels = report.perClass.map(\.label)
        func name(_ label: Int) -> String { classNames.indices.contains(label) ? classNames[label] : self.name(label) }
        var rows: [[String]]
        if labels.count > 1000 {
            rows = [["true class", "predicted", "samples"]]
            rows += report.confusion.map { [name($0.label), name($0.prediction), "\($0.count)"] }
        } else {
            rows = [["true class"] + labels.map(name)]
            rows += zip(labels, matrix(report, labels)).map { [name($0)] + $1.map(String.init) }
        }
        return rows.map { CSVText.row($0) + "\n" }.joined()
    }

    /// All of it as one JSON object: scores, those of each class, and the cells of the confusion matrix that are not 0.
    public func json() throws -> String {
        struct Class: Encodable {
            let name: String
            let precision, recall, f1: Double
            let areaUnderROC, averagePrecision: Double?
            let samples, predicted: Int

            enum CodingKeys: String, CodingKey {
                case name, precision, recall, f1, samples, predicted
                case areaUnderROC = "roc_auc"
                case averagePrecision = "average_precision"
            }
        }
        struct Cell: Encodable {
            let label, prediction: String
            let samples: Int
        }
        struct Content: Encodable {
            let model: String
            let data, notes: [String]
            let samples: Int
            let loss: Double
            let accuracy: Double?
            let metrics: [String: Double]
            let classes: [Class]?
            let confusion: [Cell]?
        }
        func name(_ label: Int) -> String { classNames.indices.contains(label) ? classNames[label] : self.name(label) }
        let report = result.classification
        let content = Content(
            model: model, data: data, notes: notes, samples: result.samples, loss: result.loss,
            accuracy: result.accuracy, metrics: result.metrics,
            classes: report?.perClass.map {
                Class(
                    name: name($0.label), precision: $0.precision, recall: $0.recall, f1: $0.f1,
                    areaUnderROC: $0.areaUnderROC, averagePrecision: $0.averagePrecision, samples: $0.support,
                    predicted: $0.predicted)
            },
            confusion: report?.confusion.map {
                Cell(label: name($0.label), prediction: name($0.prediction), samples: $0.count)
            })
        return String(decoding: try JSONFile.encode(content, for: "the scores"), as: UTF8.self)
    }
}

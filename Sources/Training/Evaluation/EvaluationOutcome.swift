import Checkpoints
import Datasets
import Foundation
import Messages
import RunRecords

/// The scores of a model on test data, with their JSON, and the confusion matrix as comma-separated values.
public struct EvaluationOutcome: Sendable {
    /// The model in a few words, and the data, with notes on them.
    package let model: String
    package let data: [String]
    /// What is to be known beside the scores, such as that the data are not the run's.
    package let notes: [String]
    /// The scores.
    public let result: EvaluationResult
    /// The names of the classes, by number.
    package let classNames: [String]
    /// The test samples that there are.
    package let available: Int

    /// The name of a class, in characters that can be printed.
    package func name(_ label: Int) -> String {
        guard classNames.indices.contains(label) else { return label < 0 ? "(unknown)" : "\(label)" }
        return classNames[label].unicodeScalars.visible
    }

    /// The number of samples of each true class, in rows, that were taken for each class, in columns.
    package func matrix(_ report: ClassificationReport, _ labels: [Int]) -> [[Int]] {
        let index = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        var cells = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
        for cell in report.confusion {
            if let row = index[cell.label], let column = index[cell.prediction] { cells[row][column] = cell.count }
        }
        return cells
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
            let reliability: [CalibrationReport.Bin]?
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
            }, reliability: report?.reliability)
        return String(decoding: try JSONFile.encode(content, for: "the scores"), as: UTF8.self)
    }
}

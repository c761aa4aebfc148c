public import RunRecords

/// The scores of a classification, as scikit-learn defines them.
///
/// Scores of a class without predictions or without samples, which would be 0 / 0, are 0 (`zero_division=0`). Means over classes
/// (`macro`) are over those that occur, as a true class or as a prediction; a class that the model does not know is one of them.
public struct ClassificationReport: Sendable, Equatable {
    /// The number of classes that the model knows.
    public let classes: Int
    /// How often which class was taken for which; labels below 0 stand for unknown classes.
    public let confusion: [Cell]
    /// The scores of each class of the model, by its number, then of the unknown ones that occur.
    public let perClass: [ClassScores]
    /// How many samples have a rank of the true class below 1, 2, 3 …
    let ranks: [Int]
    /// How often predictions were right, by their confidence, in intervals of equal width over [0, 1].
    public let reliability: [CalibrationReport.Bin]
    /// Whether the scores of the order of probabilities were computed.
    public let hasRankings: Bool

    /// One cell of the confusion matrix.
    public struct Cell: Sendable, Equatable {
        /// The true class and the predicted one.
        public let label, prediction: Int
        /// How many samples.
        public let count: Int
    }

    /// The scores of one class against all others.
    public struct ClassScores: Sendable, Equatable {
        /// The number of the class; below 0: unknown to the model.
        public let label: Int
        /// Right predictions of the class, its samples, and its predictions.
        public let correct, support, predicted: Int
        /// The area under the receiver operating characteristic; nil where all samples are of the class, or none.
        public let areaUnderROC: Double?
        /// The average precision; 0 where no sample is of the class; nil where it was not computed.
        public let averagePrecision: Double?

        /// Of the predictions of the class, the right ones.
        public var precision: Double { predicted > 0 ? Double(correct) / Double(predicted) : 0 }
        /// Of the samples of the class, those that were found.
        public var recall: Double { support > 0 ? Double(correct) / Double(support) : 0 }
        /// The harmonic mean of both.
        public var f1: Double {
            support + predicted > 0 ? 2 * Double(correct) / Double(support + predicted) : 0
        }
    }

    init(
        classes: Int, counts: [[Int]: Int], ranks: [Int], rankings: [(area: Double?, precision: Double)]?,
        reliability: [CalibrationReport.Bin]
    ) {
        (self.classes, self.reliability) = (classes, reliability)
        self.ranks = ranks
        hasRankings = rankings != nil
        confusion = counts.map { Cell(label: $0[0], prediction: $0[1], count: $1) }
            .sorted { ($0.label, $0.prediction) < ($1.label, $1.prediction) }
        var (support, predicted, correct): ([Int: Int], [Int: Int], [Int: Int]) = ([:], [:], [:])
        for cell in confusion {
            support[cell.label, default: 0] += cell.count
            predicted[cell.prediction, default: 0] += cell.count
            if cell.label == cell.prediction, cell.label >= 0 { correct[cell.label, default: 0] += cell.count }
        }
        let unknown = Set(support.keys).union(predicted.keys).filter { !(0..<classes).contains($0) }.sorted(by: >)
        perClass = (Array(0..<classes) + unknown).map { label in
            let ranking = rankings.flatMap { label >= 0 ? $0[label] : nil }
            return ClassScores(
                label: label, correct: correct[label] ?? 0, support: support[label] ?? 0,
                predicted: predicted[label] ?? 0, areaUnderROC: ranking?.area, averagePrecision: ranking?.precision)
        }
    }

    /// The number of samples.
    public var samples: Int { confusion.reduce(0) { $0 + $1.count } }

    /// The samples of classes that the model does not know.
    public var unknownSamples: Int { perClass.filter { $0.label < 0 }.reduce(0) { $0 + $1.support } }

    /// The classes of the model of which there is no sample.
    public var emptyClasses: [Int] { perClass.filter { $0.label >= 0 && $0.support == 0 }.map(\.label) }

    /// The confusion matrix for the records; nil where there are too many classes, or no names of them.
    func matrix(_ names: [String], step: Int) -> ConfusionMatrix? {
        guard names.count == classes, classes <= ConfusionMatrix.mostClasses else { return nil }
        let isComplete = confusion.allSatisfy { $0.label >= 0 && $0.prediction >= 0 }
        let count = classes + (isComplete ? 0 : 1)
        var counts = Array(repeating: Array(repeating: 0, count: count), count: count)
        for cell in confusion {
            counts[cell.label < 0 ? classes : cell.label][cell.prediction < 0 ? classes : cell.prediction] += cell.count
        }
        return ConfusionMatrix(step: step, classes: names + (isComplete ? [] : ["(unknown)"]), counts: counts)
    }

    /// The scores that are one number, by name; what is not defined is left out.
    ///
    /// - Parameter topK: the number of likeliest classes among which the true one counts as found, where there are more.
    public func metrics(topK: Int) -> [String: Double] {
        let present = perClass.filter { $0.support + $0.predicted > 0 }
        let count = Double(max(1, samples))
        func macro(_ score: (ClassScores) -> Double) -> Double {
            present.isEmpty ? 0 : present.reduce(0) { $0 + score($1) } / Double(present.count)
        }
        func weighted(_ score: (ClassScores) -> Double) -> Double {
            present.reduce(0) { $0 + score($1) * Double($1.support) } / count
        }
        let sampled = present.filter { $0.support > 0 }
        var metrics = [
            "precision_macro": macro(\.precision), "recall_macro": macro(\.recall), "f1_macro": macro(\.f1),
            "precision_weighted": weighted(\.precision), "recall_weighted": weighted(\.recall),
            "f1_weighted": weighted(\.f1),
            "balanced_accuracy": sampled.isEmpty
                ? 0 : sampled.reduce(0) { $0 + $1.recall } / Double(sampled.count),
        ]
        let known = perClass.filter { $0.label >= 0 }
        if classes == 2 {
            (metrics["precision"], metrics["recall"], metrics["f1"]) = (
                known[1].precision, known[1].recall, known[1].f1
            )
            metrics["roc_auc"] = known[1].areaUnderROC
            metrics["average_precision"] = known[1].averagePrecision
        } else if classes > 2 {
            let areas = known.compactMap(\.areaUnderROC)
            if areas.count == classes { metrics["roc_auc"] = areas.reduce(0, +) / Double(classes) }
            let precisions = known.compactMap(\.averagePrecision)
            if precisions.count == classes { metrics["average_precision"] = precisions.reduce(0, +) / Double(classes) }
        }
        if topK > 1, classes > topK {
            metrics["top_\(topK)_accuracy"] = Double(ranks.prefix(topK).reduce(0, +)) / count
        }
        return metrics
    }
}

/// How often predictions of a confidence were right: the data of a reliability diagram, as sums that add up.
///
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017, section 2.
public struct ReliabilityDiagram: Sendable, Equatable {
    /// The predictions of one interval of confidence.
    public struct Bin: Sendable, Equatable {
        /// Their number, the sum of their confidences, and how many were right.
        public var count = 0.0, confidence = 0.0, correct = 0.0
    }

    /// Intervals of equal width over [0, 1]; the upper bound belongs to each.
    public private(set) var bins: [Bin]

    /// The bins of a diagram for which no other number is asked.
    public static let usualBins = 15

    /// No predictions, in so many bins.
    public init(bins: Int = Self.usualBins) { self.bins = [Bin](repeating: Bin(), count: max(1, bins)) }

    /// The diagram that `sums` gave.
    public init(sums: [Double]) {
        bins = stride(from: 0, to: sums.count - 2, by: 3).map {
            Bin(count: sums[$0], confidence: sums[$0 + 1], correct: sums[$0 + 2])
        }
    }

    /// Three numbers for each bin, which may be added to those of another diagram.
    public var sums: [Double] { bins.flatMap { [$0.count, $0.confidence, $0.correct] } }

    /// The index of the bin, of `bins` ones, that has a confidence in [0, 1].
    public static func bin(of confidence: Double, bins: Int = Self.usualBins) -> Int {
        min(bins - 1, max(0, Int((confidence * Double(bins)).rounded(.up)) - 1))
    }

    /// Adds a prediction.
    /// - Parameter confidence: the probability of the predicted class, in [0, 1].
    public mutating func add(confidence: Double, isCorrect: Bool) {
        let index = Self.bin(of: confidence, bins: bins.count)
        bins[index].count += 1
        bins[index].confidence += confidence
        bins[index].correct += isCorrect ? 1 : 0
    }

    /// The expected calibration error: the mean distance between confidence and accuracy, weighted by predictions.
    public var expectedCalibrationError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        return total > 0 ? bins.reduce(0) { $0 + abs($1.correct - $1.confidence) } / total : 0
    }

    /// The largest distance of a bin.
    public var maximumCalibrationError: Double {
        bins.filter { $0.count > 0 }.map { abs($0.correct - $0.confidence) / $0.count }.max() ?? 0
    }
}

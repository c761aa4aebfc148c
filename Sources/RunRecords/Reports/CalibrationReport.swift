/// How often the predictions of an evaluation were right, by their confidence: the data of a reliability diagram, in the file
/// `calibration.json` of the run directory.
///
/// Source: Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017, section 2.
public struct CalibrationReport: Codable, Sendable, Equatable {
    /// The predictions of one interval of confidence.
    public struct Bin: Codable, Sendable, Equatable {
        /// Their number, and how many of them were right.
        public var count, correct: Int
        /// Their mean confidence, the probability of the predicted class; 0 where there are none.
        public var confidence: Double

        /// Predictions with the mean confidence `confidence`.
        public init(count: Int, correct: Int, confidence: Double) {
            (self.count, self.correct, self.confidence) = (count, correct, confidence)
        }

        /// The share of right ones; nil where there are no predictions.
        public var accuracy: Double? { count > 0 ? Double(correct) / Double(count) : nil }
    }

    /// Optimizer steps done before the evaluation.
    public var step: Int
    /// Intervals of equal width over [0, 1].
    public var bins: [Bin]

    /// The bins of the evaluation after `step` steps.
    public init(step: Int, bins: [Bin]) { (self.step, self.bins) = (step, bins) }

    /// The predictions in all bins.
    public var predictions: Int { bins.reduce(0) { $0 + $1.count } }

    private static let mostBins = 1000

    /// Reads the bins of a run; nil if it has none. Throws if the file is damaged.
    public static func read(_ directory: RunDirectory) throws(RunLogError) -> CalibrationReport? {
        let path = directory.calibrationPath
        guard FileContents.exists(path) else { return nil }
        let report = try FileContents.decode(CalibrationReport.self, path, what: "the calibration of a run")
        guard (1...mostBins).contains(report.bins.count),
            report.bins.allSatisfy({
                (0...(1 << 40)).contains($0.count) && (0...$0.count).contains($0.correct)
                    && (0...1).contains($0.confidence)
            })
        else { throw .malformed(path: path, problem: "its bins are no counts of right predictions of so many") }
        return report
    }
}

/// The confusion matrix of an evaluation, in the file `confusion.json` of the run directory.
public struct ConfusionMatrix: Codable, Sendable, Equatable {
    /// Optimizer steps done before the evaluation.
    public var step: Int
    /// The names of the classes; the last is `(unknown)` where samples are of classes that the model does not know, or were not
    /// classified.
    public var classes: [String]
    /// The number of samples by true class and predicted class.
    public var counts: [[Int]]

    /// A matrix with a row and a column for each class.
    public init(step: Int, classes: [String], counts: [[Int]]) {
        (self.step, self.classes, self.counts) = (step, classes, counts)
    }

    /// Larger matrices are not written.
    public static let mostClasses = 1000

    /// Reads the matrix of a run; nil if it has none. Throws if the file is damaged.
    public static func read(_ directory: RunDirectory) throws(RunLogError) -> ConfusionMatrix? {
        let path = directory.confusionPath
        guard FileContents.exists(path) else { return nil }
        let matrix = try FileContents.decode(ConfusionMatrix.self, path, what: "the confusion matrix of a run")
        let count = matrix.classes.count
        guard (1...mostClasses + 1).contains(count), matrix.counts.count == count,
            matrix.counts.allSatisfy({ $0.count == count && $0.allSatisfy { $0 >= 0 } })
        else { throw .malformed(path: path, problem: "its rows and columns are not as many as its classes") }
        return matrix
    }
}

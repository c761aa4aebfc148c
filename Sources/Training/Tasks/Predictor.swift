public import TensorEngine

/// Uses a trained model on new data.
public protocol Predictor {
    /// The model that the saved weights are loaded into.
    var model: any Parameterized { get }

    /// Predicts for `request`, and hands out the result line by line, without the lines' ends. *Local.*
    func predict(_ request: PredictionRequest, each: (String) -> Void) throws
}

/// What is asked of a predictor.
public struct PredictionRequest: Sendable {
    /// The file of the inputs; nil: the standard input.
    public var input: String?
    /// Numbers of samples of the test data, instead of a file.
    public var testSamples: [Int] = []
    /// Hypotheses that a search keeps at each step, 1: always the likeliest token; nil: as the run's settings say.
    public var beam: Int?
    /// Exponent of the length penalty of a beam search; nil: as the run's settings say.
    public var lengthPenalty: Float?

    /// A request for the inputs of the file at `input`, or of the standard input.
    public init(input: String? = nil) { self.input = input }
}

/// The recipe of a saved run predicts nothing.
struct NoPredictor: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String { "cannot predict with \(path): the recipe \(recipe) has nothing to predict" }
}

public import TensorEngine

/// Uses a trained model on new data.
public protocol Predictor {
    /// The model that the saved weights are loaded into.
    var model: any Parameterized { get }

    /// Whether it writes the file `PredictionRequest.output`.
    var writesOutput: Bool { get }

    /// Predicts for `request`, and hands out the result line by line, without the lines' ends. *Local.*
    func predict(_ request: PredictionRequest, each: (String) -> Void) throws
}

extension Predictor {
    /// It does not.
    public var writesOutput: Bool { false }

    /// Hands out the lines that `body` gives below the line `header`, which comes before the first of them, or at the end where
    /// there is none: nothing is handed out of an input that cannot be read.
    public func lines(
        under header: String, _ each: (String) -> Void, _ body: ((String) -> Void) throws -> Void
    ) rethrows {
        try withoutActuallyEscaping(each) { each in
            var isBegun = false
            try body { line in
                if !isBegun { each(header) }
                isBegun = true
                each(line)
            }
            if !isBegun { each(header) }
        }
    }
}

/// What is asked of a predictor.
public struct PredictionRequest: Sendable {
    /// The file of the inputs; nil: the standard input.
    public var input: String?
    /// Numbers of samples of the test data, instead of a file.
    public var testSamples: [Int] = []
    /// The file to write, where the predictor writes one; nil: none was given.
    public var output: String?
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

/// `predict --output` with a recipe that writes lines.
struct NoOutputFile: Error, CustomStringConvertible {
    let recipe: String
    var description: String {
        "the recipe \(recipe) writes its predictions to stdout; leave out --output, and redirect it (> FILE)"
    }
}

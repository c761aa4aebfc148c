/// A predictor whose results are numbers for each input, so that those of several models can be averaged.
public protocol RowPredictor: Predictor {
    /// What the numbers of an input are.
    var predicted: PredictedNumbers { get }

    /// What the predictor calls an input, such as `image`: the head of the column with its name.
    var inputName: String { get }

    /// Predicts for `request`, and hands out the name and the numbers of each input in order: the probability of each
    /// class, or numbers in the units of the targets; none where an input cannot be read. *Local.*
    func predictRows(_ request: PredictionRequest, each: (_ input: String, _ values: [Double]) throws -> Void) throws
}

/// What the numbers of a prediction are.
public enum PredictedNumbers: Sendable, Equatable {
    /// The probabilities of these classes.
    case classes([String])
    /// Numbers under these names.
    case numbers([String])
}

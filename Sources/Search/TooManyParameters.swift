/// A model is larger than the search allows; it is not trained.
struct TooManyParameters: Error, CustomStringConvertible {
    let found, limit: Int
    var description: String { "the model has \(found) parameters, and --max-parameters is \(limit)" }
}

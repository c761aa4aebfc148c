public import TensorEngine

/// Generates new data with a trained model: what `generate` runs.
public protocol Generator {
    /// The model that the saved weights are loaded into.
    var model: any Parameterized { get }

    /// Generates what `request` asks for, and passes the text of it to `each`, piece by piece, without line ends between
    /// them. *Local.*
    ///
    /// A function of the model and the request. Throws if the request has an option that means nothing here.
    func generate(_ request: GenerationRequest, each: (String) -> Void) throws
}

/// The options of `generate`.
public struct GenerationRequest: Sendable {
    /// The number of samples, of a text its tokens; nil: the generator's own default.
    public var count: Int?
    /// The text to continue; nil: none was given.
    public var prompt: String?
    /// Divides the logits before sampling; 0: always the likeliest.
    public var temperature: Float = 1
    /// Samples among this many of the likeliest only; nil: among all.
    public var topK: Int?
    /// Seed of the samples.
    public var seed: UInt64 = 1
    /// The file to write, where the generator writes one; nil: none was given.
    public var output: String?

    /// A request with the defaults.
    public init() {}
}

/// The recipe of a saved run generates nothing.
struct NoGenerator: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String { "cannot generate with \(path): the recipe \(recipe) has no generator" }
}

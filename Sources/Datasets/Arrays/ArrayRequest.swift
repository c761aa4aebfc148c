/// A request to read arrays to train on.
package struct ArrayRequest: Sendable {
    /// What is learned.
    package enum Task: String, Codable, Sendable { case automatic, regression, classification }
    /// The axis of the channels of an input: the last, the one behind the samples', or none, for which one of 1 is added.
    package enum Channels: String, Codable, Sendable { case last, first, none }

    /// The archive, folder or file, and one with samples to test on; nil if they are a part of it.
    package var path: String
    package var testPath: String?
    /// The names of the arrays; nil: by the usual names.
    package var inputs: String?
    package var targets: String?
    package var channels = Channels.last
    package var task = Task.automatic
    /// Whether inputs are standardized: mean 0 and deviation 1 of each channel.
    package var standardizes = true
    /// The part of the samples that is for testing, and the seed that chooses it.
    package var testFraction: Double
    package var seed: UInt64
    /// The schema learned earlier; nil to infer it.
    package var schema: ArraySchema?

    /// A request for what is at `path`.
    package init(path: String, testFraction: Double, seed: UInt64) {
        (self.path, self.testFraction, self.seed) = (path, testFraction, seed)
    }
}

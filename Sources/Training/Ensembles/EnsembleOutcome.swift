import Checkpoints
import Messages

/// The scores of an ensemble of classifiers beside those of its members.
public struct EnsembleOutcome: Encodable, Sendable {
    /// A run of the ensemble.
    public struct Member: Encodable, Sendable {
        /// The path that it was read from, and its model in a few words.
        public let path, model: String
        /// The optimizer steps of its checkpoint.
        public let step: Int
        /// Its own scores.
        public let scores: EnsembleScores
    }

    /// The data in a few words, with notes on them.
    public let data: [String]
    /// The names of the classes.
    public let classes: [String]
    /// The test samples that there are.
    public let available: Int
    /// The members, in the order in which they were named.
    public let members: [Member]
    /// The scores of the mean of their probabilities.
    public let ensemble: EnsembleScores
    /// The mean over the samples of the mutual information of prediction and member, in nats: how much the members
    /// disagree.
    public let mutualInformation: Double

    enum CodingKeys: String, CodingKey {
        case data, classes, available, members, ensemble
        case mutualInformation = "mutual_information"
    }

    /// All of it as one JSON object.
    public func json() throws -> String {
        String(decoding: try JSONFile.encode(self, for: "the scores"), as: UTF8.self)
    }
}

/// Fewer than two runs make no ensemble.
package struct TooFewMembers: Error, CustomStringConvertible {
    let paths: [String]

    /// `paths` are too few.
    package init(paths: [String]) { self.paths = paths }

    package var description: String {
        "an ensemble needs at least 2 runs, found \(paths.isEmpty ? "none" : paths.listed()): name several run directories, or that of a search of which several trials are complete"
    }
}

/// A run gives no class probabilities.
struct NoClassProbabilities: Error, CustomStringConvertible {
    let path, recipe: String
    var description: String {
        "\(path) cannot be evaluated in an ensemble: evaluations of the recipe \(recipe) give no class probabilities of each sample; of regression, predict gives mean and variance (--ensemble)"
    }
}

/// Two runs of an ensemble differ in what they predict, or of what.
package struct MemberDifference: Error, CustomStringConvertible {
    let path, first, what, found, expected: String

    /// `path` has another value than `first`.
    package init(_ path: String, _ first: String, what: String, found: String, expected: String) {
        (self.path, self.first, self.what, self.found, self.expected) = (path, first, what, found, expected)
    }

    package var description: String {
        let advice =
            what.hasPrefix("test")
            ? "give both the same with --test-data, or train them with data.test_path (data.test_fraction draws by the seed)"
            : "leave one of them out"
        return
            "\(path) and \(first) make no ensemble: their \(what) differ, \(found) and \(expected); \(advice)"
    }
}

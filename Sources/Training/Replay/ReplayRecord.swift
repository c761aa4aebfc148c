public import Checkpoints
package import DataParallel
import Messages
import TensorEngine
import RunRecords

/// What is needed to compute shards of a step once more: the file `replay-step-N.json`, beside the weights of that step.
///
/// With it stand the settings, the samples and the seed, which name every random number. The samples themselves are read
/// from the data again.
public struct ReplayRecord: Codable, Sendable, Equatable {
    /// One shard of the step, and what it came to.
    public struct Shard: Codable, Sendable, Equatable {
        /// Its number.
        public var shard: Int
        /// Who has computed it.
        public var rank: Int
        /// The name of that rank's host.
        public var host: String
        /// The numbers of its samples in the training data, in order; none where it had no part of the batch.
        public var samples: [Int]
        /// The summed loss as the bits of a Float32, and the hash of the gradient's bits: hexadecimal.
        public var lossBits, gradientHash: String
        /// The number of loss terms, or the sum of their weights.
        public var count: Double
        /// The first parameter whose gradient is not finite.
        public var gradient: String?
        /// The first operation that is not finite.
        public var operation: NonFiniteLoss.Operation?

        /// What a shard came to; nil for one without samples.
        package init(_ shard: Int, rank: Int, host: String, samples: [Int], _ found: ShardExamination?) {
            (self.shard, self.rank, self.host, self.samples) = (shard, rank, host, samples)
            lossBits = String(found?.lossSum.bitPattern ?? 0, radix: 16)
            gradientHash = String(found?.gradientHash ?? 0, radix: 16)
            count = found?.count ?? 0
            gradient = found?.gradient
            operation = found?.operation.map {
                NonFiniteLoss.Operation(
                    name: $0.operation, isBackward: $0.isBackward, number: $0.number, parameters: $0.parameters,
                    shape: $0.shape.sizes, isOfData: $0.isOfData)
            }
        }

        /// The summed loss.
        public var loss: Float { Float(bitPattern: UInt32(lossBits, radix: 16) ?? 0) }
        /// Whether loss and gradient are finite.
        public var isFinite: Bool { loss.isFinite && gradient == nil }
        /// The shard and who has computed it, in words.
        var place: String { "shard \(shard), on rank \(rank) (\(host))" }
    }

    /// The format that this version writes and reads.
    static let currentFormatVersion = 1

    /// The most bytes of a record that are read.
    private static let longest = 1 << 28

    /// The format of the file.
    public var formatVersion: Int
    /// Where the run was before the step: its settings, the samples consumed, the seed, the vocabularies.
    public var state: RunState
    /// The step, from 1.
    public var step: Int
    /// What was found, in words.
    public var finding: String
    /// The file of the weights and running statistics, in the same folder.
    public var weights: String
    /// The hash of their bits, hexadecimal.
    public var weightsHash: String
    /// How many ranks computed the step.
    public var ranks: Int
    /// The shards that were not finite; all, where none of them by itself was, or where they depend on each other.
    public var shards: [Shard]

    /// The record of step `step`, which began in `state`.
    init(state: RunState, step: Int, finding: String, weightsHash: UInt64, ranks: Int, shards: [Shard]) {
        formatVersion = Self.currentFormatVersion
        (self.state, self.step, self.finding, self.ranks, self.shards) = (state, step, finding, ranks, shards)
        weights = "replay-step-\(step).safetensors"
        self.weightsHash = String(weightsHash, radix: 16)
    }

    /// The path of the record of a step in a run directory.
    static func path(step: Int, in directory: String) -> String { "\(directory)/replay-step-\(step).json" }

    /// Writes the record to `path`, and the weights beside it, which are complete first.
    func write(weights tensors: [NamedTensor], to path: String) throws {
        try SafetensorsFile.write(tensors, to: path.pathParts.folder + "/" + weights)
        try FileContents.replace(path, withJSON: self)
    }

    /// Reads the record at `path`.
    package init(path: String) throws {
        guard FileContents.exists(path) else {
            throw ReplayError.unusable(path: path, found: "nothing of that name")
        }
        let what = "the file replay-step-N.json of a run directory, as this version writes it"
        struct Format: Decodable { let formatVersion: Int }
        let format = try FileContents.decode(Format.self, path, limit: Self.longest, what: what).formatVersion
        guard format == Self.currentFormatVersion else {
            throw ReplayError.unusable(path: path, found: "format \(format)")
        }
        self = try FileContents.decode(ReplayRecord.self, path, limit: Self.longest, what: what)
        if let problem { throw ReplayError.unusable(path: path, found: problem) }
    }
}

/// A replay cannot be made, or comes to something else.
public enum ReplayError: Error, CustomStringConvertible, Equatable {
    case unusable(path: String, found: String)
    case otherWeights(path: String, saved: String, found: String)
    case missingSample(Int, count: Int)
    case notReproduced(shards: [Int])

    /// What was found, and what to do.
    public var description: String {
        switch self {
        case .unusable(let path, let found):
            "cannot replay \(path): found \(found), expected the file replay-step-N.json of a run directory, as it was written"
        case .otherWeights(let path, let saved, let found):
            "cannot replay with \(path): its weights have the hash \(found), and the step had \(saved); the two files must be of one run"
        case .missingSample(let sample, let count):
            "cannot replay: the step had sample \(sample), and these data have \(count); give the data that the run was started on (--data)"
        case .notReproduced(let shards):
            "not the same bits again in shard\(shards.count == 1 ? "" : "s") \(shards.listed()): use the same build, on a processor with the same instructions; if it was that, suspect the memory of the host that computed the step"
        }
    }
}

import Foundation
public import TensorEngine

/// How long the training steps of a recipe take, by phase. Times are in milliseconds.
public struct StepBenchmark: Codable, Sendable, Equatable {
    /// The median of some values, with the smallest and the largest.
    public struct Spread: Codable, Sendable, Equatable {
        /// Half of the values are at most this.
        public let median: Double
        /// The mean.
        public let mean: Double
        /// The smallest.
        public let least: Double
        /// The largest.
        public let most: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            (median, least, most) = (sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
            mean = sorted.reduce(0, +) / Double(sorted.count)
        }
    }

    /// The recipe, and its model in a few words.
    public let recipe, model: String
    /// The number of trained numbers.
    public let parameters: Int
    /// Ranks, threads of each, samples of a step over all ranks, and logical shards.
    public let ranks, threads, globalBatch, shards: Int
    /// How many steps were measured, after those that warmed up.
    public let steps: Int
    /// A whole step.
    public let step: Spread
    /// Samples per second over all ranks, at the median.
    public let samplesPerSecond: Double
    /// The phases of a step, in their order: name and time on rank 0.
    public let phases: [Phase]
    /// Buffers that came from the system in the measured steps, over all ranks.
    public let systemAllocations: Int
    /// The most memory that each rank has held, in bytes.
    public let peakMemoryBytes: [Int]
    /// Bytes of gradients that all ranks together sent in a step, and those to sum Float32, where they were compressed.
    public let sentBytes, uncompressedBytes: Int?
    /// Bytes that the ranks exchange for each sample of a step in place of gradients; nil where they reduce gradients.
    public let exchangedBytesPerSample: Int?
    /// The time of rank 0 by operation over all measured steps, when that was asked for; the longest first.
    public let operations: [OperationProfile.Entry]?

    /// Whether the ranks trained together, or each by itself at the same time.
    public let isIndependent: Bool
    /// Each step of each rank, by rank.
    public let rankSteps: [RankSteps]
    /// The buckets of gradients, in the order in which they leave.
    public let buckets: [Bucket]

    /// One bucket of gradients.
    public struct Bucket: Codable, Sendable, Equatable {
        /// Its size.
        public let bytes: Int
        /// How long before the end of the backward pass it was full on rank 0, in milliseconds; the median.
        public let lead: Double

        /// A bucket of `bytes`, full `lead` milliseconds before the end of the backward pass.
        public init(bytes: Int, lead: Double) { (self.bytes, self.lead) = (bytes, lead) }
    }

    /// Where the time of the steps went, over all ranks.
    public var lostTime: LostTime { LostTime(rankSteps) }

    /// One phase of a step.
    public struct Phase: Codable, Sendable, Equatable {
        /// Such as `forward`.
        public let name: String
        /// Its time.
        public let milliseconds: Spread
    }

    /// The figures as one JSON object, with sorted keys.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

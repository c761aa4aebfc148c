public import TensorEngine

extension DataParallelStep {
    /// Milliseconds that a step spent in each phase, on this rank.
    public struct Phases: Sendable, Equatable {
        /// Forward passes of all local shards.
        public var forward = 0.0
        /// Backward passes of all local shards.
        public var backward = 0.0
        /// Copying and adding gradients into buckets, and summing those of the ranks of this host, within backward.
        public var packing = 0.0
        /// Exchanges between shards, and waiting for the reduction after backward: the communication that was not hidden.
        public var exposedCommunication = 0.0
        /// Communication by another thread while backward went on, with waiting for others' parts.
        public var hiddenCommunication = 0.0

        /// No time.
        public init() {}

        /// What the rank's main thread has spent.
        public var onMainThread: Double { forward + backward + packing + exposedCommunication }

        /// Adds the times of another step.
        public static func += (sum: inout Phases, other: Phases) {
            sum.forward += other.forward
            sum.backward += other.backward
            sum.packing += other.packing
            sum.exposedCommunication += other.exposedCommunication
            sum.hiddenCommunication += other.hiddenCommunication
        }
    }

    /// What a step knows of the whole global batch.
    public struct Outcome: Sendable {
        /// The sum of the loss over its terms.
        public let lossSum: Double
        /// The number of terms, or the sum of their weights.
        public let count: Double
        /// Where the time went.
        public let phases: Phases
        /// For each of this rank's shards, in order, what its loss reported beside it: `gatherMetrics` sums over all shards.
        public let metrics: [[NamedSum]]
        /// The mean loss; 0 when there are no terms.
        public var loss: Double { count > 0 ? lossSum / count : 0 }
    }

    /// How gradients are cut into buckets, and when these travel.
    public struct Buckets: Sendable, Equatable {
        /// How large a bucket may grow.
        public var bytes: Int
        /// Whether messages travel while backward goes on, or after it.
        public var overlap: Bool

        /// Buckets of at most `bytes`, at least 4.
        public init(bytes: Int = 1 << 20, overlap: Bool = true) { (self.bytes, self.overlap) = (bytes, overlap) }
    }
}

import Dispatch

/// Something that happened on one rank, with its beginning and end.
public struct TimelineEvent: Sendable, Equatable, Codable {
    /// What kind of thing it is; the name is what readers see, and filter by.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// A whole step, with the evaluation and the checkpoint that may follow it.
        case step
        /// The main thread waits for its batch.
        case dataWait = "data wait"
        /// The loader makes a batch.
        case loading
        /// The forward or backward pass of a shard.
        case forward, backward
        /// An operation of one of these.
        case operation
        /// This rank has put its part into a bucket: a moment.
        case filled
        /// A bucket is reduced.
        case bucket
        /// The main thread waits for gradients.
        case communicationWait = "communication wait"
        /// From the gradients to the new weights.
        case optimizer
        /// The ranks compare their weights.
        case agreement
        case evaluation, checkpoint
    }

    /// What kind of thing it is.
    public var kind: Kind
    /// What it is called.
    public var name: String
    /// When it began and ended, in nanoseconds of the clock that `now` reads.
    public var begin, end: UInt64
    /// The step that it belongs to; nil where that is not known.
    public var step: Int?
    /// How many bytes it moves.
    public var bytes: Int?

    /// An event.
    public init(_ kind: Kind, _ name: String, from begin: UInt64, to end: UInt64, step: Int? = nil, bytes: Int? = nil) {
        (self.kind, self.name, self.begin, self.end) = (kind, name, begin, end)
        (self.step, self.bytes) = (step, bytes)
    }

    /// The time now: nanoseconds of this host's monotonic clock (`CLOCK_MONOTONIC`), which all its processes share.
    public static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}

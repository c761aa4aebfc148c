/// A start that resumed the run.
public struct ResumeReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// Number of ranks from here on.
    public var ranks: Int
    /// The settings that were changed, each as `key: old -> new`.
    public var changed: [String]

    /// A start.
    public init(step: Int, epoch: Int, ranks: Int, changed: [String]) {
        (self.step, self.epoch, self.ranks, self.changed) = (step, epoch, ranks, changed)
    }
}

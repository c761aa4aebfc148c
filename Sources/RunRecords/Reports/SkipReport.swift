import Messages

/// A step that was skipped since its loss or gradient was not finite.
public struct SkipReport: Codable, Sendable, Equatable {
    /// The step.
    public var step: Int
    /// The epoch of the step, counted from 1.
    public var epoch: Int
    /// Training samples consumed so far, those of the step included.
    public var samples: Int
    /// Mean loss of the global batch.
    public var loss: Double
    /// Steps that were skipped in the whole run, this one included.
    public var skipped: Int
    /// What was found; nil if it was not looked for, after many skipped steps.
    public var finding: String?
    /// The first shard that was not finite, and who has computed it.
    public var place: String?
    /// The file with which it can be computed again.
    public var replay: String?

    /// A skipped step.
    public init(step: Int, epoch: Int, samples: Int, loss: Double, skipped: Int = 1) {
        (self.step, self.epoch, self.samples, self.loss, self.skipped) = (step, epoch, samples, loss, skipped)
    }

    /// The report as one line.
    var text: String {
        let found = finding ?? "its " + (loss.isFinite ? "gradient is not finite" : "loss is \(Readable.loss(loss))")
        let parts = [
            "step \(Readable.count(step)) is skipped: \(found)", place.map { "first in \($0)" },
            replay.map { "see it again with: \(ProgramName.current) replay \($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: "; ")
    }
}

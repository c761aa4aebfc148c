/// The end of a start of the run by a signal.
public struct InterruptionReport: Codable, Sendable, Equatable {
    /// Optimizer steps done before.
    public var step: Int
    /// The epoch of the last step, counted from 1.
    public var epoch: Int
    /// The signal's name, such as `SIGTERM`.
    public var signal: String
    /// Path of the checkpoint of this step; nil where none was to be saved.
    public var checkpoint: String?

    /// An interruption.
    public init(step: Int, epoch: Int, signal: String, checkpoint: String?) {
        (self.step, self.epoch, self.signal, self.checkpoint) = (step, epoch, signal, checkpoint)
    }
}
